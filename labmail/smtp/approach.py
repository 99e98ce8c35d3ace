"""The approach: from setting out to call a server to a connection, or the reason why none came.

Two events frame it: `events.Connecting` when somebody sets out, and `events.ConnectFailed` where no
conversation comes about, whether nobody answered or what was heard was a refusal.

Law: RFC 5321 §3.1. Try: ``labmail.smtp.Client.connect``, which begins with one.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from labmail.message.outcome import Deferred, Failed
from labmail.trace import Chapter, Recorder
from labmail.world import Network

from . import events
from .results import NoSession, no_connection
from .wire import Unreached, Wire

SUBMISSION = (465, 587)
"""Ports at which a letter begins its way (RFC 6409, RFC 8314)."""


@dataclass(slots=True)
class Approach:
    """One call, told by ``host``: to the server ``target`` at ``address`` and ``port``."""

    trace: Recorder
    host: str
    target: str
    address: str
    port: int
    letter: str | None = None
    began: str | None = None
    """The event that tells that somebody set out."""

    @property
    def leg(self) -> Chapter:
        """Which part of a letter's way it is."""
        return "send" if self.port in SUBMISSION else "take"

    async def wire(self, network: Network, source: str, patience: float, cause: str | None) -> Wire:
        """Connects from the address ``source``; ``patience`` in seconds. Raises `NoSession`."""
        self.began = self._tell(events.Connecting, cause) or cause
        try:
            return await Wire.open(
                network,
                source,
                self.address,
                self.port,
                patience=patience,
                cause=self.began,
                letter=self.letter,
            )
        except Unreached as unreached:
            raise NoSession(no_connection(unreached.error, self.target, self.address)) from None

    def failed(self, outcome: Deferred | Failed) -> None:
        """Nothing came of it."""
        for_good = isinstance(outcome, Failed)
        self._tell(events.ConnectFailed, self.began, problem=outcome.why, for_good=for_good)

    def _tell(self, kind: type[events.SmtpEvent], cause: str | None, **fields: Any) -> str:
        return self.trace.tell(
            kind,
            host=self.host,
            letter=self.letter,
            cause=cause,
            leg=self.leg,
            target=self.target,
            address=self.address,
            port=self.port,
            **fields,
        ).name
