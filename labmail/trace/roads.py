"""The roads of a letter: one line for each recipient, as long as their ways are the same.

A road is a list of stops: from this column on, the letter lies there, in this state. Recipients
with the same stops share a road; roads that part have been one until the router that parted them.

A letter counts as gone over at the step in which it crosses (DATA), although it is only safe, and
only told to be there, at the next one (spool): the line bends where the wire was.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise

from .event import Place
from .step import Step
from .story import Story

NEVER = 1 << 30
"""A column that no story reaches."""

SHARED = 7
"""At most so many roads of one letter are told apart; more are joined by where they end."""


@dataclass(frozen=True, slots=True)
class Stop:
    """From ``column`` (counted from 0) on, the letter lies with ``host``'s ``component``."""

    column: int
    host: str
    component: str
    state: str


@dataclass(frozen=True, slots=True)
class Road:
    """A letter's way for some recipients.

    ``part`` is the column from which on it is a road of its own; ``end`` the column in which it
    stops because something else goes on in its place (a bounce), None where it just lies there.
    """

    letter: str
    recipients: tuple[str, ...]
    stops: tuple[Stop, ...]
    back: bool = False
    part: int | None = None
    end: int | None = None

    @property
    def state(self) -> str:
        return self.stops[-1].state

    def at(self, column: int) -> Stop | None:
        """Where the letter lies after ``column``; None before it was written or after it ended."""
        if self.end is not None and column > self.end:
            return None
        here = [stop for stop in self.stops if stop.column <= column]
        return here[-1] if here else None


def roads(story: Story) -> tuple[Road, ...]:
    """All roads of the story's letter and of the letters born of it."""
    stops = _stops(story)
    found: list[Road] = []
    for letter in story.letters:
        mine = _joined(letter, stops.get(letter, {}))
        found += _parted(mine, story.steps)
    return tuple(_turned_back(story, found))


def _stops(story: Story) -> dict[str, dict[str, list[Stop]]]:
    """letter → recipient → stops."""
    found: dict[str, dict[str, list[Stop]]] = {}
    for column, step in enumerate(story.steps):
        for letter, who, place in step.moved:
            stops = found.setdefault(letter, {}).setdefault(who, [])
            host = story.actor(place.host, rather=readers(who, place)).name
            stop = Stop(column, host, place.component, place.state)
            if not stops:
                stops += _from_outside(stop, letter, story)
            elif replace(stops[-1], column=column) != stop:
                stops.append(_crossed(stop, stops, story))
    return found


def readers(who: str, place: Place) -> tuple[str, ...]:
    """Who it is, at a desk where several people work: the reader, if she has fetched the letter."""
    return (who,) if place.state == "fetched" else ()


def _from_outside(stop: Stop, letter: str, story: Story) -> list[Stop]:
    """The first stop; before it, for a letter that nobody here wrote, whoever brought it."""
    for column in range(stop.column - 1, 0, -1):
        step = story.steps[column]
        peer = story.actor(step.peer).name if step.peer else stop.host
        crossed = step.role == "talk" and step.ok and step.event.letter == letter
        if crossed and story.actor(step.host).name == stop.host != peer:
            brought = Stop(column - 1, peer, "outside", "under way")
            return [brought, replace(stop, column=column)]
    return [stop]


def _crossed(stop: Stop, before: Sequence[Stop], story: Story) -> Stop:
    """The stop, moved forward to the column in which the letter crossed to its host."""
    if before[-1].host == stop.host or story.steps[stop.column].role == "talk":
        return stop
    ends = [before[-1].host, stop.host]
    name = story.actor
    for column in range(stop.column - 1, before[-1].column, -1):
        step = story.steps[column]
        both = {name(host, rather=ends).name for host in (step.host, step.peer) if host}
        if step.role == "talk" and step.ok and both == set(ends):
            return replace(stop, column=column)
    return stop


def _joined(letter: str, stops: Mapping[str, Sequence[Stop]]) -> list[Road]:
    """Recipients with the same stops on one road; with too many roads, those with like ends."""
    alike: dict[object, list[str]] = {}
    for who, mine in stops.items():
        alike.setdefault(tuple(mine), []).append(who)
    if len(alike) > SHARED:
        alike = {}
        for who, mine in stops.items():
            way = tuple(dict.fromkeys(stop.host for stop in mine))
            alike.setdefault((way, mine[-1].state), []).append(who)
    return [Road(letter, tuple(who), tuple(stops[who[0]])) for who in alike.values()]


def _parted(mine: Sequence[Road], steps: Sequence[Step]) -> list[Road]:
    """The roads, with the column from which each has been on its own."""
    if len(mine) < 2:
        return list(mine)
    return [
        replace(road, part=min(parting(road, other, steps) for other in mine if other is not road))
        for road in mine
    ]


def parting(one: Road, other: Road, steps: Sequence[Step]) -> int:
    """The column from which on two roads of a letter are two: the router's, where there is one."""
    same = 0
    for a, b in zip(one.stops, other.stops, strict=False):
        if a != b:
            break
        same += 1
    later = [road.stops[same].column for road in (one, other) if len(road.stops) > same]
    last = one.stops[same - 1].column if same else -1
    first = min(later, default=last + 1)
    routers = [c for c in range(last, first + 1) if c >= 0 and steps[c].component == "router"]
    return routers[0] if routers else first


def _turned_back(story: Story, found: Sequence[Road]) -> list[Road]:
    """Bounces start where the failed road stops: in the column in which they were written."""
    birth = {letter: _birth(story, letter) for letter in story.born}
    result = []
    for road in found:
        column = birth.get(road.letter)
        if column is not None and road.stops[0].column > column:
            first = replace(road.stops[0], column=column)
            road = replace(road, stops=(first, *road.stops[1:]))
        road = replace(road, back=road.letter in birth)
        if road.state == "bounced" and birth:
            after = [c for c in birth.values() if c is not None and c >= road.stops[-1].column]
            road = replace(road, end=min(after, default=None))
        result.append(road)
    return result


def _birth(story: Story, letter: str) -> int | None:
    """The column in which a letter was born: its first event's cause, if that is a step there."""
    names = {e.name: c for c, step in enumerate(story.steps) for e in step.all_events}
    own = [e for e in story.events if e.letter == letter]
    if not own:
        return None
    cause, first = own[0].cause or "", names[own[0].name]
    parent = story.steps[names[cause]] if cause in names else None
    if parent and parent.role == "keep" and parent.host == own[0].host:
        return names[cause]
    return first


# ── side by side ─────────────────────────────────────────────────────────────────────────────────


@dataclass(slots=True)
class Offsets:
    """How far from the middle of a lane each road runs, in units of one line's distance.

    On each host the roads that part while they are there lie side by side; before they part they
    lie where the middle of them is, so that they open like a fan.
    """

    roads: Sequence[Road]
    steps: Sequence[Step]
    _partings: dict[tuple[int, int], int] = field(default_factory=dict)
    _places: dict[tuple[str, str], dict[int, float]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for i, one in enumerate(self.roads):
            for j in range(i + 1, len(self.roads)):
                other = self.roads[j]
                if one.letter == other.letter and not one.back:
                    self._partings[i, j] = parting(one, other, self.steps)

    def at(self, index: int, column: int, host: str) -> float:
        """The offset of road number ``index`` after ``column`` on the lane of ``host``."""
        if self.roads[index].back:
            return 0.0
        place = self._side_by_side(host, self.roads[index].letter)
        together = {where for i, where in place.items() if self._part(index, i) > column}
        return sum(together) / len(together) if together else 0.0

    def _side_by_side(self, host: str, letter: str) -> dict[int, float]:
        """Where on a host's lane each road runs once all have parted that part there."""
        if (host, letter) not in self._places:
            units = self._units(host, letter)
            self._places[host, letter] = {
                i: k - (len(units) - 1) / 2 for k, unit in enumerate(units) for i in unit
            }
        return self._places[host, letter]

    def _units(self, host: str, letter: str) -> list[list[int]]:
        """The roads that visit this host, those that do not part there taken together."""
        units: list[list[int]] = []
        for index, road in enumerate(self.roads):
            if road.letter != letter or not any(stop.host == host for stop in road.stops):
                continue
            leaves = self._leaves(road, host)
            for unit in units:
                if self._part(unit[0], index) >= leaves:
                    unit.append(index)
                    break
            else:
                units.append([index])
        return units

    def _leaves(self, road: Road, host: str) -> int:
        """The column in which the road goes on from this host; beyond all columns if it stays."""
        on = [b.column for a, b in pairwise(road.stops) if a.host == host and b.host != host]
        return on[-1] if on else NEVER if road.end is None else road.end

    def _part(self, i: int, j: int) -> int:
        """The column in which two roads part; never, for a road and itself."""
        return NEVER if i == j else self._partings.get((min(i, j), max(i, j)), 0)
