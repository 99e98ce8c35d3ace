"""What an event says of itself, asked once and never in vain.

The sentences of an event are properties, written in a dozen rooms. Every view of the trace asks
them here: a sentence that raises becomes a sentence that says so, and the story goes on.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from typing import Any

from .event import Chapter, Event, Place, Role


@dataclass(frozen=True, slots=True)
class Telling:
    """The sentences of one event; see the properties of `Event` for what each of them means."""

    role: Role = "talk"
    component: str = ""
    step: bool = True
    chapter: Chapter = ""
    label: str = ""
    question: str = ""
    answer: str = ""
    why: tuple[str, ...] = ()
    proof: str = ""
    peer: str | None = None
    ok: bool = True
    places: Mapping[str, Place] = field(default_factory=dict)


def telling(event: Event) -> Telling:
    """Asks an event for all its sentences. Never raises: a broken one is told in the answer."""
    said: dict[str, Any] = {}
    broken = ""
    for name in _NAMES:
        try:
            value = getattr(event, name)
            said[name] = _places(value()) if name == "places" else value
        except Exception as problem:
            broken = f"({name} could not be told: {type(problem).__name__}: {problem})"
    return Telling(**(said | ({"answer": broken} if broken else {})))


def _places(moved: Mapping[str, Place]) -> dict[str, Place]:
    for who, place in moved.items():
        if not isinstance(place, Place):
            raise TypeError(f"the place of {who} is {place!r}")
    return dict(moved)


_NAMES = tuple(f.name for f in fields(Telling))
