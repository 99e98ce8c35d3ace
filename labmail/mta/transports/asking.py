"""A transport's options are strings, and this is where they are asked what they say right now.

    file = /var/mail/$local_part_data      text("file")        Text, with its taint
    quota = ${lookup{…}{20M}{5M}}          size("quota")       octets
    batch_max = 10                         asked["batch_max"]  as the configuration has it

A string that cannot be expanded hinders the delivery: whoever waits for it waits on, with Exim's
words for it in the log. One that forces a failure counts as not set.

Law: Exim specification, chapters 11 and 24.

Try: ``await Asked(block, context).text("message_prefix")``.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from labmail.exim.errors import Deferred as NotNow
from labmail.exim.errors import ExpansionFailed
from labmail.exim.expansion.evaluator import expand
from labmail.exim.expansion.lists import match_host
from labmail.exim.text import Text
from labmail.message.outcome import Deferred, Failed

from ..told import octets, words

if TYPE_CHECKING:
    from labmail.exim.config.configuration import Block
    from labmail.exim.expansion.context import Context

    from ..hosts import Host

GENERAL, NOT_ABSOLUTE, EXPANDING = -1, -21, -27
"""Exim's numbers: no other, a path that does not begin at the root, a string without a value."""
UNITS = {"": 1, "K": 2**10, "M": 2**20, "G": 2**30}
NUMBER = re.compile(r"\s*(0[xX][0-9a-fA-F]+|\d+)\s*([KkMmGg]?)\s*")


class Hindered(Exception):
    """A batch cannot be served; ``outcome`` is that of every address in it."""

    def __init__(self, outcome: Deferred | Failed) -> None:
        super().__init__(outcome.why)
        self.outcome = outcome


def hinder(why: str, errno: int = 0, code: str = "4.3.5") -> Hindered:
    """Not now, for everybody in the batch."""
    return Hindered(Deferred(words(why), errno, code=code))


class Asked:
    """The options of a block, in a context."""

    def __init__(self, block: Block, context: Context) -> None:
        self.block, self.context = block, context
        self.where = ""
        """What the transport is at, for Exim's sentences: `` while writing to /var/mail/bob``."""

    def __getitem__(self, option: str) -> Any:
        return self.block[option]

    async def text(self, option: str) -> Text | None:
        """What an option comes to; None where it is not set, or forces a failure."""
        given = self.block[option]
        if given is None:
            return None
        name = self.block.name
        return await self.expanded(
            str(given),
            lambda said: f'failed to expand "{option}" option of {name} transport: {said}',
        )

    async def words(self, option: str) -> str:
        """The same, as words; "" for nothing."""
        told = await self.text(option)
        return words(told.text) if told is not None else ""

    async def octets(self, option: str) -> bytes:
        """The same, as octets."""
        told = await self.text(option)
        return told.octets if told is not None else b""

    async def expanded(self, given: str, complaint: Any, errno: int = EXPANDING) -> Text | None:
        """A string's value; ``complaint`` makes Exim's sentence of what is wrong with it."""
        if "$" not in given and "\\" not in given:
            return Text(given)
        try:
            return await expand(given, self.context)
        except ExpansionFailed as failed:
            if failed.forced:
                return None
            raise hinder(complaint(failed.message), errno) from None
        except NotNow as later:
            raise hinder(complaint(later.message), errno) from None

    async def size(self, option: str) -> int:
        """A number of octets, with K, M or G; 0 where nothing is said."""
        told = await self.text(option)
        if told is None or not told.text.strip():
            return 0
        number = whole_number(told.text)
        if number is None:
            said = f'integer expected but "{told.text}" found'
            raise hinder(f"invalid {option} in {self.block.name} transport: {said}", GENERAL)
        return number

    async def switch(self, option: str) -> bool:
        """A switch that may be a string."""
        value = self.block[option]
        if not isinstance(value, str):
            return bool(value)
        told = await self.text(option)
        word = "" if told is None else told.text.lower()
        if word not in ("true", "yes", "false", "no", ""):
            raise hinder(f'"{word}" is not a valid value for the "{option}" option', GENERAL)
        return word in ("true", "yes")

    async def for_host(self, option: str, host: Host) -> bool:
        """Whether an option that is a list of hosts names this one. Not now: it does not."""
        listed = self.block[option]
        if not listed:
            return False
        name, address = Text(octets(host.name), True), Text(host.address)
        try:
            return bool(await match_host(self.context, name, address, Text(listed)))
        except ExpansionFailed as failed:
            if failed.forced:
                return False
            raise hinder(f'failed to expand "{option}": {failed.message}', EXPANDING) from None
        except NotNow as later:
            raise hinder(f'"{option}": {later.message}', GENERAL) from None


def whole_number(text: str) -> int | None:
    """``20M`` as a number; None if it is not one."""
    found = NUMBER.fullmatch(text)
    if found is None:
        return None
    return int(found[1], 0 if found[1][:2].lower() == "0x" else 10) * UNITS[found[2].upper()]
