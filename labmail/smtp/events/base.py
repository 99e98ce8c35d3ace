"""What all events of a conversation in SMTP have."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from labmail.trace import Chapter, Event, Role, fact


@dataclass(frozen=True, slots=True, kw_only=True)
class SmtpEvent(Event):
    """Common to all: ``leg`` is the chapter of the journey in which this happens."""

    leg: Chapter = ""

    role: ClassVar[Role] = "talk"
    component: ClassVar[str] = "smtp"
    chapter = fact("leg")


def listed(recipients: tuple[str, ...]) -> str:
    """``bob@ask.com``, ``bob@ask.com and carol@ask.com``, ``bob@ask.com and 9,999 more``."""
    if len(recipients) <= 2:
        return " and ".join(recipients)
    return f"{recipients[0]} and {len(recipients) - 1:,} more"
