"""CHUNKING: the letter in pieces whose size is said before they come.

With DATA the receiver looks for a dot on a line of its own; with BDAT it counts. No dots are
doubled, nothing in the letter can look like its end, and the last piece says that it is the last::

    C: BDAT 1024              S: 250 1024 octets received
    C: (1,024 octets)
    C: BDAT 12 LAST           S: 250 OK id=1wA…
    C: (12 octets)

A piece comes with its command whether it is wanted or not: what is refused must still be read past,
or the letter would be taken for commands.

Law: RFC 3030 §2. BINARYMIME is not offered: the letter is text, so it ends with a line end.

Try: ``read_chunk("1024 LAST")``.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from .content import CRLF, SHOWN, Content

_CHUNK = re.compile(r"([0-9]{1,20})(?: +(LAST))?", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Chunk:
    """What a BDAT command announces."""

    size: int
    last: bool


def read_chunk(argument: str) -> Chunk | None:
    """The argument of BDAT; None where it is none.

    >>> read_chunk("86 last"), read_chunk("many")
    (Chunk(size=86, last=True), None)
    """
    found = _CHUNK.fullmatch(argument)
    return Chunk(int(found[1]), found[2] is not None) if found else None


class Assembly:
    """Puts the chunks of one letter together. ``limit`` is in octets; more is not kept."""

    def __init__(self, limit: int) -> None:
        self.limit = limit
        self.size = 0
        """Octets that came so far."""
        self._letter = bytearray()

    def feed(self, octets: bytes) -> None:
        """Takes a part of a chunk."""
        self.size += len(octets)
        if self.size <= self.limit:
            self._letter += octets
        else:
            self._letter.clear()

    @property
    def over(self) -> bool:
        """Whether it is too much already."""
        return self.size > self.limit

    def finish(self) -> Content:
        """The letter. A text ends with a line end, so it gets one where it has none."""
        if self.over:
            return Content(None, b"", self.size)
        if self._letter and not self._letter.endswith(CRLF):
            self._letter += CRLF
        return Content(bytes(self._letter), b"", self.size)

    def clear(self) -> None:
        """Lets go of the octets at once."""
        self._letter.clear()


class Shown:
    """The beginning of a chunk, kept to be shown; the rest is counted."""

    def __init__(self) -> None:
        self.octets = b""
        self.elided = 0

    def feed(self, octets: bytes) -> None:
        room = SHOWN - len(self.octets)
        self.octets += octets[:room]
        self.elided += max(0, len(octets) - room)
