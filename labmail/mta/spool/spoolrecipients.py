"""The recipients of a -H file: a line each, with more behind the address where there is more.

    bob@ask.com
    carol@ask.com rfc822;c@ask.com 16,8  0,-1#3
    dave@ask.com  0,0 owner@ask.com 13,0#3

    carol@ask.com         the address
    rfc822;c@ask.com      ORCPT=, and its length behind it
    8                     NOTIFY=, a bit for each word
    owner@ask.com         who hears of failures in the sender's place, and the length of that
    0                     whose place it has taken, by number; -1: nobody's
    #3                    that all of this is there

Law: Exim specification, chapter 57; RFC 3461 §4.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from labmail.smtp import Wish
from labmail.smtp.dsn import NOTHING

from ..recipient import Once

if TYPE_CHECKING:
    from .spoolfile import SpoolHeader

_NAME = r'((?:"(?:[^"\\]|\\.)*"|[^\s"])+)'
_WHOLE = re.compile(_NAME + r" (\S*) ([0-9]+),([0-9]+) (.*) ([0-9]+),(-?[0-9]+)#3")
_MORE = re.compile(_NAME + r" .*#[0-9]+")
"""What an older Exim may note behind an address."""

NOTIFY = {"NEVER": 2, "SUCCESS": 4, "FAILURE": 8, "DELAY": 16}
"""The bits by which Exim notes a NOTIFY parameter."""


def lines(header: SpoolHeader) -> Iterator[str]:
    """A line for each recipient."""
    for name in header.recipients:
        wish, once = header.wishes.of.get(name), header.once.get(name)
        if wish is None and once is None:
            yield name
            continue
        wish, to = wish or NOTHING, once.errors_to if once else ""
        bits = sum(NOTIFY[each] for each in wish.notify)
        place = header.recipients.index(once.parent) if once else -1
        asked = f"{wish.orcpt} {len(wish.orcpt.encode())},{bits}"
        yield f"{name} {asked} {to} {len(to.encode())},{place}#3"


def note(found: Sequence[str], header: SpoolHeader) -> None:
    """Takes the lines into ``header``."""
    whole = [_WHOLE.fullmatch(line) for line in found]
    names = [_name(line) for line in found]
    header.recipients = tuple(names)
    for match in whole:
        if match is not None:
            _note(match, names, header)


def _name(line: str) -> str:
    """The address alone."""
    match = _WHOLE.fullmatch(line) or _MORE.fullmatch(line)
    return match[1] if match else line


def _note(match: re.Match[str], names: Sequence[str], header: SpoolHeader) -> None:
    """What stands behind one address."""
    bits, place = int(match[4]), int(match[7])
    notify = tuple(word for word, bit in NOTIFY.items() if bits & bit)
    if 0 <= place < len(names):
        header.once[match[1]] = Once(names[place], match[5])
    if match[2] or notify or place < 0:
        header.wishes.of[match[1]] = Wish(notify, match[2])
