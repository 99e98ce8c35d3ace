"""A dialogue in which one side is a person: what was said, where it stands, what may come now.

`talk.Conversation` is the person at the client's end, `answering.Answering` the person at the
server's. Both keep the same book: every line to the byte, secrets left out; the state, followed by
the table that the server obeys; each reply explained; and what the lab's hosts did meanwhile.

On a frozen clock nothing is hurried: after each word the lab plays what is due at this instant, the
wire included, and stands still until the next.

Try: ``print(talk.transcript)``, ``talk.machine``, ``talk.meaning``.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable
from typing import TYPE_CHECKING

from labmail.trace import Said
from labmail.trace.event import Event
from labmail.trace.heard import Line
from labmail.trace.meaning import Machine, Meaning

from ..showable import Showable
from ..twin import twin
from .following import FOLLOWING
from .heard import Heard
from .transcript import Entry, Note, transcript
from .wire import Wire

if TYPE_CHECKING:
    from labmail.world import Interval, Link, LoopThread

    from ..site import Site
    from ..town import HostPlan

CRLF = "\r\n"
PATIENCE = "1m"
"""How much lab time may pass before a missing answer is taken for silence."""
REAL_PATIENCE = 10.0
"""The same for a live lab, in seconds."""
MOST_NOTES = 12
"""Steps of the lab that are noted after one line."""


class TalkOver(RuntimeError):
    """Nothing more can be said: the other side has hung up, or nobody has called yet."""


class Dialogue(Showable):
    """The book that both sides keep; see the module's head."""

    def __init__(self, site: Site, thread: LoopThread, plan: HostPlan, service: str) -> None:
        self._thread = thread
        self._site, self._plan, self.service = site, plan, service
        self._entries: list[Entry] = []
        self._watchers: list[Callable[[], None]] = []
        self._following = FOLLOWING[service]()
        self._wire: Wire | None = None
        self._seen = len(site.trace.events)
        self._told = 0
        self.over = False
        """Whether the conversation has ended."""

    # ── what is known ────────────────────────────────────────────────────────────────────────────

    @property
    def host(self) -> str:
        """The host whose service this is."""
        return self._plan.name

    @property
    def entries(self) -> tuple[Entry, ...]:
        """Everything that was said, and what happened beside it, oldest first."""
        return tuple(self._entries)

    @property
    def transcript(self) -> Transcript:
        """The dialogue as text; it can be spoken again (`Conversation.replay`)."""
        return Transcript(transcript(self._entries))

    @property
    def machine(self) -> Machine:
        """The states, what may come now, and what may not, from the table of the protocol."""
        return self._following.machine()

    @property
    def state(self) -> str:
        """Where the dialogue stands: ``greeted``, ``sender known``, ``logged in`` …"""
        return self.machine.here.name

    @property
    def allowed(self) -> tuple[str, ...]:
        """The commands that may come now."""
        return () if self.over else self.machine.allowed

    @property
    def meaning(self) -> Meaning | None:
        """What the last reply means, digit by digit."""
        lines = (e for e in reversed(self._entries) if isinstance(e, Line))
        return next((line.meaning for line in lines if line.meaning), None)

    @property
    def link(self) -> Link | None:
        """The connection of the lab, once there is one."""
        return self._wire.link if self._wire else None

    def watch(self, watcher: Callable[[], None]) -> Callable[[], None]:
        """Calls ``watcher()`` after each change, in the lab's thread; returns what stops that."""
        self._watchers.append(watcher)

        def stop() -> None:
            if watcher in self._watchers:
                self._watchers.remove(watcher)

        return stop

    # ── speaking ─────────────────────────────────────────────────────────────────────────────────

    @twin
    async def say(self, line: str | bytes = "", *, end: str = CRLF) -> Heard:
        r"""Says a line, or several with ``\n`` between them, and gives what comes back.

        ``end`` is put behind each. For the client ``⟨bob@ask.com's password⟩`` stands for what it
        says, and is never shown as anything else. Raises `TalkOver` where nobody is on the line.
        """
        text = line if isinstance(line, bytes) else line.encode("utf-8", "surrogateescape")
        return await self._utter(b"".join(part + end.encode() for part in text.split(b"\n")))

    @twin
    async def send(self, octets: bytes) -> Heard:
        """Sends these octets, without a line end of its own, and gives what comes back."""
        return await self._utter(octets)

    async def _utter(self, octets: bytes) -> Heard:
        raise NotImplementedError

    # ── keeping the book ─────────────────────────────────────────────────────────────────────────

    def _keep(self, *entries: Entry) -> None:
        self._entries += entries
        for watcher in tuple(self._watchers):
            with contextlib.suppress(Exception):  # a spectator's trouble is not the dialogue's
                watcher()

    def _note(self, text: str, why: tuple[str, ...] = ()) -> None:
        self._keep(Note(text, why))

    def _note_events(self, of_interest: Callable[[Event], bool]) -> None:
        """Notes what the lab's hosts have told of this dialogue since the last time."""
        events = self._site.trace.events
        fresh, self._seen = events[self._seen :], len(events)
        found = [e for e in fresh if not isinstance(e, Said) and of_interest(e)]
        for event in found[:MOST_NOTES]:
            self._note(f"{event.host}: {event.question} {event.answer}", event.why)

    def _fresh(self, speaker: str) -> list[Line]:
        """What the other side has said since this was asked last."""
        entries, self._told = self._entries[self._told :], len(self._entries)
        return [entry for entry in entries if isinstance(entry, Line) and entry.speaker == speaker]

    # ── letting the lab work ─────────────────────────────────────────────────────────────────────

    async def _let_happen(self, done: Callable[[], bool], within: Interval = PATIENCE) -> None:
        """Lets happen what is due; where that does not bring it about, lets time pass for it."""
        clock = self._site.world.clock
        await clock.settle()
        if done():
            return
        if clock.live:
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(REAL_PATIENCE):
                    while not done():
                        await asyncio.sleep(0.01)
            return
        with contextlib.suppress(RuntimeError):  # somebody else moves the clock just now
            await clock.run(done, within)
        await clock.settle()


class Transcript(str):
    """A dialogue as text: shown as it is, not as a quoted string."""

    __slots__ = ()

    def __repr__(self) -> str:
        return str(self)
