"""How large a mailbox may grow, and when its owner is told that it is nearly full.

    quota = 20M   quota_filecount = 1000          no letter comes in that would go beyond it
    quota_warn_threshold = 80%                    the letter that crosses it is followed by another,
                                                  which says so

Law: Exim specification, §26.2 (quota, quota_filecount, quota_is_inclusive, quota_warn_threshold,
quota_warn_message).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from labmail.exim.expansion.addresses import BadAddress, addresses
from labmail.message.field import Field
from labmail.message.header import split
from labmail.store.maildir.store import measured

from ..header import find
from ..told import words
from .asking import GENERAL, Asked, hinder

if TYPE_CHECKING:
    from labmail.world import HostFiles

    from .base import Assigned, Hands
    from .paths import Place


async def limits(asked: Asked) -> tuple[int, int]:
    """The largest size in octets and the largest number of letters; 0: no limit."""
    return await asked.size("quota"), await asked.size("quota_filecount")


async def threshold(asked: Asked) -> int:
    """The size from which on the owner is warned; per cent are those of the quota."""
    told = await asked.words("quota_warn_threshold")
    if not told.endswith("%"):
        return await asked.size("quota_warn_threshold")
    share = told[:-1].strip()
    if not share.isdecimal() or int(share) > 100:
        name = asked.block.name
        why = f"Invalid quota_warn_threshold percentage ({share}) for {name} transport"
        raise hinder(why, GENERAL)
    return (await asked.size("quota")) * int(share) // 100


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


def size_of(files: HostFiles, place: Place) -> int:
    """Octets in a mailbox. Blocks."""
    path = files.real(place.path)
    return path.stat().st_size if path.is_file() else measured(path)[0]


def _recipients(letter: bytes) -> list[str]:
    header: tuple[Field, ...] = tuple(split(letter)[0])
    found = [find(header, name) or "" for name in ("To", "Cc", "Bcc")]
    every = [each for text in found if text for each in addresses(text)]
    return [words(each.address) for each in every if not isinstance(each, BadAddress)]
