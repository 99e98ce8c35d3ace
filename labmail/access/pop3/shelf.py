"""Fetches messages from the store, off the loop: large ones in pieces, small ones several at a
time.

A program that empties a mailbox asks for message after message. To hand each over to a worker and
back would cost more than reading it, so a small message brings those behind it along; they wait on
the shelf until they are asked for, `ROOM` octets at most.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Iterator
from contextlib import suppress

from labmail.store import Maildrop

ROOM = 256 * 1024
"""Octets that may wait on the shelf."""
SMALL = 64 * 1024
"""Octets of a message that may wait there."""


class Shelf:
    """Reads the messages of one open maildrop."""

    def __init__(self, maildrop: Maildrop) -> None:
        self._maildrop = maildrop
        self._ready: dict[int, bytes] = {}

    async def pieces(self, number: int) -> AsyncGenerator[bytes, None]:
        """The message in pieces, with CRLF line ends. Raises as `Maildrop.chunks` does."""
        loop = asyncio.get_running_loop()
        if self._maildrop.message(number).size > SMALL:
            source = await loop.run_in_executor(None, self._maildrop.chunks, number)
            try:
                while piece := await loop.run_in_executor(None, next, source, b""):
                    yield piece
            finally:
                await loop.run_in_executor(None, _close, source)
            return
        if number not in self._ready:
            self._ready = await loop.run_in_executor(None, self._fetch, number)
        yield self._ready.pop(number)

    def _fetch(self, first: int) -> dict[int, bytes]:
        """Message ``first`` and those behind it, as far as there is room. Runs in a worker."""
        ready = {first: self._maildrop.read(first)}
        room = ROOM - len(ready[first])
        with suppress(OSError):  # told when it is asked for
            for message in self._maildrop.messages[first:]:
                room -= message.size
                if room < 0 or message.size > SMALL:
                    break
                ready[message.number] = self._maildrop.read(message.number)
        return ready


def _close(source: Iterator[bytes]) -> None:
    """Lets go of the file behind a message that was not read to its end."""
    close = getattr(source, "close", None)
    if close is not None:
        close()
