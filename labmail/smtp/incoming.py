r"""Incoming: lines and chunks from the client, with what it sent ahead kept in order.

A client that was offered PIPELINING sends commands without waiting (RFC 2920), also right behind
the dot that ends a letter. So the server reads what there is into a buffer, takes a line from its
front, or lets a letter take from it, and puts back what the letter did not need.

A line ends with CR LF. A client that only ever sends LF is told so at once instead of being left to
wait; a line with a bare LF in its middle is one line, not two.

Try: ``line = await Incoming(reader).line(512)``.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass

CHUNK = 65_536
"""Octets to ask of the stream at a time."""


@dataclass(frozen=True, slots=True)
class Line:
    """A line with its end. ``cut`` counts octets that were too much and were not kept."""

    text: bytes
    cut: int = 0


class Incoming:
    """What the client sends, read from ``reader``."""

    def __init__(self, reader: asyncio.StreamReader) -> None:
        self._reader = reader
        self._ahead = bytearray()

    async def line(self, limit: int) -> Line | None:
        """The next line, of which ``limit`` octets at most are kept; None where there is none."""
        searched = cut = 0
        while (end := self._line_end(searched)) < 0:
            if len(self._ahead) > limit:
                cut += len(self._ahead) - limit
                del self._ahead[limit - 1 : -1]
            searched = len(self._ahead)
            if not await self._more():
                return None
        text = self.take(end)
        return Line(text[:limit], cut + max(0, len(text) - limit))

    def _line_end(self, searched: int) -> int:
        r"""The length of the first line, or -1. A bare LF counts only where no CR LF follows."""
        feed = self._ahead.find(b"\n", searched)
        if feed < 0:
            return -1
        end = self._ahead.find(b"\r\n", max(0, searched - 1))
        return end + 2 if end >= 0 else self._ahead.rfind(b"\n") + 1

    async def chunk(self, most: int | None = None) -> bytes:
        """What there is, or the next that comes, ``most`` octets of it; empty at the end."""
        if not self._ahead and not await self._more():
            return b""
        return self.take(len(self._ahead) if most is None else min(most, len(self._ahead)))

    async def _more(self) -> bool:
        chunk = await self._reader.read(CHUNK)
        self._ahead += chunk
        return bool(chunk)

    def take(self, size: int) -> bytes:
        """The first ``size`` octets that are here already."""
        taken = bytes(memoryview(self._ahead)[:size])
        del self._ahead[:size]
        return taken

    def put_back(self, octets: bytes) -> None:
        """Gives back what was taken and not needed."""
        self._ahead[:0] = octets

    def forget(self) -> int:
        """Throws away what was sent ahead, and says how many octets it was."""
        size = len(self._ahead)
        self._ahead.clear()
        return size

    @property
    def waiting(self) -> int:
        """Octets that were sent ahead."""
        return len(self._ahead)
