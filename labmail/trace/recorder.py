"""The recorder: a spectator that stamps each event with a name, a number and the lab's time.

Mail does not wait for it. It is free when nobody looks, never raises into the mail system, and a
watcher that fails is dropped while the mail flows on; what went wrong is kept in `Recorder.faults`.

    a server ── tell(Accepted, …) ──▶ stamped event ──▶ memory   (stories, checks, pictures)
                                                    ├─▶ journal  (a file, so that they outlive us)
                                                    └─▶ watchers (a widget that grows as it happens)

`Recorder.tell` belongs to the thread of the lab's loop. Every other method only reads, and may be
called from any thread: the list of events grows at its end. (Only a recorder that is told to
`keep` so much and no more loses its beginning.)

Try: ``python -m labmail.trace``.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any, Protocol

from .cast import Cast
from .event import Event, Place, kind_of
from .events import Gap
from .memory import Memory
from .state import Places, places
from .story import Story

Watcher = Callable[[Event], None]

SILENT = Event(host="")
"""What `Recorder.tell` answers when nothing was recorded: an event whose name is empty."""


class Sink(Protocol):
    """What a recorder needs of a journal: take events now, put them into the file later."""

    def write(self, event: Event) -> None: ...

    def flush(self) -> None: ...

    def close(self) -> None: ...


class Recorder:
    """Collects events. ``now`` gives POSIX seconds of the lab's clock.

    ``journal`` is also given each event; when the first one since the last flush comes in,
    ``schedule`` is handed the journal's ``flush`` and calls it soon, in its own way (a loop would
    say ``lambda flush: loop.call_later(0.05, flush)``). Without ``schedule`` the owner flushes.
    With ``keep`` only so much stays in memory; see memory.py.

    >>> recorder = Recorder(lambda: 0.0)
    >>> recorder.tell(Event, host="mail.ask.com").name
    'mail.ask.com#1'
    """

    def __init__(
        self,
        now: Callable[[], float],
        *,
        on: bool = True,
        journal: Sink | None = None,
        schedule: Callable[[Callable[[], None]], object] | None = None,
        keep: int | None = None,
    ) -> None:
        self.on = on
        self._memory = Memory(keep)
        self.events = self._memory.events
        self.faults: list[str] = []
        self.cast = Cast()
        self._now = now
        self._journal = journal
        self._schedule = schedule
        self._flush_due = False
        self._number = 0
        self._count: dict[str, int] = {}
        self._letters: Counter[str] = Counter()
        self._watchers: list[Watcher] = []

    @classmethod
    def off(cls) -> Recorder:
        """A recorder that records nothing, for those who must be handed one."""
        return cls(lambda: 0.0, on=False)

    # ── telling ──────────────────────────────────────────────────────────────────────────────────

    def tell(self, kind: type[Event], /, *, host: str, **fields: Any) -> Event:
        """Records ``kind(host=…, **fields)`` and returns it, stamped with name, number and time.

        Never raises: an event that cannot be made is noted in `faults`, and the answer is then, as
        when the recorder is off, an event with the name "".
        """
        if not self.on:
            return SILENT
        count, number = self._count.get(host, 0) + 1, self._number + 1
        try:
            event = kind(
                host=host, name=f"{host}#{count}", number=number, time=self._now(), **fields
            )
        except Exception as problem:
            self._fault(f"{getattr(kind, '__name__', kind)!s} on {host} could not be told", problem)
            return SILENT
        self._count[host], self._number = count, number
        self._memory.add(event)
        if self._journal is not None:
            self._write(event)
        if self._watchers:
            self._show(event)
        return event

    def watch(self, watcher: Watcher) -> Callable[[], None]:
        """Calls ``watcher`` with each event from now on; returns what to call to stop that.

        A watcher that raises is dropped, and `faults` says why.
        """
        self._watchers.append(watcher)

        def stop() -> None:
            if watcher in self._watchers:
                self._watchers.remove(watcher)

        return stop

    def resume(self, events: Iterable[Event]) -> Event:
        """Takes up the events of an earlier run, read from its journal, before anything is told.

        Names and numbers go on behind theirs, so that none is used twice. Where there were any, a
        `Gap` is told, and returned.
        """
        for event in events:
            self._memory.add(event)
            self._number = max(self._number, event.number)
            count = event.name.rpartition("#")[2]
            if count.isdecimal():
                self._count[event.host] = max(self._count.get(event.host, 0), int(count))
            self._note_letter(event.letter)
        if not self.events:
            return SILENT
        return self.tell(Gap, host="lab", stopped=self.events[-1].time)

    def name_letter(self, who: str) -> str:
        """A name for a new letter, never used before: ``alice@example.com/1``, then ``/2``."""
        self._letters[who] += 1
        return f"{who}/{self._letters[who]}"

    # ── reading ──────────────────────────────────────────────────────────────────────────────────

    def __len__(self) -> int:
        return len(self.events)

    @property
    def forgotten(self) -> int:
        """How many events are in the memory no more; the trace's file has them."""
        return self._memory.forgotten

    def since(self, number: int) -> tuple[Event, ...]:
        """The events after event ``number``, oldest first: what a widget has not seen yet."""
        return tuple(self.events[bisect_right(self.events, number, key=lambda e: e.number) :])

    def get(self, name: str | None) -> Event | None:
        """The event called ``name`` (``mail.ask.com#3``), or None."""
        return self._memory.index.named(name) if name else None

    def about(self, letter: str) -> tuple[Event, ...]:
        """All events that name this letter, oldest first, lines of dialogue included."""
        return self._memory.index.about(letter)

    def first(self, letter: str) -> Event | None:
        """The first step that was told about this letter."""
        return self._memory.index.first(letter)

    def loose(self) -> tuple[Event, ...]:
        """The steps that name no letter: logins, zone transfers, pauses of the lab."""
        return self._memory.index.loose()

    def on_connection(self, connection: str) -> tuple[Event, ...]:
        """All events of one connection, oldest first: what was said, and what came of it."""
        return self._memory.index.on_connection(connection)

    @property
    def letters(self) -> tuple[str, ...]:
        """The names of all letters, in the order in which they were first told about."""
        return self._memory.index.letters()

    def find(self, kind: type[Event] | str = Event, /, **fields: Any) -> tuple[Event, ...]:
        """The events of a class (or of a kind by name, ``"mta.Spooled"``) whose fields are these.

        >>> recorder = Recorder(lambda: 0.0)
        >>> told = recorder.tell(Event, host="mail.ask.com", letter="alice@example.com/1")
        >>> recorder.find(host="mail.ask.com") == (told,)
        True
        """
        wanted = fields.items()
        return tuple(
            event
            for event in list(self.events)
            if _is(event, kind) and all(getattr(event, k, _ABSENT) == v for k, v in wanted)
        )

    def story(self, letter: str, cast: Cast | None = None) -> Story:
        """The story of a letter; ``cast`` names the hosts and people of the town for pictures.

        Raises KeyError for a letter that nobody ever told of.
        """
        return Story(self, letter, cast or self.cast)

    def to_html(self, path: str | Path | None = None, letter: str | None = None) -> str:
        """The journey of a letter, the one that began last unless given, as `Story.to_html` does.

        Raises LookupError where there is no letter yet.
        """
        return self.story(letter or self._newest()).to_html(path)

    def _newest(self) -> str:
        """The letter that somebody wrote last: no report, which another letter has caused."""
        for letter in reversed(self.letters):
            first = self.first(letter)
            cause = self.get(first.cause) if first else None
            if first and (cause is None or cause.letter in (None, letter)):
                return letter
        raise LookupError("there is no letter in the trace yet")

    def at(self, number: int | None = None) -> Places:
        """Where every letter lay for each recipient after event ``number``: letter → recipient."""
        return places(list(self.events), number)

    def places(self, letter: str) -> dict[str, Place]:
        """Where a letter lies now, for each recipient."""
        return places(self.about(letter)).get(letter, {})

    # ── keeping mail safe from its spectators ────────────────────────────────────────────────────

    def _write(self, event: Event) -> None:
        try:
            self._journal.write(event)  # type: ignore[union-attr]
            if self._schedule is not None and not self._flush_due:
                self._flush_due = True
                self._schedule(self.flush)
        except Exception as problem:
            self._journal = None
            self._fault("the journal was dropped", problem)

    def flush(self) -> None:
        """Puts what was told so far into the journal's file. Never raises."""
        self._flush_due = False
        try:
            if self._journal is not None:
                self._journal.flush()
        except Exception as problem:
            self._fault("the journal could not be written; tried again at the next flush", problem)

    def close(self) -> None:
        """Writes the journal to its end and closes it. Never raises; telling goes on in memory."""
        journal, self._journal = self._journal, None
        try:
            if journal is not None:
                journal.close()
        except Exception as problem:
            self._fault("the journal could not be closed", problem)

    def _show(self, event: Event) -> None:
        for watcher in tuple(self._watchers):
            try:
                watcher(event)
            except Exception as problem:
                if watcher in self._watchers:
                    self._watchers.remove(watcher)
                self._fault(f"watcher {watcher!r} was dropped at {event.name}", problem)

    def _fault(self, what: str, problem: Exception) -> None:
        if len(self.faults) < 100:  # enough to see what is wrong; a spectator must not eat memory
            self.faults.append(f"{what}: {type(problem).__name__}: {problem}")

    def _note_letter(self, letter: str | None) -> None:
        who, _, count = (letter or "").rpartition("/")
        if who and count.isdecimal():
            self._letters[who] = max(self._letters[who], int(count))


_ABSENT = object()


def _is(event: Event, kind: type[Event] | str) -> bool:
    return kind_of(event) == kind if isinstance(kind, str) else isinstance(event, kind)
