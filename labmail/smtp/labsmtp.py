"""aiosmtplib on the lab's network: the one place where the two meet.

aiosmtplib would connect by itself, through the event loop. Here it is given a connection that knows
which event opened it and which letter it carries, so that the other side knows as well.
"""

from __future__ import annotations

import asyncio
from typing import Any

import aiosmtplib
from aiosmtplib.protocol import SMTPProtocol

from labmail.world import Network


class LabSMTP(aiosmtplib.SMTP):
    """aiosmtplib's client with its connection on the lab's network, causes included."""

    def __init__(
        self,
        network: Network,
        source: str,
        crossing: dict[str, Any],
        *,
        patience: float | None = None,
        **options: Any,
    ):
        super().__init__(start_tls=False, **options)
        self._patience = patience
        """Seconds to wait until there is a connection."""
        self._network, self._source, self._crossing = network, source, crossing

    async def _create_connection(self, timeout: float | None) -> aiosmtplib.SMTPResponse:
        protocol = SMTPProtocol(asyncio.get_running_loop(), self._on_connection_lost)
        opening = self._network.connect(
            self._source, self.hostname or "", self.port or 25, lambda: protocol, **self._crossing
        )
        try:
            self.transport, self.protocol = await asyncio.wait_for(
                opening, self._patience or timeout
            )
        except OSError as error:
            raise Unreached(error) from error
        return await protocol.read_response(timeout=timeout)


class Unreached(Exception):
    """No connection: ``error`` says why."""

    def __init__(self, error: OSError) -> None:
        super().__init__(str(error))
        self.error = error
