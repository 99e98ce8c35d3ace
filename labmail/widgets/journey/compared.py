"""Two journeys side by side on one rail, and the first step at which they part.

Steps are matched by what kind of step they are and where they happen; whatever has no partner
stands alone. Two partners are the same if they went equally well and say the same, once everything
that belongs to the letter itself is taken out of the sentences: its people, its subject, the ids
that hosts gave it, and every figure. Two letters to two people differ at once in their words; what
is looked for is where their *ways* differ.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from difflib import SequenceMatcher
from typing import Any

from labmail.trace import Step, Story

Slot = tuple[int | None, int | None]


def compared(one: Story, other: Story) -> dict[str, Any]:
    """``slots``: pairs of step indexes (None: no partner); ``first``: the first that differs."""
    slots = list(_slots(one, other))
    says = _Masked(one), _Masked(other)
    differing = (
        index
        for index, (a, b) in enumerate(slots)
        if a is None or b is None or says[0](one.steps[a]) != says[1](other.steps[b])
    )
    return {"slots": [list(slot) for slot in slots], "first": next(differing, None)}


def _slots(one: Story, other: Story) -> Iterator[Slot]:
    left, right = [[_kind(story, step) for step in story.steps] for story in (one, other)]
    matcher = SequenceMatcher(None, left, right, autojunk=False)
    for _, a1, a2, b1, b2 in matcher.get_opcodes():
        for k in range(max(a2 - a1, b2 - b1)):
            yield (a1 + k if a1 + k < a2 else None, b1 + k if b1 + k < b2 else None)


def _kind(story: Story, step: Step) -> tuple[object, ...]:
    """What must agree for two steps to be partners. People are people, whoever they are."""
    return step.component, _part(step), _where(story, step.host), _where(story, step.peer)


def _part(step: Step) -> str:
    return "tries" if step.tries else step.tellings[0].label


def _where(story: Story, name: str | None) -> str:
    actor = story.actor(name) if name else None
    return "" if actor is None else "person" if actor.kind == "person" else actor.name


class _Masked:
    """What a step says, without what is this letter's own."""

    def __init__(self, story: Story) -> None:
        own = {story.subject, story.letter}
        for step in story.steps:
            for event in step.all_events:
                own |= {str(getattr(event, name, "") or "") for name in _OWN}
            for letter, who, _ in step.moved:
                own |= {letter, who, who.partition("@")[0]}
        for letter in story.letters:
            who = letter.rpartition("/")[0]
            own |= {who, who.partition("@")[0]}
        words = sorted((w for w in own if len(w) > 1), key=lambda w: (-len(w), w))
        self._own = re.compile("|".join(map(re.escape, words)) or r"(?!)")

    def __call__(self, step: Step) -> Sequence[object]:
        said = sorted(
            {(told.ok, self._mask(told.answer), self._mask(told.proof)) for told in step.tellings}
        )
        return [step.ok, len(step.tries), *said]

    def _mask(self, text: str) -> str:
        return _FIGURES.sub("#", self._own.sub("…", text))


_OWN = ("subject", "id", "uid", "file", "recipient", "address", "sender", "bounce")
_FIGURES = re.compile(r"\d+(?:[.:,]\d+)*")
