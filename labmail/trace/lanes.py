"""The rows of the picture: who takes part, in which order, in whose band.

Only those who take part have a lane: the hosts where something happened, whoever was called, and
the people to whom the letter goes. Companies stand in the order in which the letter comes to them;
in each, its hosts as the letter meets them. The writer stands on top of her company and the readers
at the bottom of theirs, so that the road runs down from the one and ends at the other.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from .cast import Actor
from .roads import Road, readers
from .story import Story


@dataclass(frozen=True, slots=True)
class Lane:
    """A row: ``name`` is the host's, ``title`` what is written, ``note`` smaller below it."""

    name: str
    title: str
    note: str
    company: str
    kind: str


NOTES = {"person": "writes and reads mail", "names": "knows who takes mail", "host": ""}


def lanes(story: Story, ways: Sequence[Road]) -> tuple[Lane, ...]:
    """The lanes of a story, from top to bottom; ``ways`` are its roads."""
    actors = list(_taking_part(story))
    writer = ways[0].stops[0].host if ways else ""
    first = [actor for actor in actors if actor.name == writer]
    companies = list(dict.fromkeys(a.company for a in (*first, *actors) if a.company))
    companies[1:1] = [""]  # what belongs to nobody stands between the first two

    def place(actor: Actor) -> tuple[int, int, int]:
        within = 0 if actor.name == writer else 2 if actor.kind == "person" else 1
        return companies.index(actor.company), within, actors.index(actor)

    return tuple(_lane(actor) for actor in sorted(actors, key=place))


def _taking_part(story: Story) -> Iterator[Actor]:
    """Each actor once, in the order of appearance."""
    seen: set[str] = set()
    for name, rather in _names(story):
        actor = story.actor(name, rather=rather)
        if actor.name not in seen:
            seen.add(actor.name)
            yield actor


def _names(story: Story) -> Iterator[tuple[str, Sequence[str | None]]]:
    """Names of hosts and people, each with those whom it may well stand for."""
    for step in story.steps:
        if step.component == "lab":  # a pause is nobody's step: it has no lane
            continue
        yield step.host, ()
        if step.peer:
            yield step.peer, step.about
        yield from ((place.host, readers(who, place)) for _, who, place in step.moved)
    people = {actor.name for actor in story.cast if actor.kind == "person"}
    for letter in story.letters:
        yield from ((who, ()) for who in story.places().get(letter, {}) if who in people)


def _lane(actor: Actor) -> Lane:
    note = NOTES[actor.kind] or (actor.address if actor.address != actor.name else "")
    return Lane(actor.name, actor.called, note, actor.company, actor.kind)
