"""The letter crosses: from here on the server has it, or the client still has."""

from __future__ import annotations

from dataclasses import dataclass

from labmail.trace import fact, sentence

from .base import SmtpEvent


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

    label = fact("verb")
    question = sentence("Does the letter cross to {host}?")

    @property
    def answer(self) -> str:
        end = "then the dot" if self.verb == "DATA" else "in pieces whose size was said before"
        return f"Yes: {self.size:,} octets from {self.came_from}, {end}."

    peer = fact("came_from")


@dataclass(frozen=True, slots=True, kw_only=True)
class ContentRefused(SmtpEvent):
    """A letter has crossed and was refused behind the dot: the client still has it."""

    sender: str
    recipients: tuple[str, ...]
    size: int
    came_from: str
    reply: str
    verb: str = "DATA"

    ok = False
    label = fact("verb")
    question = sentence("Does {host} take the letter?")
    answer = sentence("No: “{reply}”. {came_from} still has it.")
    peer = fact("came_from")
