"""One end of a connection in the hands of a person: octets out, octets in, and the end of it.

Programs hold a protocol that knows what to answer. A person looks, thinks and types, so this one
knows nothing: it hands on what comes, and sends what it is given, to the byte.

Try: ``talk = lab.talk("mail.ask.com", "smtp")``, which holds one.
"""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import Callable
from typing import Any

from labmail.world import Link


class Wire(asyncio.Protocol):
    """Calls ``heard(octets)`` for what comes, and ``ended(why)`` once, when nothing more will."""

    def __init__(self, heard: Callable[[bytes], None], ended: Callable[[str], None]) -> None:
        self._heard, self._ended = heard, ended
        self._over = False
        self._held: list[bytes] | None = None
        self.transport: Any = None
        self.link: Link | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = transport
        self.link = transport.get_extra_info("lab")

    def data_received(self, data: bytes) -> None:
        if self._held is not None:
            self._held.append(data)
        else:
            self._heard(data)

    def eof_received(self) -> bool:
        self._end("hung up")
        return False

    def connection_lost(self, error: Exception | None) -> None:
        self._end("broke the connection off" if error else "hung up")

    def _end(self, why: str) -> None:
        if not self._over:
            self._over = True
            self._ended(why)

    @property
    def open(self) -> bool:
        """Whether something can still be sent."""
        return self.transport is not None and not self.transport.is_closing() and not self._over

    def write(self, octets: bytes) -> None:
        self.transport.write(octets)

    def close(self) -> None:
        """Hangs up; what was written still gets there."""
        self._over = True
        if self.transport is not None:
            self.transport.close()

    def abort(self) -> None:
        """Breaks the connection off."""
        self._over = True
        if self.transport is not None:
            self.transport.abort()

    async def secure(self, context: ssl.SSLContext, name: str | None) -> str:
        """The TLS handshake: as a client that wants ``name``'s certificate, or as the server.

        Gives protocol and cipher. What comes inside TLS is held until `go_on`, so that it is heard
        after what was said before. Raises ssl.SSLError, OSError.
        """
        loop, self._held = asyncio.get_running_loop(), []
        self.transport = await loop.start_tls(
            self.transport, self, context, server_side=name is None, server_hostname=name
        )
        cipher, version, bits = self.transport.get_extra_info("cipher")
        return f"{version}, {cipher}, {bits} bits"

    def go_on(self) -> None:
        """Hands on what came during the handshake."""
        held, self._held = self._held or [], None
        if held:
            self._heard(b"".join(held))
