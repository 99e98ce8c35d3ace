"""The steps of a story: events in the order of the telling, each with its sentences and its words.

events ─ gather ─▶ tree ─▶ told ─▶ fold ─▶ `Step`, `Step`, …
          (which)  (cause) (order) (tries)
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from labmail.message import Shown

from .causes import Node, Stream, gather, told, tree
from .dialogue import by_step, led_to
from .event import Chapter, Event, Place, Role, Said
from .fold import Fold, fold
from .state import places
from .telling import Telling, telling
from .words import after


class Source(Stream, Protocol):
    """What a story is made from: a `Recorder`."""

    @property
    def events(self) -> Sequence[Event]: ...

    def on_connection(self, connection: str) -> Sequence[Event]: ...


@dataclass(frozen=True, slots=True, repr=False)
class Step:
    """One step of a story: an event, the same for several recipients, or many tries alike.

    ``after`` and ``tries`` are seconds since the story began; ``tries`` is empty but for a step
    that stands for many. ``tellings`` are the sentences of ``events``, in the same order;
    ``events`` of a folded step are those of its last try, ``all_events`` those of every one;
    ``moved`` says where the letter lies now: (letter, recipient, place), in order.
    """

    number: int
    after: float
    events: tuple[Event, ...]
    tellings: tuple[Telling, ...]
    said: tuple[Said, ...] = ()
    tries: tuple[float, ...] = ()
    all_events: tuple[Event, ...] = ()
    moved: tuple[tuple[str, str, Place], ...] = ()

    @property
    def event(self) -> Event:
        return self.events[0]

    @property
    def host(self) -> str:
        return self.event.host

    @property
    def peer(self) -> str | None:
        return self.tellings[0].peer

    @property
    def about(self) -> tuple[str | None, ...]:
        """The people whom the step is about: its recipient, the owner of a mailbox."""
        return self.event.recipient, getattr(self.event, "address", None)

    @property
    def role(self) -> Role:
        return self.tellings[0].role

    @property
    def component(self) -> str:
        return self.tellings[0].component

    @property
    def chapter(self) -> Chapter:
        return self.tellings[0].chapter

    @property
    def label(self) -> str:
        return f"{len(self.tries)} tries" if self.tries else self.tellings[0].label

    @property
    def question(self) -> str:
        return self.tellings[0].question

    @property
    def answer(self) -> str:
        return self.tellings[0].answer

    @property
    def why(self) -> tuple[str, ...]:
        return tuple(line for telling in self.tellings for line in telling.why)

    @property
    def ok(self) -> bool:
        """False where nothing of it came about, for any recipient."""
        return any(telling.ok for telling in self.tellings)

    @property
    def time(self) -> str:
        """Lab time since the story began: "0.06 s"."""
        return after(self.after)

    def show(self) -> Shown:
        """The step from close by: what was decided and why, and what was said on the wire."""
        from .closeup import show_step

        return show_step(self)

    def _repr_html_(self) -> str:
        return self.show().html

    def __str__(self) -> str:
        return self.show().text

    __repr__ = __str__


# ── how they are made ────────────────────────────────────────────────────────────────────────────


def events_of(trace: Source, letters: Sequence[str]) -> tuple[Event, ...]:
    """The events of these letters' story, and what happened to the lab meanwhile."""
    events = gather(trace, letters)
    if not events:
        return ()
    now = places(events)
    waits = any(p.state in ("under way", "deferred") for who in now.values() for p in who.values())
    last = float("inf") if waits else events[-1].number
    known = {event.name for event in events}
    common = [e for e in trace.loose() if e.name not in known and type(e).touches != Event.touches]
    if common:
        hosts = _hosts(events)
        common = [event for event in common if event.touches(hosts)]
    before = [e for e in common if e.number < events[0].number]
    over = {getattr(event, "ends", "") for event in before}
    lasting = [event for event in before if event.lasting and event.name not in over]
    meanwhile = [event for event in common if events[0].number < event.number < last]
    return tuple(sorted([*events, *lasting, *meanwhile], key=lambda event: event.number))


def _hosts(events: Sequence[Event]) -> frozenset[str]:
    """Whom a story meets: where something happens, and at the other end of its arrows."""
    peers = (telling(event).peer for event in events)
    return frozenset(name for name in (*(event.host for event in events), *peers) if name)


def began(events: Sequence[Event]) -> float:
    """When a story began (POSIX seconds): what lasted already is told at its beginning."""
    return next((e.time for e in events if not e.lasting), events[0].time) if events else 0.0


def steps_of(trace: Source, events: Sequence[Event]) -> Iterator[Step]:
    """The steps that these events make, in the order of the telling."""
    tellings = {event.name: telling(event) for event in events}

    def failed(node: Node) -> bool:
        return all(_went_wrong(tellings[event.name]) for event in node.events)

    def alike(event: Event) -> object:
        said = tellings[event.name]
        return event.host, event.letter, event.connection, said.role, said.component, said.label

    words = _words(trace, events)
    folds = fold(told(tree(trace, events, alike)), failed)
    for number, part in enumerate(folds, 1):
        yield _step(number, part, tellings, words, began(events))


def _step(
    number: int,
    part: Fold,
    tellings: Mapping[str, Telling],
    words: Mapping[str, Sequence[Said]],
    started: float,
) -> Step:
    shown = (part.tries or part.nodes)[-1].events
    every = [event for node in part.nodes for event in node.events]
    return Step(
        number=number,
        after=max(0.0, shown[0].time - started),
        events=tuple(shown),
        tellings=tuple(tellings[event.name] for event in shown),
        said=tuple(line for event in every for line in words.get(event.name, ())),
        tries=tuple(node.first.time - started for node in part.tries),
        all_events=tuple(every),
        moved=tuple(_moves(every, tellings)),
    )


def _words(trace: Source, events: Sequence[Event]) -> dict[str, list[Said]]:
    """The lines of dialogue that belong to each event, by its name."""
    mine = {event.name for event in events}
    found: dict[str, list[Said]] = {}
    for connection in dict.fromkeys(event.connection for event in events if event.connection):
        for name, lines in by_step(trace.on_connection(connection), mine).items():
            found.setdefault(name, []).extend(lines)
    for event in events:
        if lines := list(led_to(trace, event)):
            found.setdefault(event.name, []).extend(lines)
    return found


def _moves(
    events: list[Event], tellings: Mapping[str, Telling]
) -> Iterator[tuple[str, str, Place]]:
    for event in events:
        if event.letter:
            for recipient, place in tellings[event.name].places.items():
                yield event.letter, recipient, place


def _went_wrong(telling: Telling) -> bool:
    return not telling.ok or any(p.state == "deferred" for p in telling.places.values())
