"""Who can be spoken to by hand: the services whose protocol can be followed from outside.

A protocol that wants to join brings a class with these manners (smtp/following.py is one), and one
line below.

Try: ``FOLLOWING["smtp"]().machine()``.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

from labmail.access.pop3.following import Following as Pop3Following
from labmail.smtp.following import Following as SmtpFollowing
from labmail.trace.heard import Line
from labmail.trace.meaning import Machine


class Following(Protocol):
    """What a protocol knows about a dialogue from hearing it: smtp/following.py and POP3's."""

    protocol: str
    offered: tuple[str, ...] | None
    tls_agreed: bool

    @property
    def asked(self) -> str: ...
    @property
    def speaking(self) -> str: ...
    @property
    def unfinished(self) -> tuple[bytes, bytes]: ...
    def client(self, octets: bytes) -> list[Line]: ...
    def server(self, octets: bytes) -> list[Line]: ...
    def secured(self) -> None: ...
    def closed(self) -> None: ...
    def machine(self) -> Machine: ...


FOLLOWING: dict[str, Callable[[], Following]] = {
    "smtp": SmtpFollowing,
    "submission": SmtpFollowing,
    "pop3": Pop3Following,
}
"""For each service that can be spoken by hand, who follows it."""
