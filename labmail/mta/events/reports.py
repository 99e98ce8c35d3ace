"""Who is told what became of a letter: of failure, of success, or nobody.

Law: RFC 5321 §6.1 (a bounce never causes a bounce), RFC 3461 §4.1 (NOTIFY).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from labmail.trace import Role

from .base import LetterEvent, listed


@dataclass(frozen=True, slots=True, kw_only=True)
class Report(LetterEvent):
    """Common to all: ``to`` is the sender of the letter, ``recipients`` are those it is about."""

    id: str
    to: str
    recipients: tuple[str, ...]

    role: ClassVar[Role] = "keep"
    component: ClassVar[str] = "queue"


@dataclass(frozen=True, slots=True, kw_only=True)
class Bounced(Report):
    """A report was written to the sender: a new letter, with an empty sender of its own."""

    bounce: str
    """The lab's name of the bounce."""

    label = "bounce"

    @property
    def question(self) -> str:
        return f"Who must be told that {listed(self.recipients)} got nothing?"

    @property
    def answer(self) -> str:
        return (
            f"{self.to}, by a new letter, {self.bounce.rpartition('/')[2]}. Its sender is <>, "
            "so that it can never cause a bounce itself."
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Confirmed(Report):
    """The sender had asked to be told of success (NOTIFY=SUCCESS), and is told, by a new letter."""

    confirmation: str
    """The lab's name of the report."""
    actions: tuple[str, ...]
    """For each recipient: ``delivered``, ``relayed`` or ``expanded``."""

    label = "report"

    @property
    def question(self) -> str:
        return f"Does {self.to} want to know that {listed(self.recipients)} got it?"

    @property
    def answer(self) -> str:
        what = " and ".join(dict.fromkeys(self.actions))
        return (
            f"Yes, the envelope said NOTIFY=SUCCESS: a new letter, "
            f"{self.confirmation.rpartition('/')[2]}, says “{what}”."
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Warned(Report):
    """The sender is told that a letter takes long; it is tried again all the same."""

    warning: str
    """The lab's name of the report."""
    delay: str
    """How long it has waited, in words."""

    label = "warning"

    @property
    def question(self) -> str:
        return f"Does {self.to} know that {listed(self.recipients)} still waits for it?"

    @property
    def answer(self) -> str:
        return (
            f"After {self.delay} it is time to say so: a new letter, "
            f"{self.warning.rpartition('/')[2]}. Nothing is lost yet, and she need not do anything."
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Unreported(Report):
    """A letter has failed, and its sender had asked not to be told (RFC 3461 §4.1)."""

    notify: str
    """What RCPT said: ``NEVER``, or a list without FAILURE."""

    role: ClassVar[Role] = "decide"
    ok = False
    label = "no report"

    @property
    def question(self) -> str:
        return f"Who must be told that {listed(self.recipients)} got nothing?"

    @property
    def answer(self) -> str:
        return f"Nobody: {self.to or 'the sender'} asked for NOTIFY={self.notify}."
