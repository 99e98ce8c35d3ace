"""Why it did not arrive: for each recipient who has got nothing, the words that decided.

A chip says *that* a letter came back. Whoever has never seen a bounce wants to know at once what
for, and where; so the words stand below the chips, with the step at which they were said.
"""

from __future__ import annotations

from typing import Any

from labmail.trace import Story

SAD = ("bounced", "deferred", "frozen")
MOST = 3
"""Reasons that are told; the story has them all."""


def fates(story: Story) -> list[dict[str, Any]]:
    """For each reason ``who`` it holds for, the ``state``, the ``words``, and the ``step`` at which
    they were said (from 0)."""
    found: dict[tuple[str, str], dict[str, Any]] = {}
    for who, place in story.recipients.items():
        if place.state not in SAD or not place.detail:
            continue
        fate: dict[str, Any] = {
            "who": [],
            "state": place.state,
            "words": place.detail,
            "step": None,
        }
        told = found.setdefault((place.state, place.detail.replace(who, "")), fate)
        told["who"].append(who)
        told["step"] = _step(story, who, place.state)
    return list(found.values())[:MOST]


def _step(story: Story, who: str, state: str) -> int | None:
    """The last step that brought the letter into this state for ``who``."""
    moved = [
        index
        for index, step in enumerate(story.steps)
        for letter, recipient, place in step.moved
        if (letter, recipient, place.state) == (story.letter, who, state)
    ]
    return moved[-1] if moved else None
