"""The journey as plain data: lanes, columns, chapters and roads, with nothing drawn yet.

A picture of a journey has one row for each host and person (a `Lane`), in bands of one company, and
one `Column` for each step of the story. The letter is a thick line across it (a road); thin lines
are talk. Time runs from left to right, one column a step, *not to scale*.

The model is computed from events alone and is made of numbers and strings, so that the same model
feeds the static picture (`figure`), a widget in the browser and a JSON file.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

from .cast import Actor
from .chapters import ChapterSpan, chapters
from .lanes import Lane, lanes
from .outcome import outcome
from .roads import Offsets, Road, roads
from .state import End
from .step import Step
from .story import Story

VERSION = 1
"""Of the model's shape; goes up when a field changes its meaning or goes."""


@dataclass(frozen=True, slots=True)
class Column:
    """One step. ``lane`` and ``peer`` are numbers of lanes; ``offset`` where on its lane it stands.

    ``called``: whether the host was called by the peer, and not the peer by the host.
    ``arrives``: the lane of the two to which the letter crosses in this step, if it does.
    ``tries``: for a step that stands for many, where each of them lies in the column's width,
    from 0 to 1.
    """

    number: int
    label: str
    time: str
    seconds: float
    question: str
    answers: tuple[str, ...]
    why: tuple[str, ...]
    ok: bool
    role: str
    component: str
    lane: int
    peer: int | None
    called: bool
    tries: tuple[float, ...]
    events: tuple[str, ...]
    arrives: int | None = None
    offset: float = 0.0

    @property
    def width(self) -> float:
        """In ordinary columns: a step of many tries needs room for its strokes."""
        return min(3.0, 0.7 + 0.11 * len(self.tries)) if self.tries else 1.0


@dataclass(frozen=True, slots=True)
class Line:
    """A road as it is drawn: (column, lane, offset), first where it begins, then at each change.

    ``offset`` is in line distances from the middle of the lane. ``back``: a bounce on its way.
    """

    letter: str
    recipients: tuple[str, ...]
    points: tuple[tuple[int, int, float], ...]
    state: str
    back: bool
    end: int | None


@dataclass(frozen=True, slots=True)
class Silence:
    """A lane that does not answer, from one column to another (None: to the end)."""

    lane: int
    start: int
    end: int | None
    words: str = "no connection"


@dataclass(frozen=True, slots=True)
class Journey:
    """The whole picture as data."""

    letter: str
    subject: str
    outcome: str
    ends: tuple[End, ...]
    lanes: tuple[Lane, ...]
    columns: tuple[Column, ...]
    chapters: tuple[ChapterSpan, ...]
    roads: tuple[Line, ...]
    silences: tuple[Silence, ...]
    version: int = VERSION

    def as_json(self) -> dict[str, Any]:
        """The journey in values that `json.dumps` takes."""
        return asdict(self)


def journey(story: Story) -> Journey:
    """The journey of a story."""
    ways = roads(story)
    rows = lanes(story, ways)
    number = {lane.name: i for i, lane in enumerate(rows)}
    columns = tuple(_columns(story, Offsets(ways, story.steps), number))
    return Journey(
        letter=story.letter,
        subject=story.subject,
        outcome=outcome(story, ways),
        ends=story.ends,
        lanes=rows,
        columns=columns,
        chapters=chapters(story, ways),
        roads=tuple(_lines(Offsets(ways, story.steps), number)),
        silences=tuple(_silences(columns, story.steps)),
    )


def _columns(story: Story, offsets: Offsets, number: dict[str, int]) -> Iterator[Column]:
    crossings = _crossings(offsets.roads)
    for index, step in enumerate(story.steps):
        column = _column(step, story, number)
        if step.component == "lab":  # nobody's step: drawn where the letter lies meanwhile
            lying = [stop for road in offsets.roads if (stop := road.at(index))]
            column = replace(column, lane=number[lying[0].host] if lying else 0)
        arrives = [number[name] for at, name in crossings if at == index]
        lanes = (column.lane, column.peer)
        yield replace(
            column,
            arrives=next((lane for lane in lanes if lane in arrives), None),
            offset=_offset(index, step, story, offsets),
        )


def _column(step: Step, story: Story, number: dict[str, int]) -> Column:
    peer = story.actor(step.peer, rather=step.about) if step.peer else None
    host = story.actor(step.host)
    return Column(
        number=step.number,
        label=step.label,
        time=step.time,
        seconds=round(step.after, 6),
        question=step.question,
        answers=tuple(telling.answer for telling in step.tellings),
        why=step.why,
        ok=step.ok,
        role=step.role,
        component=step.component,
        lane=number.get(host.name, 0),
        peer=number[peer.name] if peer and peer.name != host.name else None,
        called=_was_called(step, host),
        tries=_spread(step),
        events=tuple(event.name for event in step.all_events),
    )


def _was_called(step: Step, host: Actor) -> bool:
    """Is the host the server of the connection (``client:port>server:port``) in this step?"""
    server = (step.event.connection or "").rpartition(">")[2].rpartition(":")[0]
    return bool(server) and server.strip("[]") == host.address


def _spread(step: Step) -> tuple[float, ...]:
    """The tries of a step as parts of its width, true to their rhythm."""
    if not step.tries:
        return ()
    start, span = step.tries[0], step.tries[-1] - step.tries[0]
    if span <= 0:
        return tuple((i + 0.5) / len(step.tries) for i in range(len(step.tries)))
    return tuple(round((moment - start) / span, 4) for moment in step.tries)


def _crossings(ways: Sequence[Road]) -> set[tuple[int, str]]:
    """(column, host) wherever a letter arrives at another host."""
    return {
        (stop.column, stop.host)
        for road in ways
        for before, stop in zip(road.stops, road.stops[1:], strict=False)
        if before.host != stop.host
    }


def _offset(column: int, step: Step, story: Story, offsets: Offsets) -> float:
    """On which of several roads the step stands: the middle of those that it is about."""
    about = {(event.letter, event.recipient) for event in step.events}
    host = story.actor(step.host).name
    mine = []
    for index, road in enumerate(offsets.roads):
        stop = road.at(column)
        concerned = any((road.letter, who) in about for who in road.recipients)
        if concerned and stop is not None and stop.host == host:
            mine.append(offsets.at(index, column, host))
    return sum(mine) / len(mine) if mine else 0.0


def _lines(offsets: Offsets, number: dict[str, int]) -> Iterator[Line]:
    for index, road in enumerate(offsets.roads):
        points: list[tuple[int, int, float]] = []
        for column in range(road.stops[0].column, len(offsets.steps)):
            stop = road.at(column)
            if stop is None:
                break
            point = column, number[stop.host], offsets.at(index, column, stop.host)
            if not points or points[-1][1:] != point[1:]:
                points.append(point)
        yield Line(road.letter, road.recipients, tuple(points), road.state, road.back, road.end)


def _silences(columns: Sequence[Column], steps: Sequence[Step]) -> Iterator[Silence]:
    """Lanes that were called in vain: no connection came about, so nobody can have answered."""
    start: dict[int, int] = {}
    for index, (column, step) in enumerate(zip(columns, steps, strict=True)):
        in_vain = column.role == "talk" and not column.ok and step.event.connection is None
        if in_vain and column.peer is not None:
            start.setdefault(column.peer, index)
            continue
        for lane in (column.lane, column.peer):
            if lane is not None and lane in start and column.ok:
                yield Silence(lane, start.pop(lane), index)
    for lane, index in start.items():
        yield Silence(lane, index, None)
