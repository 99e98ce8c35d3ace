"""Finding events by name, letter and connection.

The index is caught up when somebody asks, not when somebody tells: mail must not pay for those who
may look later. It only reads the recorder's list, which grows at its end, so that any thread may
ask; where the recorder is to forget the oldest, it has the index take them out.
"""

from __future__ import annotations

from threading import Lock

from .event import Event


class Index:
    """An index over a growing list of events, which it does not own."""

    def __init__(self, events: list[Event]) -> None:
        self._events = events
        self._seen = 0
        self._names: dict[str, Event] = {}
        self._letters: dict[str, list[Event]] = {}
        self._first: dict[str, Event] = {}
        self._connections: dict[str, list[Event]] = {}
        self._loose: list[Event] = []
        self._lock = Lock()  # two readers must not count the same event twice

    def named(self, name: str) -> Event | None:
        self._catch_up()
        return self._names.get(name)

    def letters(self) -> tuple[str, ...]:
        self._catch_up()
        return tuple(self._letters)

    def about(self, letter: str) -> tuple[Event, ...]:
        self._catch_up()
        return tuple(self._letters.get(letter, ()))

    def first(self, letter: str) -> Event | None:
        self._catch_up()
        return self._first.get(letter)

    def loose(self) -> tuple[Event, ...]:
        self._catch_up()
        return tuple(self._loose)

    def on_connection(self, connection: str) -> tuple[Event, ...]:
        self._catch_up()
        return tuple(self._connections.get(connection, ()))

    def forget(self, count: int) -> None:
        """Takes the oldest events out of the list, and begins anew with those that are left."""
        with self._lock:
            del self._events[:count]
            self._seen = 0
            for found in (self._names, self._letters, self._first, self._connections):
                found.clear()
            self._loose = []

    def _catch_up(self) -> None:
        with self._lock:
            end = len(self._events)
            for event in self._events[self._seen : end]:
                self._add(event)
            self._seen = end

    def _add(self, event: Event) -> None:
        self._names[event.name] = event
        if event.connection:
            self._connections.setdefault(event.connection, []).append(event)
        if event.letter:
            self._letters.setdefault(event.letter, []).append(event)
            if event.step:
                self._first.setdefault(event.letter, event)
        elif event.step:
            self._loose.append(event)
