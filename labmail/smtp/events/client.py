"""The client's side: it calls, offers a letter, and hears what becomes of each recipient."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from labmail.trace import fact, sentence

from .base import SmtpEvent, listed


@dataclass(frozen=True, slots=True, kw_only=True)
class Connecting(SmtpEvent):
    """A client sets out to connect."""

    target: str
    address: str
    port: int

    step: ClassVar[bool] = False
    label = "connect"
    question = sentence("Does {target} answer on port {port}?")
    answer = sentence("{host} tries {address}.")
    peer = fact("target")


@dataclass(frozen=True, slots=True, kw_only=True)
class ConnectFailed(SmtpEvent):
    """No conversation came about: nobody there, no answer, or a greeting that was a refusal."""

    target: str
    address: str
    port: int
    problem: str
    for_good: bool = False

    ok = False
    label = "connect"
    question = sentence("Does {target} answer on port {port}?")
    answer = sentence("No: {problem}.")
    peer = fact("target")


@dataclass(frozen=True, slots=True, kw_only=True)
class Offered(SmtpEvent):
    """The client offers a letter: MAIL, and RCPT for each recipient. What is said to it follows."""

    sender: str
    recipients: tuple[str, ...]
    target: str

    label = "RCPT"

    @property
    def question(self) -> str:
        return f"Does {self.target} want a letter for {listed(self.recipients)}?"

    answer = sentence("The envelope goes first: from <{sender}>, then each recipient.")
    peer = fact("target")


@dataclass(frozen=True, slots=True, kw_only=True)
class Answered(SmtpEvent):
    """What the server said to one recipient, at whatever point it said it."""

    target: str
    command: str
    reply: str
    accepted: bool

    step: ClassVar[bool] = False
    ok = fact("accepted")

    @property
    def label(self) -> str:
        return "DATA" if self.command == "end of data" else self.command.partition(" ")[0]

    @property
    def question(self) -> str:
        about = self.recipient or "the letter as a whole"
        return f"What did {self.target} say to {about}?"

    answer = sentence("“{reply}”.")
    peer = fact("target")
