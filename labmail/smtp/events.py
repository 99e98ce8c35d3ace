"""What is told of a conversation in SMTP, by the server and by the client.

Few of these are steps of a letter's journey: the login, the offer, the letter that crosses, and
what went wrong. The rest is proof below them. On the ordinary road, others' events in brackets::

    client      Connecting ─▶ Offered ─────────────────▶ Answered ─▶ …
    server            └▶ Connected ─▶ Greeted ─▶ TlsStarted ─▶ Authenticated ─▶ (ACL) ─▶
                         ContentTaken ─▶ (spool)

Try: ``trace.find("smtp.ContentTaken")``.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from labmail.trace import Chapter, Event, Role


@dataclass(frozen=True, slots=True, kw_only=True)
class SmtpEvent(Event):
    """Common to all: ``leg`` is the chapter of the journey in which this happens."""

    leg: Chapter = ""

    role: ClassVar[Role] = "talk"
    component: ClassVar[str] = "smtp"

    @property
    def chapter(self) -> Chapter:
        return self.leg


# ── the server ───────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True, kw_only=True)
class Connected(SmtpEvent):
    """A client has connected. ``reply`` is the greeting, or the refusal in its place."""

    client: str
    port: int
    reply: str
    accepted: bool = True

    step: ClassVar[bool] = False

    @property
    def ok(self) -> bool:
        return self.accepted

    @property
    def label(self) -> str:
        return "connect"

    @property
    def question(self) -> str:
        return f"Does {self.host} talk to {self.client} on port {self.port}?"

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

    @property
    def question(self) -> str:
        return f"Who calls {self.host}, and what may be used?"

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

    @property
    def label(self) -> str:
        return "STARTTLS"

    @property
    def question(self) -> str:
        return f"Is the connection to {self.host} secret from here on?"

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

    @property
    def ok(self) -> bool:
        return self.accepted

    @property
    def label(self) -> str:
        return "AUTH"

    @property
    def question(self) -> str:
        return f"Is it really {self.login} who calls {self.host}?"

    @property
    def answer(self) -> str:
        if not self.accepted:
            return f"No: the login and the password ({self.mechanism}) do not belong together."
        return f"Yes: the password is right ({self.mechanism}, {self._secrecy})."

    @property
    def _secrecy(self) -> str:
        return "inside TLS" if self.tls else "in the clear"

    @property
    def peer(self) -> str | None:
        return self.client


@dataclass(frozen=True, slots=True, kw_only=True)
class CommandRefused(SmtpEvent):
    """A command that the language itself forbids: unknown, malformed, out of order, too much."""

    verb: str
    reply: str

    step: ClassVar[bool] = False

    @property
    def ok(self) -> bool:
        return False

    @property
    def label(self) -> str:
        return self.verb or "?"

    @property
    def question(self) -> str:
        return f"May {self.verb or 'this line'} come now, and in this form?"

    @property
    def answer(self) -> str:
        return f"No: “{self.reply}”."


@dataclass(frozen=True, slots=True, kw_only=True)
class ContentTaken(SmtpEvent):
    """A letter's content has crossed the network whole, up to the dot."""

    sender: str
    recipients: tuple[str, ...]
    size: int
    """Octets of the letter."""
    came_from: str
    verb: str = "DATA"
    """How it came: DATA, or BDAT in pieces (RFC 3030)."""

    @property
    def label(self) -> str:
        return self.verb

    @property
    def question(self) -> str:
        return f"Does the letter cross to {self.host}?"

    @property
    def answer(self) -> str:
        end = "then the dot" if self.verb == "DATA" else "in pieces whose size was said before"
        return f"Yes: {self.size:,} octets from {self.came_from}, {end}."

    @property
    def peer(self) -> str | None:
        return self.came_from


@dataclass(frozen=True, slots=True, kw_only=True)
class ContentRefused(SmtpEvent):
    """A letter has crossed and was refused behind the dot: the client still has it."""

    sender: str
    recipients: tuple[str, ...]
    size: int
    came_from: str
    reply: str
    verb: str = "DATA"

    @property
    def ok(self) -> bool:
        return False

    @property
    def label(self) -> str:
        return self.verb

    @property
    def question(self) -> str:
        return f"Does {self.host} take the letter?"

    @property
    def answer(self) -> str:
        return f"No: “{self.reply}”. {self.came_from} still has it."

    @property
    def peer(self) -> str | None:
        return self.came_from


@dataclass(frozen=True, slots=True, kw_only=True)
class Broke(SmtpEvent):
    """Something failed inside the server, which said 4yz: nothing is lost, the client keeps it."""

    problem: str

    @property
    def ok(self) -> bool:
        return False

    @property
    def label(self) -> str:
        return "error"

    @property
    def question(self) -> str:
        return f"Did {self.host} work as it should?"

    @property
    def answer(self) -> str:
        return f"No: {self.problem}. The client is asked to try again later."


@dataclass(frozen=True, slots=True, kw_only=True)
class Ended(SmtpEvent):
    """The connection has ended. ``reason``: quit, idle, errors, lost, refused, shutting down …"""

    reason: str

    step: ClassVar[bool] = False

    @property
    def ok(self) -> bool:
        return self.reason == "quit"

    @property
    def label(self) -> str:
        return "end"

    @property
    def question(self) -> str:
        return "How did the conversation end?"

    @property
    def answer(self) -> str:
        return f"{self.reason[:1].upper()}{self.reason[1:]}."


# ── the client ───────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True, kw_only=True)
class Connecting(SmtpEvent):
    """A client sets out to connect."""

    target: str
    address: str
    port: int

    step: ClassVar[bool] = False

    @property
    def label(self) -> str:
        return "connect"

    @property
    def question(self) -> str:
        return f"Does {self.target} answer on port {self.port}?"

    @property
    def answer(self) -> str:
        return f"{self.host} tries {self.address}."

    @property
    def peer(self) -> str | None:
        return self.target


@dataclass(frozen=True, slots=True, kw_only=True)
class ConnectFailed(SmtpEvent):
    """No conversation came about: nobody there, no answer, or a greeting that was a refusal."""

    target: str
    address: str
    port: int
    problem: str
    for_good: bool = False

    @property
    def ok(self) -> bool:
        return False

    @property
    def label(self) -> str:
        return "connect"

    @property
    def question(self) -> str:
        return f"Does {self.target} answer on port {self.port}?"

    @property
    def answer(self) -> str:
        return f"No: {self.problem}."

    @property
    def peer(self) -> str | None:
        return self.target


@dataclass(frozen=True, slots=True, kw_only=True)
class Offered(SmtpEvent):
    """The client offers a letter: MAIL, and RCPT for each recipient. What is said to it follows."""

    sender: str
    recipients: tuple[str, ...]
    target: str

    @property
    def label(self) -> str:
        return "RCPT"

    @property
    def question(self) -> str:
        return f"Does {self.target} want a letter for {listed(self.recipients)}?"

    @property
    def answer(self) -> str:
        return f"The envelope goes first: from <{self.sender}>, then each recipient."

    @property
    def peer(self) -> str | None:
        return self.target


@dataclass(frozen=True, slots=True, kw_only=True)
class Answered(SmtpEvent):
    """What the server said to one recipient, at whatever point it said it."""

    target: str
    command: str
    reply: str
    accepted: bool

    step: ClassVar[bool] = False

    @property
    def ok(self) -> bool:
        return self.accepted

    @property
    def label(self) -> str:
        return "DATA" if self.command == "end of data" else self.command.partition(" ")[0]

    @property
    def question(self) -> str:
        about = self.recipient or "the letter as a whole"
        return f"What did {self.target} say to {about}?"

    @property
    def answer(self) -> str:
        return f"“{self.reply}”."

    @property
    def peer(self) -> str | None:
        return self.target


def listed(recipients: tuple[str, ...]) -> str:
    """``bob@ask.com``, ``bob@ask.com and carol@ask.com``, ``bob@ask.com and 9,999 more``."""
    if len(recipients) <= 2:
        return " and ".join(recipients)
    return f"{recipients[0]} and {len(recipients) - 1:,} more"
