"""Where every letter lies, and in which state, after any event.

Each event says whom it moved (`Event.places`); the state of the whole lab after event number *n* is
what the first *n* events add up to. So a story can be played like a film: forwards, backwards, and
stopped at the moment in question.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from .event import Event, Place
from .telling import telling
from .words import short

Places = dict[str, dict[str, Place]]
"""letter → recipient → place."""

SIGNS: Mapping[str, str] = {
    "under way": "✉",
    "delivered": "✓",
    "fetched": "✓",
    "deferred": "◷",
    "bounced": "↩",
    "frozen": "❄",
}


def places(events: Iterable[Event], number: int | None = None) -> Places:
    """The place of each letter for each recipient after event ``number`` (None: after the last)."""
    found: Places = {}
    for event in events:
        if number is not None and event.number > number:
            break
        if event.letter:
            for recipient, place in telling(event).places.items():
                found.setdefault(event.letter, {})[recipient] = place
    return found


@dataclass(frozen=True, slots=True)
class End:
    """What has become of a letter for one recipient, or for several at once, in words."""

    recipient: str
    state: str
    words: str

    def __str__(self) -> str:
        return f"{self.recipient}: {self.words}"


def ends(now: Mapping[str, Place], told: str = "") -> tuple[End, ...]:
    """The end for each recipient; for more than seven, how many are in each state.

    ``told`` is who has been told by a bounce that the letter came back.
    """
    if len(now) > 7:
        counts: dict[str, int] = {}
        for place in now.values():
            counts[_word(place)] = counts.get(_word(place), 0) + 1
        return tuple(
            End(f"{n:,} recipient{'' if n == 1 else 's'}", word, word) for word, n in counts.items()
        )
    return tuple(End(who, _word(p), _words(p, told)) for who, p in now.items())


def _word(place: Place) -> str:
    return "delivered" if place.state == "fetched" else place.state


def _words(place: Place, told: str) -> str:
    detail = place.detail if place.state in ("deferred", "frozen") else ""
    if place.state == "bounced" and told:
        detail = f"told {told}"
    return f"{_word(place)}, {short(detail, 40)}" if detail else _word(place)
