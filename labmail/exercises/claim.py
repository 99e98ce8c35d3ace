"""A claim: one thing that must be true in the lab for an exercise to be solved.

A check is a list of claims about the *world*, never about names in the notebook: what lies in which
mailbox, what waits in which queue, what the trace has seen. A claim that does not hold says what
was expected, what was found, and at which step of which story to look. It never says the answer.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from labmail.lab import Lab
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
    step: int | None = None
    """The step of the letter's story in which the event is told; see `with_step`."""

    @property
    def sign(self) -> str:
        return "✓" if self.holds else "○"

    @property
    def word(self) -> str:
        return "holds" if self.holds else "not yet"

    @property
    def look_at(self) -> str:
        """Where to look, to be typed as it is: ``lab.story("alice@example.com/2")[9]``."""
        if self.event is None:
            return ""
        if self.step is None:
            return f'lab.trace.get("{self.event.name}")'
        return f'lab.story("{self.event.letter}")[{self.step}]'

    @property
    def shows(self) -> str:
        """The question to which the reader finds the answer there."""
        return (self.event.question or self.event.answer) if self.event else ""


def with_step(claim: Claim, lab: Lab) -> Claim:
    """The claim, with the number of the step that tells its event, where a story does."""
    event = claim.event
    if event is None or not event.letter:
        return claim
    story = lab.story(event.letter)
    numbers = (step.number for step in story if any(e.name == event.name for e in step.all_events))
    return replace(claim, step=next(numbers, None))
