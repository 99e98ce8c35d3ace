"""Lines from a stranger: octets come in as they like, lines go out, and memory stays flat.

A line ends in CRLF; a lone LF is taken as well, since people type into ``nc``. A line that is
longer than allowed is thrown away up to its end and reported once, so that the conversation can go
on; one that never ends is hopeless.

Try::

    >>> buffer = LineBuffer(longest=10)
    >>> buffer.feed(b"STAT\\r\\nNO")
    >>> buffer.next(), buffer.next()
    (Line(octets=b'STAT\\r\\n', cut=0), None)
"""

from __future__ import annotations

from dataclasses import dataclass

HOPELESS = 64 * 1024
"""Octets after which a line is not expected to end any more."""


@dataclass(frozen=True, slots=True)
class Line:
    """A line with its end. ``cut``: octets that were thrown away because it was too long."""

    octets: bytes
    cut: int = 0


class EndlessLine(Exception):
    """A line has no end."""


class LineBuffer:
    """Cuts what comes in into lines of at most ``longest`` octets, their ends included."""

    def __init__(self, longest: int) -> None:
        self._longest = longest
        self._buffer = bytearray()
        self._searched = 0
        self._cut = 0

    def feed(self, octets: bytes) -> None:
        self._buffer += octets

    def next(self) -> Line | None:
        """The next line, or None until more comes in. Raises `EndlessLine`."""
        end = self._buffer.find(b"\n", self._searched) + 1
        if end:
            return self._take(end)
        self._shorten()
        self._searched = len(self._buffer)
        if self._cut > HOPELESS:
            raise EndlessLine(f"no line end in {self._cut + self._longest} octets")
        return None

    def _take(self, end: int) -> Line:
        """The line up to ``end``: only its beginning where it is too long."""
        kept = min(end, self._longest)
        line = Line(bytes(self._buffer[:kept]), self._cut + end - kept)
        del self._buffer[:end]
        self._searched = self._cut = 0
        return line

    def _shorten(self) -> None:
        excess = len(self._buffer) - self._longest
        if excess > 0:
            del self._buffer[self._longest :]
            self._cut += excess
