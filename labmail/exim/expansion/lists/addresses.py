r"""Addresses: lists whose items look at both halves of ``local@domain``.

    bob@ask.com  *-owner@*.ask.com  *@+local_domains     each half by itself; the domain's half may
                                                         be whatever a list of domains may contain
    ask.com  *.ask.com                                   the domain's half alone
    ^\d{8}@                                              a regular expression: the whole address
    cdb;/etc/blocked                                     a lookup: the whole address
    @@lsearch;/etc/by-domain                             the domain finds a list of local parts

The last kind reads a file such as this; ``>`` at the end goes on with another key, fifty times at
most::

    ask.com:    spammer : !postmaster : >*
    *:          ^\d+$

A bounce has the empty address for its sender; an empty item matches it, and ``*`` does not.

Case counts in neither half, until the word ``+caseful``. The *value* is what Exim makes of it: as
many characters of the item as the subject's local part has, an ``@``, and the value of the domain.

Law: Exim specification, §10.20 and §10.21.

Try: ``drive(match_address(context, Text("bob@www.ask.com"), Text("*@*.ask.com")))``.
"""

from __future__ import annotations

import re
from typing import Any

from labmail.exim.config.split import SPACE, split
from labmail.exim.expansion.lists.match import Match, Subject
from labmail.exim.expansion.lists.names import Domain
from labmail.exim.expansion.lists.pattern import Manner, check, lower, same_text
from labmail.exim.expansion.lists.scan import Cache, scan, sign_of
from labmail.exim.regex import Panic
from labmail.exim.text import Text

_LOOKUP = re.compile(r"[A-Za-z0-9-]*\*?@?;")
_THIS_HOST = re.compile(r".*@(@(?:\[\]|mx_any|mx_primary|mx_secondary)?)\Z", re.S)
_CHAIN = 50
_LONGEST = 16384


async def match_address(
    context: Any,
    address: Text,
    listed: Text,
    *,
    caseless: bool = True,
    expand: bool = False,
    cache: Cache | None = None,
) -> Match:
    """Is the address in the list?"""
    return await scan(Address(address, caseless), listed, context, expand=expand, cache=cache)


class Address(Subject):
    """An address, in small letters; ``original`` as it came."""

    kind = named = "address"
    hash_belongs = True

    def __init__(self, text: Text, caseless: bool = True) -> None:
        super().__init__(text.like(_lowered(text.text[:_LONGEST], caseless)))
        self.original = text
        self.caseless = caseless
        self.told = False
        self.parts: tuple[Text, ...] = ()
        """What an item's asterisks or brackets stood for; a rewriting rule has it in $0, $1 …"""

    def word(self, item: str) -> bool:
        if item != "+caseful":
            return False
        local, at, _ = self.original.text.rpartition("@")
        if at:
            domain = self.text.text.rpartition("@")[2]
            self.text = self.text.like(f"{local}@{domain}")
        self.caseless = False
        return True

    async def test(self, item: Text, context: Any) -> bool:
        local, at, domain = self.text.text.rpartition("@")
        if self.text.text and not at:
            self.why = f"{self} has no domain"
            return False
        if item.text.startswith("^") or _LOOKUP.match(item.text):
            return await self._whole(item, context)
        if not self.text.text or not item.text:
            self.why = "the sender of a bounce is empty, and so is the item"
            return item.text == self.text.text
        if item.text.startswith("@@"):
            return await self._chained(local, domain, item, context)
        return await self._halves(local, domain, item, context)

    async def _whole(self, item: Text, context: Any) -> bool:
        """A regular expression or a lookup, for the address as a whole."""
        manner, self.numeric = Manner(caseless=self.caseless, partial=False), ()
        if item.text.startswith("^"):
            hit = await check(manner, self.text, item, context)
            self.parts = hit.numeric if hit else ()
        else:
            self.learn(None)
            hit = await check(manner, self.text, item, context, key=self.text)
            self.value = hit.value if hit else None
        self.why = hit.why if hit else ""
        return hit is not None

    async def _halves(self, local: str, domain: str, item: Text, context: Any) -> bool:
        """Local part and domain, each by its half of the item."""
        special = _THIS_HOST.match(item.text)
        if special:
            cut = special.start(1)
            wanted, at, rest = item.text[: cut - 1], "@", item.text[cut:]
        else:
            wanted, at, rest = item.text.rpartition("@")
        if at and not self._same_local(local, wanted):
            return False  # nothing was compared yet: $0, $1 … stay as they are
        self.numeric = ()
        half = Domain(self.text.like(domain))
        half.manner = Manner(caseless=self.caseless, special=True)
        start = item.text[: len(local)] if at else ""
        self.learn(Text(f"{start}@", item.tainted) if at else None)
        answer = await scan(half, item.like(rest), context, single=True)
        if answer.value:
            self.learn(Text(f"{start}@{answer.value.text}", item.tainted))
        self.why = f"{self} fits {item.text}: {answer.why}" if at else answer.why
        star = wanted.startswith("*") if at else False
        before = Text(local[: len(local) - len(wanted) + 1], self.text.tainted)
        self.parts = (self.original, *((before,) if star else ()), *(answer.numeric or ())[1:])
        return answer.matched

    def _same_local(self, local: str, wanted: str) -> bool:
        if not wanted.startswith("*"):
            return same_text(local, wanted, self.caseless)
        end = wanted[1:]
        start = len(local) - len(end)
        return start >= 0 and same_text(local[start:], end, self.caseless)

    async def _chained(self, local: str, domain: str, item: Text, context: Any) -> bool:
        """``@@``: the list of local parts that the domain finds, and the lists chained to it."""
        if local == "*":
            return False
        self.numeric = ()
        key, lookup = domain, item.like(item.text[2:])
        for _ in range(_CHAIN):
            found = await check(Manner(), Text(key, self.text.tainted), lookup, context)
            if found is None:
                return False
            listed, following = _next_key(found.value.text)
            for part in split(listed):
                wanted, positive = sign_of(part)
                if await self._local(local, Text(wanted, found.value.tainted), context):
                    self.why = f"{key} leads to the item {part}, which is for {local}"
                    return positive
            if following is None:
                return False
            key = following
        raise Panic(f"Loop detected in lookup of local part of {self.text.text} in {item.text}")

    async def _local(self, local: str, wanted: Text, context: Any) -> bool:
        manner = Manner(caseless=self.caseless)
        self.learn(None)
        hit = await check(manner, self.text.like(local), wanted, context)
        self.value = hit.value if hit else None
        return hit is not None


def _next_key(data: str) -> tuple[str, str | None]:
    """A list of local parts, and the key behind ``>`` if its last item is one.

    >>> _next_key("ann : bob : > more"), _next_key("ann:bob")
    (('ann : bob :', 'more'), ('ann:bob', None))
    """
    start, colon, last = data.rpartition(":")
    last = last.lstrip(SPACE)
    if not last.startswith(">"):
        return data, None
    return start + colon, last[1:].lstrip(SPACE)


def _lowered(address: str, caseless: bool) -> str:
    """In small letters: all of it, or the domain.

    >>> _lowered("Bob@ASK.com", True), _lowered("Bob@ASK.com", False)
    ('bob@ask.com', 'Bob@ask.com')
    """
    if caseless:
        return lower(address)
    local, at, domain = address.rpartition("@")
    return local + at + lower(domain)
