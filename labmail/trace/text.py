"""A story as text: what ``print(lab.story(letter))`` says.

Every picture of a story has this twin. Screen readers, tests and graders read it, and it is what a
student can quote::

    Lunch on Friday?  bob@ask.com: delivered
      6  0.06 s   Which router takes bob@ask.com?
                  → dnslookup: ask.com is not one of our own domains. (200_lab:23)
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from .dialogue import wire_lines
from .telling import Telling
from .words import printable

if TYPE_CHECKING:
    from .step import Step
from .story import Story

MARGIN = " " * 14
MANY = 7
"""How many answers of one step are told in full."""


def story_text(story: Story, *, dialogue: bool = False, why: bool = False) -> str:
    """The whole story, one line of outcome first."""
    outcome = "; ".join(str(end) for end in story.ends) or "nothing is known of its recipients"
    lines = [printable(f"{story.subject}  {outcome}")]
    for step in story.steps:
        lines += step_lines(step, why=why)
        if dialogue:
            lines += [f"{MARGIN}  {line}" for line in dialogue_lines(step)]
    return "\n".join(lines)


def step_lines(step: Step, *, why: bool = False) -> Iterator[str]:
    """A step: number, time and question, and the answer below; so for each recipient."""
    head = f"{step.number:>3}  {step.time:<8} "
    for telling in step.tellings[:MANY]:
        yield from _answered(head, telling, step, why)
        head = MARGIN
    if len(step.tellings) > MANY:
        yield f"{MARGIN}… and the same for {len(step.tellings) - MANY:,} more recipients"


def _answered(head: str, telling: Telling, step: Step, why: bool) -> Iterator[str]:
    tries = f" ({step.label})" if step.tries else ""
    question = printable(telling.question) or telling.label
    yield f"{head:<14}{question}{tries}"
    proof = f" ({printable(telling.proof)})" if telling.proof else ""
    if telling.answer or proof:
        yield f"{MARGIN}{'→' if telling.ok else '✕'} {printable(telling.answer)}{proof}"
    if why:
        yield from (f"{MARGIN}  · {printable(line)}" for line in telling.why)


def dialogue_lines(step: Step) -> Iterator[str]:
    """What was said in this step: ``C: RCPT TO:<bob@ask.com>``, ``S: 250 Accepted``."""
    for said in step.said:
        yield from (f"{said.speaker}: {line}" for line in wire_lines(said))
        if said.elided:
            yield f"   … {said.elided:,} bytes are left out here"
