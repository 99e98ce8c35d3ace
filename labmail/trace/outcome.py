"""One line on how it went: "Alice, to bob@ask.com · arrived after 0.20 s, fetched after 2 min"."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from .roads import Road
from .step import Step
from .story import Story
from .words import after, lasting, number_word


def outcome(story: Story, ways: Sequence[Road]) -> str:
    """From whom, to whom, and what became of it; ``ways`` are the letter's roads."""
    people = list(story.recipients)
    sender = story.actor(_sender(story, ways)).called
    to = people[0] if len(people) == 1 else f"{number_word(len(people))} people"
    road = f"{sender}, to {to}" if people else sender
    return " · ".join([road, *([", ".join(_fates(story, people[0]))] if len(people) == 1 else [])])


def _sender(story: Story, ways: Sequence[Road]) -> str:
    if ways:
        return ways[0].stops[0].host
    return story.steps[0].host if story.steps else story.letter


def _fates(story: Story, who: str) -> Iterator[str]:
    """What became of the letter for its only recipient, and when."""
    since: dict[str, float] = {}
    for step in story.steps:
        for letter, recipient, place in step.moved:
            if letter == story.letter and recipient == who:
                since.setdefault(place.state, step.after)
    state = story.recipients[who].state
    tries = sum(len(step.tries) or 1 for step in story.steps if _is_try(step))
    if state in ("delivered", "fetched") and "delivered" in since:
        yield f"arrived after {after(since['delivered'])}"
    if state == "fetched":
        yield f"fetched after {after(since['fetched'])}"
    if state == "bounced":
        span = lasting(since["bounced"])
        yield f"given up after {span} and {tries} tries" if tries > 1 else f"came back after {span}"
    if state == "deferred":
        yield f"not there yet after {number_word(tries)} {'try' if tries == 1 else 'tries'}"
    if state in ("under way", "frozen"):
        yield state


def _is_try(step: Step) -> bool:
    return step.role == "talk" and not step.ok
