"""Telling: how one end of a connection tells the trace what happens, and remembers why.

Causes cross a connection on its `Link`: each event about it becomes the cause of the next, on
either side, so that "ask.com accepted bob" hangs below "example.com called", as it should.

Lines of the dialogue (`Said`) are proof, not steps: they hang below the last event and cause
nothing. Those of a program from outside, and what it is refused, are told as long as its ration
lasts; a letter is told always.
"""

from __future__ import annotations

from typing import Any, Literal

from labmail.trace import SILENT, Event, Recorder, Said

from . import events
from .session import Session

IN_PASSING = (
    events.Connected,
    events.Greeted,
    events.TlsStarted,
    events.CommandRefused,
    events.Ended,
)
"""What is about a connection, and about no letter."""


class Teller:
    """Tells events of ``session`` for ``host``."""

    def __init__(self, trace: Recorder, host: str, session: Session) -> None:
        self.trace, self.host, self.session = trace, host, session

    def tell(self, kind: type[Event], **fields: Any) -> Event:
        """Tells an event about the connection; it is the cause of what comes next."""
        if not self.trace.on or (issubclass(kind, IN_PASSING) and not self.worth_telling()):
            return SILENT
        session = self.session
        fields.setdefault("letter", session.letter)
        event = self.trace.tell(
            kind, host=self.host, cause=session.cause, connection=session.connection, **fields
        )
        if event.name:
            session.cause = event.name
        return event

    def worth_telling(self, octets: int = 0) -> bool:
        """Whether there is room in the trace for what is not about a letter."""
        ration = self.session.ration
        return ration is None or ration.spend(octets)

    def answered(self) -> None:
        """A reply goes out: notes for the client what has happened before it."""
        link = self.session.link
        if link is not None and link.answers is not None:
            link.answers.append(self.session.cause)

    def said(
        self, speaker: Literal["C", "S"], octets: bytes, *, masked: bool = False, elided: int = 0
    ) -> None:
        """Tells what went over the wire."""
        if not self.trace.on or not self.worth_telling(len(octets)):
            return
        session = self.session
        self.trace.tell(
            Said,
            host=self.host,
            letter=session.letter,
            cause=session.cause,
            connection=session.connection,
            protocol="SMTP",
            speaker=speaker,
            text=octets.decode("latin-1"),
            masked=masked,
            elided=elided,
        )
