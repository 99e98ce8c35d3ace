"""The chapters of a journey, as a picture writes them above its columns.

Events say to which part of the journey they belong (`Chapter`); here these parts get the names of
those who act: "Alice sends it", "example.com finds the way". Where a letter goes several ways at
once, its parts would change with every step: then all that follows is one chapter, "three ways".
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from .roads import Road
from .step import Step
from .story import Story
from .words import lasting, number_word


@dataclass(frozen=True, slots=True)
class ChapterSpan:
    """Columns ``start`` to ``end`` (included, counted from 0); titles from long to short."""

    titles: tuple[str, ...]
    start: int
    end: int


def chapters(story: Story, ways: Sequence[Road]) -> tuple[ChapterSpan, ...]:
    """The chapters of a story, from left to right; together they cover all columns."""
    names = _names(story, ways)
    spans: list[tuple[str, int, int]] = []
    for column, name in enumerate(names):
        if spans and spans[-1][0] == name:
            spans[-1] = (name, spans[-1][1], column)
        else:
            spans.append((name, column, column))
    return tuple(
        ChapterSpan(_titles(name, story, start, end, ways), start, end)
        for name, start, end in spans
    )


def _names(story: Story, ways: Sequence[Road]) -> list[str]:
    """For each column the part of the journey: the event's own, "wait", "ways", "fetch bob@…"."""
    mine = [road for road in ways if road.letter == story.letter]
    parts = min((road.part for road in mine if road.part is not None), default=None)
    names: list[str] = []
    now = ""
    for column, step in enumerate(story.steps):
        in_vain = step.role == "talk" and not step.ok  # nobody took anything: the way goes on
        now = (now if in_vain else step.chapter) or now or "send"
        name: str = now
        if (
            name in ("route", "take", "return")
            and len(mine) > 1
            and _apart(column, step, parts, names)
        ):
            name = "ways"
        elif name in ("route", "take") and _waits(column, mine, story):
            name = "wait"
        elif name == "fetch":
            name = _reader(step, story) or (names[-1] if names else name)
        names.append(name)
    return names


def _apart(column: int, step: Step, parts: int | None, names: Sequence[str]) -> bool:
    """Do the roads lie apart here? What the router asks at once still belongs to the routing."""
    if parts is None or column <= parts:
        return False
    return names[-1] != "route" or step.chapter != "route" or not step.ok


def _reader(step: Step, story: Story) -> str:
    """The person who fetches in this step, since each has a chapter: ``fetch bob@ask.com``."""
    peer = story.actor(step.peer, rather=step.about) if step.peer else None
    return f"fetch {peer.name}" if peer and peer.kind == "person" else ""


def _waits(column: int, mine: Sequence[Road], story: Story) -> bool:
    """Is the letter waiting for the next try, or just being put off?"""
    stops = [road.at(column) for road in mine]
    if any(stop is not None and stop.state == "deferred" for stop in stops):
        return True
    return bool(story.steps[column].tries)


def _titles(name: str, story: Story, start: int, end: int, ways: Sequence[Road]) -> tuple[str, ...]:
    steps = story.steps[start : end + 1]
    if name == "wait":
        span = lasting(steps[-1].after - steps[0].after)
        return f"waiting, and trying: {span}", f"waiting: {span}", "waiting"
    if name == "ways":
        count = sum(road.letter == story.letter for road in ways)
        return f"{number_word(count)} ways", "ways"
    if name == "return":
        return "giving it back", "back"
    if name == "route":
        company = _company(story, steps[0].host)
        return f"{company} finds the way", "finds the way", "the way"
    if name == "take":
        company = _company(story, _taker(steps))
        does = "takes" if _moves(steps) or all(step.ok for step in steps) else "refuses"
        return f"{company} {does} it", f"{does} it", company
    part, _, reader = name.partition(" ")
    who = story.cast.actor(reader or _person(steps, story)).called
    does = "fetches" if part == "fetch" else "sends"
    return f"{who} {does} it", f"{who} {does}", who


def _company(story: Story, host: str) -> str:
    actor = story.actor(host)
    return actor.company or actor.called


def _moves(steps: Sequence[Step]) -> bool:
    """Whether a letter has come anywhere in these steps."""
    return any(step.moved for step in steps)


def _taker(steps: Sequence[Step]) -> str:
    """The host that takes the letter: where it arrives, or else who was called."""
    moved = [place.host for step in steps for _, _, place in step.moved]
    return moved[0] if moved else steps[0].peer or steps[0].host


def _person(steps: Sequence[Step], story: Story) -> str:
    """The person who acts in these steps, as host or as peer; the first host if nobody does.
    What happens to the lab meanwhile (a fault, the clock) is no act of theirs."""
    acts = [step for step in steps if step.event.letter] or steps
    names = [story.actor(n).name for step in acts for n in (step.host, step.peer) if n]
    people = [name for name in names if story.cast.actor(name).kind == "person"]
    return people[0] if people else names[0]
