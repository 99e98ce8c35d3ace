"""Reading what the other side of a dialogue says: lines, and a letter up to its dot."""

from __future__ import annotations

from typing import Protocol


class Reader(Protocol):
    """Where it comes from; `asyncio.StreamReader` is one."""

    async def readline(self) -> bytes:
        """The next line with its end; b"" at the end of all."""

    async def readexactly(self, count: int) -> bytes:
        """So many octets. Raises `asyncio.IncompleteReadError` where there are fewer."""


async def content(reader: Reader) -> bytes | None:
    """The letter up to the dot, without the dots that protect others; None: it broke off."""
    lines: list[bytes] = []
    while line := await reader.readline():
        text = line.rstrip(b"\r\n")
        if text == b".":
            return b"".join(lines)
        lines.append((text[1:] if text.startswith(b".") else text) + b"\n")
    return None
