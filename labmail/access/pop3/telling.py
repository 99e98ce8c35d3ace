"""Telling the trace what is said on a connection, and what came of it.

Steps of one session hang below its login, not below each other: the second letter was not fetched
because the first one was. A client of the lab that tells an event of its own before a command puts
it on the link, and then that is the cause.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable
from typing import Any, Literal

from labmail.store import StoredMessage
from labmail.trace import SILENT, Event, Ration, Recorder, Said
from labmail.world import Link

from ..events import LoginRefused

Found = tuple[str, str | None, str | None]
LetterOf = Callable[[str, str], Found | None]
"""Given a mailbox and a unique id: the lab's name of the letter, the recipient, and the event that
stored it; None for a message that the lab knows nothing of."""

_SECRET = re.compile(rb"(\s*(?:PASS|APOP\s+\S+|AUTH\s+\S+)\s?)[^\r\n]+", re.IGNORECASE)


def masked(line: bytes) -> bytes:
    """The line without the password in it.

    >>> masked(b"pass secret\\r\\n")
    b'pass ***\\r\\n'
    """
    found = _SECRET.match(line)
    return found[1] + b"***" + line[found.end() :] if found else line


class Teller:
    """Tells events of one connection for ``host``."""

    def __init__(
        self,
        trace: Recorder,
        host: str,
        transport: asyncio.BaseTransport,
        name_of: NameOf,
        ration: Ration | None = None,
    ) -> None:
        self.trace, self.host = trace, host
        self.link: Link | None = transport.get_extra_info("lab")
        self.address = _address(self.link, transport)
        self.client = name_of(self.address)
        self._ration = ration if self.link is not None and self.link.door else None
        self._login: str | None = None
        self._last: str | None = None
        self.connection = self.link.name if self.link else None

    @property
    def cause(self) -> str | None:
        """The client's last event, if it told one since ours; else our login."""
        if self.link is None:
            return self._login
        heard = self.link.heard
        if heard is not None and heard != self._last:
            return heard
        return self._login or self.link.cause

    def tell(self, kind: type[Event], **fields: Any) -> Event:
        """Tells a step."""
        if not self.trace.on:
            return SILENT
        if kind is LoginRefused and self._ration and not self._ration.spend():
            return SILENT
        event = self.trace.tell(
            kind,
            host=self.host,
            cause=self.cause,
            connection=self.connection,
            client=self.client,
            **fields,
        )
        if event.name and self.link is not None:
            self._last = self.link.heard = event.name
        return event

    def logged_in(self, event: Event) -> None:
        """From here on this login is the cause."""
        self._login = event.name or None

    def said(
        self,
        speaker: Literal["C", "S"],
        octets: bytes,
        *,
        letter: str | None = None,
        elided: int = 0,
    ) -> None:
        """Tells what went over the wire, without passwords."""
        if not self.trace.on or (self._ration and not self._ration.spend(len(octets))):
            return
        shown = masked(octets) if speaker == "C" else octets
        self.trace.tell(
            Said,
            host=self.host,
            letter=letter,
            cause=self.cause,
            connection=self.connection,
            protocol="POP3",
            speaker=speaker,
            text=shown.decode("latin-1"),
            masked=shown != octets,
            elided=elided,
        )


NameOf = Callable[[str], str]
"""Given an address: the name of the lab host that has it, or the address again."""


def _address(link: Link | None, transport: asyncio.BaseTransport) -> str:
    if link is not None:
        return link.client[0]
    peer = transport.get_extra_info("peername")
    return str(peer[0]) if peer else "?"


def facts(message: StoredMessage, found: Found | None) -> dict[str, Any]:
    """What is told of a message."""
    letter, recipient, stored = found or (None, None, None)
    return {
        "message": message.number,
        "uid": message.uid,
        "size": message.size,
        "letter": letter,
        "recipient": recipient,
        "stored": stored,
    }
