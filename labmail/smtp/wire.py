r"""The client's end of a connection: octets go out, replies come in, one after the other.

A server may send a reply in pieces, two replies in one, or nonsense. Here they are cut into lines,
and lines into replies: the first three digits say what kind of answer it is, and the mark behind
them whether more follows (RFC 5321 §4.2.1)::

    250-mail.ask.com\r\n        "-": there is more
    250 SIZE 52428800\r\n       " ": that was all

Nothing is decided here. Whoever waits for a reply gets one, or an error: the host has hung up
(ConnectionResetError), has said nothing for too long (TimeoutError), or talks nonsense
(`Malformed`).

Try: ``await Wire.open(network, "128.10.12.4", "128.10.30.2", 25, cause=None, letter=None)``.
"""

from __future__ import annotations

import asyncio
import re
import ssl
from collections import deque
from typing import Any, cast

from labmail.world import Link, Network

from .replies import Reply

LONGEST_REPLY = 65536
"""Octets of a reply that we are ready to hear; RFC 5321 §4.5.3.1.5 allows 512 a line."""
_LINE = re.compile(r"([2-5]\d\d)(?:([ -])(.*))?", re.DOTALL)


class Malformed(Exception):
    """What was heard is no reply; ``heard`` is its first line."""

    def __init__(self, heard: str) -> None:
        super().__init__(heard)
        self.heard = heard


class Unwelcome(ConnectionResetError):
    """The host has hung up inside TLS before it said anything: so ends a handshake of TLS 1.3 where
    it does not like our certificate."""


class Unreached(Exception):
    """No connection came about: ``error`` says why."""

    def __init__(self, error: OSError) -> None:
        super().__init__(str(error))
        self.error = error


class Wire(asyncio.Protocol):
    """One connection to a server. Made by `Wire.open`."""

    def __init__(self) -> None:
        self.transport: asyncio.Transport | None = None
        self._buffer = bytearray()
        self._lines: list[str] = []
        self._heard: deque[Reply | Malformed] = deque()
        self._waiter: asyncio.Future[None] | None = None
        self._over = self._silent = False

    @classmethod
    async def open(
        cls,
        network: Network,
        source: str,
        target: str,
        port: int,
        *,
        patience: float | None = None,
        **crossing: Any,
    ) -> Wire:
        """Connects; ``patience`` in seconds. ``crossing`` goes with the connection: its ``cause``
        and the ``letter``. Raises `Unreached`."""
        wire = cls()
        try:
            async with asyncio.timeout(patience):
                await network.connect(source, target, port, lambda: wire, **crossing)
        except OSError as error:
            raise Unreached(error) from error
        return wire

    @property
    def open_still(self) -> bool:
        """Whether something can still be said."""
        return self.transport is not None and not self._over and not self.transport.is_closing()

    @property
    def link(self) -> Link:
        """The lab's connection."""
        return cast(Link, self.about("lab"))

    def about(self, name: str) -> Any:
        """What the transport knows of itself: ``cipher``, ``ssl_object``."""
        return self.transport.get_extra_info(name) if self.transport is not None else None

    # ── saying ───────────────────────────────────────────────────────────────────────────────────

    def write(self, octets: bytes) -> None:
        """Says it. Raises ConnectionResetError where nobody hears it any more."""
        if not self.open_still or self.transport is None:
            raise ConnectionResetError("the connection is closed")
        self.transport.write(octets)

    async def secure(self, context: ssl.SSLContext, name: str | None, patience: float) -> None:
        """Goes on inside TLS; ``name`` is the one that is asked for (SNI). What was said in the
        clear before counts for nothing after it (RFC 3207 §4.2). Raises OSError, of which
        ssl.SSLError is one."""
        if self.transport is None:
            raise ConnectionResetError("the connection is closed")
        loop = asyncio.get_running_loop()
        secured = await loop.start_tls(
            self.transport, self, context, server_hostname=name, ssl_handshake_timeout=patience
        )
        if secured is None:
            raise ConnectionResetError("the connection was closed")
        self.transport = secured
        self._buffer.clear()
        self._lines.clear()
        self._heard.clear()
        self._silent = True

    def close(self) -> None:
        """Closes without a word."""
        if self.transport is not None:
            self.transport.close()

    # ── hearing ──────────────────────────────────────────────────────────────────────────────────

    async def reply(self, patience: float | None) -> Reply:
        """The next reply. Raises `Malformed`, TimeoutError, ConnectionResetError."""
        if not self._heard:
            async with asyncio.timeout(patience):
                while not self._heard and not self._over:
                    self._waiter = asyncio.get_running_loop().create_future()
                    await self._waiter
        if not self._heard:
            raise (Unwelcome if self._silent else ConnectionResetError)("the host has hung up")
        self._silent = False
        heard = self._heard.popleft()
        if isinstance(heard, Malformed):
            raise heard
        return heard

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = cast(asyncio.Transport, transport)

    def data_received(self, data: bytes) -> None:
        self._buffer += data
        while (end := self._buffer.find(b"\n")) >= 0:
            line = bytes(self._buffer[:end]).removesuffix(b"\r")
            del self._buffer[: end + 1]
            self._take(line.decode("utf-8", "replace"))
        if len(self._buffer) + sum(map(len, self._lines)) > LONGEST_REPLY:
            self._buffer.clear()
            self._lines.clear()
            self._hear(Malformed("a reply without end"))
        self._wake()

    def connection_lost(self, error: Exception | None) -> None:
        self._over = True
        self._wake()

    def _take(self, line: str) -> None:
        found = _LINE.fullmatch(line)
        if found is None:
            self._lines.clear()
            self._hear(Malformed(line))
            return
        self._lines.append(found[3] or "")
        if found[2] != "-":
            text = "\n".join(self._lines)
            self._lines.clear()
            self._hear(Reply.heard(int(found[1]), text))

    def _hear(self, heard: Reply | Malformed) -> None:
        self._heard.append(heard)

    def _wake(self) -> None:
        if self._waiter is not None and not self._waiter.done():
            self._waiter.set_result(None)
