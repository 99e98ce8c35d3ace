r"""How large a mailbox may grow, and when its owner is told that it is nearly full.

    quota = 20M   quota_filecount = 1000          no letter comes in that would go beyond it
    quota = 20M/no_check                          nobody looks; programs that show it may
    quota_warn_threshold = 80%                    the letter that crosses it is followed by another,
                                                  which says so

An ordinary mailbox is measured by its store, while it has the lock. Where the options say how to
measure, it is done here: another folder (``quota_directory``), sizes that are in the names of files
(``quota_size_regex = ,S=(\d+)``), or figures that somebody else knows (``mailbox_size``,
``mailbox_filecount``).

Law: Exim specification, §26.2 (quota and its kin).

Try: ``await quota_of(asked)``.
"""

from __future__ import annotations

import os
import re
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from labmail.exim.expansion.addresses import BadAddress, addresses
from labmail.message.field import Field
from labmail.message.header import split
from labmail.message.outcome import Deferred
from labmail.store import Manner
from labmail.store.base import MailboxFull, check_room
from labmail.store.maildir.store import measured

from ..header import find
from ..told import words
from .asking import GENERAL, Asked, Hindered, hinder

if TYPE_CHECKING:
    from labmail.world import HostFiles

    from .base import Assigned, Hands
    from .paths import Place

UNITS = {"": 1, "K": 2**10, "M": 2**20, "G": 2**30}
VALUE = re.compile(r"\s*(\d+)(?:\.\d*)?\s*([KkMmGg]?)\s*(%?)\s*(/no_check|/)?\s*")
NOBODY_LOOKS = "/no_check"


@dataclass(frozen=True, slots=True)
class Quota:
    """What a mailbox may hold; 0: as much as comes."""

    octets: int = 0
    letters: int = 0
    size_known: int | None = None
    """What it holds, where somebody else knows it."""
    count_known: int | None = None

    @property
    def told(self) -> bool:
        """Whether how to measure is not the store's affair."""
        return self.size_known is not None or self.count_known is not None


async def quota_of(asked: Asked) -> Quota:
    """What the options say. Raises `Hindered`."""
    return Quota(
        (await value(asked, "quota"))[0],
        (await value(asked, "quota_filecount"))[0],
        await _known(asked, "mailbox_size"),
        await _known(asked, "mailbox_filecount"),
    )


async def _known(asked: Asked, option: str) -> int | None:
    return None if asked[option] is None else (await value(asked, option))[0]


async def value(asked: Asked, option: str) -> tuple[int, bool]:
    """A number with K, M or G, 0 where nobody is to look; and whether it is per cent. Raises
    `Hindered`."""
    given = asked[option]
    name = asked.block.name
    failing = f'Expansion of "{given}" in {name} transport failed: '
    told = await asked.expanded(str(given or ""), failing.__add__, GENERAL)
    text = "" if told is None else told.text
    if not text.strip():
        return 0, False
    found = VALUE.fullmatch(text)
    if found is None:
        why = f'Malformed value "{text}" (expansion of "{given}") in {name} transport'
        raise hinder(why, GENERAL)
    if found[4] == NOBODY_LOOKS:
        return 0, False
    return int(found[1]) * UNITS[found[2].upper()], bool(found[3])


def needs_measuring(asked: Asked, place: Place, quota: Quota) -> bool:
    """Whether the store cannot find out by itself whether there is room."""
    if not (quota.octets or quota.letters):
        return False
    asks = asked["quota_directory"] or asked["quota_size_regex"]
    return place.kind == "folder" or quota.told or bool(asks)


async def measure(asked: Asked, place: Place, quota: Quota, hands: Hands) -> tuple[int, int]:
    """Octets and letters that a mailbox holds."""
    where = await asked.words("quota_directory") or place.path
    counts = asked["maildir_quota_directory_regex"] if place.kind == "maildir" else None
    by_name = asked["quota_size_regex"]
    size, count = await hands.disk(held, hands.files, where, by_name, counts)
    known_size, known_count = quota.size_known, quota.count_known
    return (
        size if known_size is None else known_size,
        count if known_count is None else known_count,
    )


def held(files: HostFiles, path: str, by_name: str | None, counts: str | None) -> tuple[int, int]:
    """Octets and names below a path. ``by_name`` finds a size in the name of a file; folders whose
    names do not fit ``counts`` do not count. Blocks."""
    try:
        real = files.real(path)
    except OSError:
        return 0, 0
    if real.is_file():
        return real.stat().st_size, 1
    octets = letters = 0
    for folder, folders, names in os.walk(real):
        letters += len(folders) + len(names)
        if counts:
            folders[:] = [name for name in folders if re.search(counts, name)]
        octets += sum(_size(Path(folder) / name, by_name) for name in names)
    return octets, letters


def _size(path: Path, by_name: str | None) -> int:
    found = re.search(by_name, path.name) if by_name else None
    if found is not None and found.re.groups and found[1].isdecimal():
        return int(found[1])
    with suppress(OSError):
        return os.lstat(path).st_size
    return 0


async def check(
    asked: Asked, place: Place, quota: Quota, new: int, where: str, hands: Hands
) -> None:
    """Whether there is room for ``new`` octets. ``where`` is the file that would hold them. Raises
    `Hindered`."""
    size, count = await measure(asked, place, quota, hands)
    manner = replace(
        Manner(inclusive=asked["quota_is_inclusive"]),
        most_octets=quota.octets,
        most_letters=quota.letters,
    )
    room_for(manner, where, size, count, new)


def room_for(manner: Manner, where: str, size: int, count: int, new: int) -> None:
    """Raises `Hindered` where there is no room for ``new`` octets in the file ``where``."""
    try:
        check_room(manner, where, size, count, new)
    except MailboxFull as full:
        raise Hindered(Deferred(full.why, full.exims, code=full.code)) from None


async def warn(
    asked: Asked, place: Place, new: int, batch: Sequence[Assigned], hands: Hands
) -> None:
    """Writes to the owner if this letter, of ``new`` octets, has crossed the threshold."""
    least = await threshold(asked)
    size = await hands.disk(size_of, hands.files, place)
    if not least or not size - new <= least < size:
        return
    text = (await asked.octets("quota_warn_message")).replace(b"\n", b"\r\n")
    to = _recipients(text)
    if to:
        await hands.submit(text, to, batch[0].event)


async def threshold(asked: Asked) -> int:
    """The size from which on the owner is warned; per cent are those of the quota."""
    number, of_hundred = await value(asked, "quota_warn_threshold")
    if not of_hundred:
        return number
    if number > 100:
        name = asked.block.name
        why = f"Invalid quota_warn_threshold percentage ({number}) for {name} transport"
        raise hinder(why, GENERAL)
    return (await value(asked, "quota"))[0] * number // 100


def size_of(files: HostFiles, place: Place) -> int:
    """Octets in a mailbox. Blocks."""
    path = files.real(place.path)
    return path.stat().st_size if path.is_file() else measured(path)[0]


def _recipients(letter: bytes) -> list[str]:
    header: tuple[Field, ...] = tuple(split(letter)[0])
    found = [find(header, name) or "" for name in ("To", "Cc", "Bcc")]
    every = [each for text in found if text for each in addresses(text)]
    return [words(each.address) for each in every if not isinstance(each, BadAddress)]
