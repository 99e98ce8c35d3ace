"""Which events make up the story of a letter, and in which order they are told.

**Which.** Those that name the letter; those that led to them and name none (a login comes before
any letter); those that they led to and that name none (a name server asked on its behalf); and the
letters that were born of it, such as a bounce, whose first event has its cause in this letter.

**In which order.** An event names its cause, so events make trees, and a tree is told from its
root, each branch to its end. Two refinements make that readable:

* The same step taken for several recipients, one after the other, is told as one step with several
  answers: it is one `Node`.
* A branch does not run ahead of the calendar. Within one breath (a second of the lab's time) cause
  decides; across longer pauses, time does. So three roads taken at once are told one by one, and
  the retry of tomorrow comes after the letters that were fetched today::

      spool ─┬─ router bob ──── DATA ── Maildir      1 2 3 4
             └─ router carol ── try 1 ┄┄ 15 min ┄┄ try 2     5 6 … 8
      Bob logs in ── RETR  (2 min)                         7
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from heapq import heappop, heappush
from typing import Protocol

from .event import Event
from .events import Gap

BREATH = 1.0
"""Seconds of lab time within which events are told in order of cause, not of time."""
TOGETHER = 60.0
"""Seconds within which the same step for another recipient belongs to the same node."""


class Stream(Protocol):
    """What a story reads: a `Recorder`, or anything that finds events in these ways."""

    @property
    def letters(self) -> Sequence[str]: ...

    def about(self, letter: str) -> Sequence[Event]: ...

    def first(self, letter: str) -> Event | None: ...

    def loose(self) -> Sequence[Event]: ...

    def get(self, name: str | None) -> Event | None: ...


@dataclass(eq=False, slots=True)
class Node:
    """One step: an event, or the same event for several recipients; and what came of it."""

    events: list[Event]
    children: list[Node] = field(default_factory=list)
    recipients: set[str] = field(default_factory=set)
    likeness: object = None
    alike: dict[object, Node] = field(default_factory=dict)

    @property
    def first(self) -> Event:
        return self.events[0]


def causes(stream: Stream, event: Event) -> Iterator[Event]:
    """What led to an event, nearest first. Ends at an unknown cause, and at a circle."""
    while (cause := stream.get(event.cause)) is not None and cause.number < event.number:
        yield cause
        event = cause


# ── which events ─────────────────────────────────────────────────────────────────────────────────


def family(stream: Stream, letter: str) -> tuple[str, ...]:
    """The letter and all letters born of it, oldest first: its bounce, copies sent on, …"""
    parents = {}
    for other in stream.letters:
        first = stream.first(other)
        if first is None:
            continue
        cause = next((event for event in causes(stream, first) if event.letter), None)
        if cause and cause.letter != other and not _next_on_the_line(first, cause):
            parents[other] = cause.letter
    found = [letter]
    for other in stream.letters:  # a letter is told of after the one that it was born of
        if other not in found and parents.get(other) in found:
            found.append(other)
    return tuple(found)


def _next_on_the_line(event: Event, cause: Event) -> bool:
    """Was ``cause`` merely the letter before this one on the same connection?"""
    return event.connection is not None and event.connection == cause.connection


def gather(stream: Stream, letters: Sequence[str]) -> list[Event]:
    """The steps that belong to these letters, in the order in which they were recorded."""
    found = {e.name: e for letter in letters for e in stream.about(letter) if e.step}
    for event in tuple(found.values()):
        found.update((e.name, e) for e in _led_to(stream, event, letters) if e.step)
    for event in stream.loose():
        cause = _ancestor(stream, event, found)
        if cause and cause.letter in letters and not _next_on_the_line(event, cause):
            found[event.name] = event
    return sorted(found.values(), key=lambda event: event.number)


def _led_to(stream: Stream, event: Event, letters: Sequence[str]) -> Iterator[Event]:
    """The events without a letter that led to this one, nearest first."""
    for cause in causes(stream, event):
        if cause.letter is not None and (cause.step or cause.letter not in letters):
            return
        yield cause


def _ancestor(stream: Stream, event: Event, found: dict[str, Event]) -> Event | None:
    """The nearest cause that is among ``found``."""
    return next((cause for cause in causes(stream, event) if cause.name in found), None)


# ── in which order ───────────────────────────────────────────────────────────────────────────────


def tree(stream: Stream, events: Sequence[Event], alike: Callable[[Event], object]) -> list[Node]:
    """The events as trees of cause; steps that are ``alike`` but for their recipient are joined."""
    known = {event.name: event for event in events}
    home: dict[str, Node] = {}
    top = Node([])
    for event in events:
        cause = _ancestor(stream, event, known)
        parent = home[cause.name] if cause and cause.name in home else top
        likeness = alike(event)
        home[event.name] = _joined(parent, event, likeness) or _added(parent, event, likeness)
    return top.children


def _joined(parent: Node, event: Event, likeness: object) -> Node | None:
    """The node of the same step for another recipient: the parent itself, or a child of it."""
    if event.recipient is None:
        return None
    for node in (parent, parent.alike.get(likeness)):
        if node is None or node.likeness != likeness or event.recipient in node.recipients:
            continue
        if event.time - node.first.time <= TOGETHER:
            node.events.append(event)
            node.recipients.add(event.recipient)
            return node
    return None


def _added(parent: Node, event: Event, likeness: object) -> Node:
    node = Node([event], recipients={event.recipient or ""}, likeness=likeness)
    parent.children.append(node)
    parent.alike[likeness] = node
    return node


def told(roots: Sequence[Node]) -> list[Node]:
    """The nodes of these trees in the order of the telling."""
    gaps = sorted(r.first.number for r in roots if isinstance(r.first, Gap))

    def moment(node: Node) -> tuple[float, float, int]:
        life = bisect_right(gaps, node.first.number) - isinstance(node.first, Gap) / 2
        return life, node.first.time, node.first.number

    order: list[Node] = []
    done: set[int] = set()
    branch = list(reversed(roots))
    calendar: list[tuple[tuple[float, float, int], Node]] = []
    for root in roots:
        heappush(calendar, (moment(root), root))
    while branch:
        if id(branch[-1]) in done:
            branch.pop()
            continue
        while id(calendar[0][1]) in done:
            heappop(calendar)
        (life, earliest, _), due = calendar[0]
        node = branch[-1]
        if moment(node)[:2] > (life, earliest + BREATH):
            node = due
        done.add(id(node))
        order.append(node)
        branch.extend(reversed(node.children))
        for child in node.children:
            heappush(calendar, (moment(child), child))
    return order
