"""At the door: may it come in, and is it safe on disk?"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

from labmail.trace import Place, Role, fact, sentence

from .base import SPOOL, LetterEvent


@dataclass(frozen=True, slots=True, kw_only=True)
class AclChecked(LetterEvent):
    """An ACL decided about a sender or a recipient."""

    client: str
    """Whoever asks: ``128.10.12.20``, or ``alice`` where she has logged in."""
    sender: str
    accepted: bool
    rule: str
    reasons: tuple[str, ...]
    reply: str
    command: str = "RCPT"

    role: ClassVar[Role] = "decide"
    component: ClassVar[str] = "acl"
    ok = fact("accepted")
    label = "ACL"

    @property
    def question(self) -> str:
        if self.recipient is None:
            return f"May {self.client} send through {self.host}?"
        return f"May {self.client} hand over a letter for {self.recipient}?"

    @property
    def answer(self) -> str:
        because = self.reasons[0].partition(": ")[2] if self.rule else self.reasons[0]
        if self.accepted:
            return f"Accepted: {because}."
        return f"“{self.reply}”: {because}."

    why = fact("reasons")


@dataclass(frozen=True, slots=True, kw_only=True)
class Spooled(LetterEvent):
    """A letter was accepted: it is on disk, and this host is responsible for it."""

    id: str
    sender: str
    recipients: tuple[str, ...]
    size: int
    own: bool = False
    """Whether this host wrote the letter itself: a bounce."""

    role: ClassVar[Role] = "keep"
    component: ClassVar[str] = "spool"
    label = "spool"
    question = sentence("Is the letter safe on {host}?")

    @property
    def answer(self) -> str:
        before = "" if self.own else ", synced before “250” was said"
        return f"Yes, as {self.id}: envelope, header and body are on disk{before}."

    proof = SPOOL[1:]  # journal or input: the spool knows which

    def places(self) -> Mapping[str, Place]:
        here = Place(self.host, "spool", "under way", self.id)
        return dict.fromkeys(self.recipients, here)


@dataclass(frozen=True, slots=True, kw_only=True)
class TurnedAway(LetterEvent):
    """A letter could not be kept safely, so it was not accepted: the client still has it."""

    problem: str
    reply: str
    sender: str
    recipients: tuple[str, ...]

    role: ClassVar[Role] = "keep"
    component: ClassVar[str] = "spool"
    ok = False
    label = "spool"
    question = sentence("Is the letter safe on {host}?")
    answer = sentence("No: {problem}. “{reply}”: the client keeps it and tries again later.")
