"""The server's side: who called, what was offered, who logged in, what was refused, and the end."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from labmail.trace import fact, sentence

from .base import SmtpEvent


@dataclass(frozen=True, slots=True, kw_only=True)
class Connected(SmtpEvent):
    """A client has connected. ``reply`` is the greeting, or the refusal in its place."""

    client: str
    port: int
    reply: str
    accepted: bool = True

    step: ClassVar[bool] = False
    ok = fact("accepted")
    label = "connect"
    question = sentence("Does {host} talk to {client} on port {port}?")

    @property
    def answer(self) -> str:
        return f"{'Yes' if self.accepted else 'No'}: “{self.reply}”."


@dataclass(frozen=True, slots=True, kw_only=True)
class Greeted(SmtpEvent):
    """The client has said who it is, by HELO or EHLO."""

    called: str
    esmtp: bool
    offered: tuple[str, ...] = ()

    step: ClassVar[bool] = False

    @property
    def label(self) -> str:
        return "EHLO" if self.esmtp else "HELO"

    question = sentence("Who calls {host}, and what may be used?")

    @property
    def answer(self) -> str:
        offer = ", ".join(self.offered) or "the basic commands only"
        return f"It calls itself {self.called}; it is offered {offer}."


@dataclass(frozen=True, slots=True, kw_only=True)
class TlsStarted(SmtpEvent):
    """From here on nobody between the two can read along, or the handshake has failed."""

    cipher: str = ""
    problem: str = ""
    discarded: int = 0
    """Octets that the client had sent ahead in the clear and that were thrown away."""

    step: ClassVar[bool] = False

    @property
    def ok(self) -> bool:
        return not self.problem

    label = "STARTTLS"
    question = sentence("Is the connection to {host} secret from here on?")

    @property
    def answer(self) -> str:
        if self.problem:
            return f"No, the handshake failed: {self.problem}."
        return f"Yes: {self.cipher}. All that was said before is forgotten."


@dataclass(frozen=True, slots=True, kw_only=True)
class Authenticated(SmtpEvent):
    """Somebody has proved who they are, or has failed to. Never with the password."""

    login: str
    mechanism: str
    client: str
    accepted: bool
    tls: str | None = None

    ok = fact("accepted")
    label = "AUTH"
    question = sentence("Is it really {login} who calls {host}?")

    @property
    def answer(self) -> str:
        if not self.accepted:
            return f"No: the login and the password ({self.mechanism}) do not belong together."
        return f"Yes: the password is right ({self.mechanism}, {self._secrecy})."

    @property
    def _secrecy(self) -> str:
        return "inside TLS" if self.tls else "in the clear"

    peer = fact("client")


@dataclass(frozen=True, slots=True, kw_only=True)
class CommandRefused(SmtpEvent):
    """A command that the language itself forbids: unknown, malformed, out of order, too much."""

    verb: str
    reply: str

    step: ClassVar[bool] = False
    ok = False

    @property
    def label(self) -> str:
        return self.verb or "?"

    @property
    def question(self) -> str:
        return f"May {self.verb or 'this line'} come now, and in this form?"

    answer = sentence("No: “{reply}”.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Broke(SmtpEvent):
    """Something failed inside the server, which said 4yz: nothing is lost, the client keeps it."""

    problem: str

    ok = False
    label = "error"
    question = sentence("Did {host} work as it should?")
    answer = sentence("No: {problem}. The client is asked to try again later.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Ended(SmtpEvent):
    """The connection has ended. ``reason``: quit, idle, errors, lost, refused, shutting down …"""

    reason: str

    step: ClassVar[bool] = False

    @property
    def ok(self) -> bool:
        return self.reason == "quit"

    label = "end"
    question = "How did the conversation end?"

    @property
    def answer(self) -> str:
        return f"{self.reason[:1].upper()}{self.reason[1:]}."
