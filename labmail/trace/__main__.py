"""A small example: four events, and what can be made of them.

python -m labmail.trace              the story as text, with its dialogue; the Mermaid diagram
python -m labmail.trace picture      the picture, as SVG
"""

from __future__ import annotations

import sys
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import count
from typing import ClassVar

from labmail.trace import Actor, Cast, Event, Place, Recorder, Role, Said

ALICE, BOB, MAIL = "alice@example.com", "bob@example.com", "mail.example.com"
LINE = "128.10.12.20:49152>128.10.12.4:25"
TOWN = Cast(
    (
        Actor(ALICE, "128.10.12.20", "example.com", "person", "Alice"),
        Actor(MAIL, "128.10.12.4", "example.com"),
        Actor(BOB, "128.10.12.21", "example.com", "person", "Bob"),
    )
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Wrote(Event):
    """Somebody wrote a letter."""

    subject: str
    to: str

    role: ClassVar[Role] = "person"
    component: ClassVar[str] = "mua"
    label = "write"
    chapter = "send"

    @property
    def question(self) -> str:
        return f"What is written to {self.to}?"

    @property
    def answer(self) -> str:
        return f"A header, “{self.subject}”, and a body. It has no envelope yet."

    def places(self) -> Mapping[str, Place]:
        return {self.to: Place(self.host, "mua", "under way")}


@dataclass(frozen=True, slots=True, kw_only=True)
class Took(Event):
    """A server took the letter."""

    client: str
    to: str

    component: ClassVar[str] = "smtp"
    label = "DATA"
    chapter = "send"

    @property
    def question(self) -> str:
        return f"Does {self.host} take the letter?"

    @property
    def answer(self) -> str:
        return "“250 OK”: from now on it is responsible."

    @property
    def peer(self) -> str:
        return self.client

    def places(self) -> Mapping[str, Place]:
        return {self.to: Place(self.host, "spool", "under way")}


@dataclass(frozen=True, slots=True, kw_only=True)
class Chose(Event):
    """A router decided."""

    role: ClassVar[Role] = "decide"
    component: ClassVar[str] = "router"
    label = "router"
    chapter = "take"

    @property
    def question(self) -> str:
        return f"Which router takes {self.recipient}?"

    @property
    def answer(self) -> str:
        return "local_user: the domain is our own, and bob has an account."

    @property
    def why(self) -> tuple[str, ...]:
        return ("system_aliases declined: there is no alias bob.",)


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept(Event):
    """The letter lies in a mailbox."""

    file: str

    role: ClassVar[Role] = "keep"
    component: ClassVar[str] = "store"
    label = "Maildir"
    chapter = "take"

    @property
    def question(self) -> str:
        return f"Does it lie in the mailbox of {self.recipient}?"

    @property
    def answer(self) -> str:
        return "Yes, one new file."

    @property
    def proof(self) -> str:
        return self.file

    def places(self) -> Mapping[str, Place]:
        return {self.recipient or "": Place(self.host, "store", "delivered")}


def example() -> Recorder:
    """A recorder that has seen a letter go from Alice to Bob, in one company."""
    tick = count()
    trace = Recorder(lambda: 1772442000 + next(tick) * 0.01)
    letter = trace.name_letter(ALICE)
    wrote = trace.tell(Wrote, host=ALICE, letter=letter, subject="Lunch on Friday?", to=BOB)
    for words in ("C: RCPT TO:<bob@example.com>", "S: 250 Accepted", "C: DATA", "S: 354 Go on"):
        _say(trace, words, wrote.name)
    took = trace.tell(
        Took, host=MAIL, letter=letter, connection=LINE, cause=wrote.name, client=ALICE, to=BOB
    )
    _say(trace, "S: 250 OK", took.name)
    chose = trace.tell(Chose, host=MAIL, letter=letter, recipient=BOB, cause=took.name)
    file = "home/bob/Maildir/new/1772442000.M1P1.mail.example.com"
    trace.tell(Kept, host=MAIL, letter=letter, recipient=BOB, cause=chose.name, file=file)
    return trace


def _say(trace: Recorder, words: str, cause: str) -> None:
    fields = {"protocol": "SMTP", "speaker": words[0], "text": words[3:] + "\r\n"}
    trace.tell(Said, host=MAIL, connection=LINE, cause=cause, **fields)


if __name__ == "__main__":
    story = example().story(f"{ALICE}/1", TOWN)
    if sys.argv[1:] == ["picture"]:
        print(story.svg)
    else:
        print(story.show(dialogue=True, why=True), story.mermaid, sep="\n\n", end="")
