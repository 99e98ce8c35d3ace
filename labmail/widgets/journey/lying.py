"""The pane State: what lies in queues and mailboxes before and after a step, and which files moved.

Every host keeps its copy of a letter until it is done with it: for a moment both hosts have it, the
one that has handed it over and the one that has said 250. So the state is taken from the events in
the order in which they happened, proofs (*completed*, *handed over*) included; a step shows the
moment just before its first event and the moment just before the next step begins.

Only this letter and those born of it are counted; what else lies there is another story.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from labmail.access.events import Expunged
from labmail.mta.events import INPUT, Completed, HandedOver, Spooled, Stored
from labmail.trace import Event, Step
from labmail.trace.telling import telling

FEW = 6
"""Recipients of a letter in a queue that are named; the rest are counted."""


@dataclass
class Store:
    """A queue or a mailbox and its past: what lay in it, from which event on."""

    kind: str
    host: str
    title: str
    path: str = ""
    now: dict[str, dict[str, str]] = field(default_factory=dict)
    """Name of a letter or file → recipient → state, or nothing more to say."""
    numbers: list[int] = field(default_factory=list)
    past: list[list[str]] = field(default_factory=list)

    def note(self, number: int) -> None:
        lines = [line for name, who in self.now.items() for line in _lines(name, who)]
        if not self.past or lines != self.past[-1]:
            self.numbers.append(number)
            self.past.append(lines)


def _lines(name: str, who: dict[str, str]) -> Iterator[str]:
    yield name
    for recipient, state in list(who.items())[:FEW]:
        yield f"  {recipient}: {state}"
    if len(who) > FEW:
        yield f"  and {len(who) - FEW:,} more recipients"


def lying(steps: Sequence[Step], events: Iterable[Event]) -> dict[str, Any]:
    """``stores``, each with its past; and for each step the moments before and after it, and files.

    ``events`` are all that tell of these letters, proofs included, in the order of their numbers.
    """
    ledger = _Ledger()
    files: dict[int, list[list[str]]] = {}
    for event in events:
        for change in ledger.take(event):
            files.setdefault(event.number, []).append(change)
    marks = sorted(event.number for step in steps for event in step.all_events)
    owner = {event.number: i for i, step in enumerate(steps) for event in step.all_events}
    moved: list[list[list[str]]] = [[] for _ in steps]
    for number, changes in files.items():
        at = bisect_right(marks, number) - 1
        if at >= 0:
            moved[owner[marks[at]]] += changes
    return {
        "stores": [_as_data(store) for store in ledger.stores.values()],
        "steps": [
            {**_moment(step, marks), "files": changes[:50]}
            for step, changes in zip(steps, moved, strict=True)
        ],
    }


def _as_data(store: Store) -> dict[str, Any]:
    names = ("kind", "host", "title", "path", "numbers", "past")
    return {name: getattr(store, name) for name in names}


def _moment(step: Step, marks: Sequence[int]) -> dict[str, Any]:
    """The events before and after which one looks: the last before the step, the last of it."""
    numbers = [event.number for event in step.all_events]
    later = bisect_right(marks, max(numbers))
    return {
        "before": min(numbers) - 1,
        "after": marks[later] - 1 if later < len(marks) else None,
    }


class _Ledger:
    """What lies where, event by event."""

    def __init__(self) -> None:
        self.stores: dict[tuple[str, str], Store] = {}
        self._ids: dict[tuple[str, str | None], str] = {}

    def take(self, event: Event) -> Iterator[list[str]]:
        """Takes an event in; gives the files that came (+), changed (~) and went (-)."""
        if isinstance(event, Spooled):
            self._ids[event.host, event.letter] = event.id
            yield from ([sign, event.host, path] for sign, path in _spool("+", event.id))
        self._place(event)
        if isinstance(event, Stored):
            yield from self._stored(event)
        elif isinstance(event, HandedOver):
            self._gone(event, event.recipient)
        elif isinstance(event, Completed):
            self._gone(event, None)
            yield from ([sign, event.host, path] for sign, path in _spool("-", event.id))
        elif isinstance(event, Expunged):
            yield from self._expunged(event)

    def _place(self, event: Event) -> None:
        """Whoever lies in a spool after this event, in which state."""
        for recipient, place in telling(event).places.items():
            name = self._ids.get((place.host, event.letter))
            if place.component == "spool" and name:
                queue = self._queue(place.host)
                queue.now.setdefault(name, {})[recipient] = place.state
                queue.note(event.number)

    def _queue(self, host: str) -> Store:
        return self.stores.setdefault((host, ""), Store("queue", host, f"Queue of {host}"))

    def _gone(self, event: Event, recipient: str | None) -> None:
        """A recipient, or with None the whole letter, leaves the queue of the host."""
        name = self._ids.get((event.host, event.letter))
        queue = self.stores.get((event.host, ""))
        if name is None or queue is None:
            return
        if recipient is None:
            queue.now.pop(name, None)
        else:
            queue.now.get(name, {}).pop(recipient, None)
        queue.note(event.number)

    def _stored(self, event: Stored) -> Iterator[list[str]]:
        self._gone(event, event.recipient)
        title = f"Mailbox of {event.address}"
        box = self.stores.setdefault(
            (event.host, event.mailbox), Store("mailbox", event.host, title, event.mailbox)
        )
        box.now[_in_box(event.file, event.uid, event.store)] = {}
        box.note(event.number)
        yield ["+" if event.store == "maildir" else "~", event.host, event.file.lstrip("/")]

    def _expunged(self, event: Expunged) -> Iterator[list[str]]:
        for (host, path), box in self.stores.items():
            names = [name for name in box.now if path and host == event.host and event.uid in name]
            for name in names:
                del box.now[name]
                box.note(event.number)
                maildir = name != event.uid
                yield [
                    "-" if maildir else "~",
                    host,
                    f"{path.lstrip('/')}/{name}" if maildir else path.lstrip("/"),
                ]


def _in_box(file: str, uid: str, store: str) -> str:
    return "/".join(file.split("/")[-2:]) if store == "maildir" else uid


def _spool(sign: str, name: str) -> Iterator[tuple[str, str]]:
    for kind in "HD":
        yield sign, f"{INPUT[1:]}/{name}-{kind}"
