"""A claim: one thing that must be true in the lab for an exercise to be solved.

A check is a list of claims about the *world*, never about names in the notebook: what lies in which
mailbox, what waits in which queue, what the trace has seen. A claim that does not hold says what
was expected, what was found, and at which event of the trace to look. It never says the answer.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from labmail.trace import Event


@dataclass(frozen=True, slots=True)
class Claim:
    """``text`` says what must be true, ``holds`` whether it is."""

    text: str
    holds: bool
    expected: str = ""
    found: str = ""
    event: Event | None = None
    """The event to look at, where one shows what went wrong."""

    @property
    def sign(self) -> str:
        return "✓" if self.holds else "○"

    @property
    def word(self) -> str:
        return "holds" if self.holds else "not yet"

    def pointer(self) -> str:
        """Where to look: ``mail.ask.com#14: Which router takes bob@ask.com?``"""
        if self.event is None:
            return ""
        return f"{self.event.name}: {self.event.question or self.event.answer}"
