"""What is told of a user agent: a letter written, handed over or not, and read.

The first step of a journey is `Composed`. That the submission server took the letter, or that a
letter came out of a mailbox, the servers tell themselves; `Submitted` and `Fetched` are proof
beside that. What no server tells is what became of a letter that was not taken: it stays with its
author, who reads the server's words (`NotSubmitted`).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

from labmail.message.visible import listed, octets, shorten
from labmail.trace import Chapter, Event, Place, Role, State, fact, sentence


@dataclass(frozen=True, slots=True, kw_only=True)
class MuaEvent(Event):
    """Common to all: a person's program acts."""

    role: ClassVar[Role] = "person"
    component: ClassVar[str] = "mua"
    chapter: ClassVar[Chapter] = "send"


@dataclass(frozen=True, slots=True, kw_only=True)
class Composed(MuaEvent):
    """A letter is written: an envelope and a message, from here on one letter with one name.

    ``author`` is what `From:` says, ``sender`` what MAIL FROM will say.
    """

    sender: str
    recipients: tuple[str, ...]
    author: str
    subject: str
    size: int
    """Octets of the message."""

    label = "write"

    @property
    def question(self) -> str:
        return f"What does {self.sender or self.author} write, and to whom?"

    @property
    def answer(self) -> str:
        what = f"“{shorten(self.subject)}”" if self.subject else "A letter without a subject"
        return f"{what}, {octets(self.size)}, to {listed(self.recipients, 3)}."

    @property
    def why(self) -> tuple[str, ...]:
        same = self.sender and self.sender in self.author
        return (
            f"The envelope says <{self.sender}>, the header says {shorten(self.author)}"
            f"{'' if same else ': nobody will compare them'}.",
        )

    def places(self) -> Mapping[str, Place]:
        return {who: Place(self.host, "mua", "under way") for who in self.recipients}


@dataclass(frozen=True, slots=True, kw_only=True)
class Submitted(MuaEvent):
    """The submission server has taken the letter over; ``reply`` is its word for it."""

    recipients: tuple[str, ...]
    server: str
    reply: str

    step: ClassVar[bool] = False
    label = "sent"
    question = sentence("Has {server} taken the letter over?")

    @property
    def answer(self) -> str:
        return f"Yes, for {listed(self.recipients, 3)}: “{self.reply}”. Now it answers for it."

    peer = fact("server")


@dataclass(frozen=True, slots=True, kw_only=True)
class NotSubmitted(MuaEvent):
    """The submission server did not take the letter for one recipient: its author still has it."""

    server: str
    reason: str
    for_good: bool

    ok = False

    @property
    def label(self) -> str:
        return "refused" if self.for_good else "not sent"

    question = sentence("Does {server} take the letter for {recipient}?")

    @property
    def answer(self) -> str:
        again = "as it is it will never be" if self.for_good else "it may be sent again later"
        return f"No: {self.reason}. The letter stays with its author; {again}."

    peer = fact("server")

    def places(self) -> Mapping[str, Place]:
        state: State = "bounced" if self.for_good else "deferred"
        return {self.recipient or "": Place(self.host, "mua", state, self.reason)}


@dataclass(frozen=True, slots=True, kw_only=True)
class Fetched(MuaEvent):
    """A letter lies in the reader's own program now; ``kept`` if it stays in the mailbox, too."""

    server: str
    uid: str
    subject: str
    size: int
    kept: bool

    step: ClassVar[bool] = False
    chapter: ClassVar[Chapter] = "fetch"
    label = "read"
    question = "What does the reader see?"

    @property
    def answer(self) -> str:
        what = f"“{shorten(self.subject)}”" if self.subject else "A letter without a subject"
        stays = "It stays in the mailbox, too" if self.kept else "It is gone from the mailbox"
        return f"{what}, {octets(self.size)}. {stays}."

    peer = fact("server")
