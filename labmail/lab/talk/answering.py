r"""Answering by hand: you are the server, and a real client of the lab speaks to you.

    >>> desk = lab.answer("mail.ask.com", "smtp")                           # doctest: +SKIP
    >>> desk.let_call()                  # a letter sets out for mail.ask.com # doctest: +SKIP
    (mail.example.com calls, and waits for your greeting)
    >>> desk.say("220 mail.ask.com, a person")                              # doctest: +SKIP
    EHLO mail.example.com
    >>> desk.say("250 hello")                                               # doctest: +SKIP
    MAIL FROM:<alice@example.com>

The host's own server steps aside until `Answering.close`. What you type is sent as it is, right or
wrong, and the client does what its rules make of it: `Answering.prospects` foretells it, the notes
in the transcript tell what it did. If several call at once, the others wait their turn, as at any
busy server.

Law: RFC 5321 §4.2, §4.5.4 (what a client owes), RFC 1047 (why silence may mean twice).
Try: ``lab.answer("mail.ask.com", "pop3").let_call()``.
"""

from __future__ import annotations

import asyncio
import contextlib
import ssl
from collections import deque
from dataclasses import dataclass
from typing import TYPE_CHECKING

from labmail.access.pop3 import prospects as pop3_prospects
from labmail.message import Shown
from labmail.mta import events as mta
from labmail.mua import events as mua
from labmail.smtp import prospects as smtp_prospects
from labmail.smtp.dialogue import END_OF_CONTENT
from labmail.smtp.following import GREETING
from labmail.trace.event import Event
from labmail.trace.heard import Line
from labmail.trace.meaning import Prospect
from labmail.trace.words import lasting
from labmail.world import Interval, LoopThread, seconds

from ..town import SERVICES
from ..twin import twin
from .dialogue import Dialogue, TalkOver
from .following import FOLLOWING
from .heard import Heard
from .show import show_dialogue
from .standin import StandIn
from .visitors import Visitors
from .wire import Wire
from .witness import Witness

if TYPE_CHECKING:
    from ..site import Site
    from ..town import HostPlan

TELLING = (
    mta.HandedOver,
    mta.PutOff,
    mta.GivenUp,
    mta.Bounced,
    mta.Frozen,
    mua.NotSubmitted,
    mua.Fetched,
)
"""What a client tells of its decision."""
LATEST = "2h"
"""How long `let_call` waits for a client whose retry rule makes it wait."""


@dataclass(eq=False)
class Call:
    """One client on the line: its connection, and who it is."""

    wire: Wire
    name: str = ""


class Answering(Dialogue):
    """A service of a host that you answer by hand. Methods have an ``.aio`` twin."""

    def __init__(self, site: Site, thread: LoopThread, plan: HostPlan, service: str) -> None:
        super().__init__(site, thread, plan, service)
        self._place = StandIn(site.world.network)
        self._calls: deque[Call] = deque()
        self._letters: set[str] = set()
        self._visitors = Visitors(site, plan, service, self._letters, self._note)
        self._witness = Witness(site.trace, plan.name)
        self.caller = ""
        """Who is on the line, by name."""
        self.open = True
        """Whether calls come to you."""
        self.over = True

    @classmethod
    async def begin(cls, site: Site, thread: LoopThread, plan: HostPlan, service: str) -> Answering:
        """The host's own server steps aside; who calls from now on, calls you."""
        desk = cls(site, thread, plan, service)
        await desk._place.begin(plan.addresses, SERVICES[service], desk._accept)
        return desk

    # ── calls ────────────────────────────────────────────────────────────────────────────────────

    def _accept(self) -> Wire:
        call = Call(
            Wire(lambda octets: self._hear(call, octets), lambda why: self._left(call, why))
        )
        self._calls.append(call)
        asyncio.get_running_loop().call_soon(self._next_call)
        return call.wire

    def _next_call(self) -> None:
        """Takes the next call, if nobody is on the line."""
        if self._wire is not None or not self._calls or not self.open:
            return
        call = self._calls[0]
        self._wire, self._following, self.over = call.wire, FOLLOWING[self.service](), False
        link = call.wire.link
        assert link is not None
        self.caller = call.name = self._site.name_of(link.client[0])
        if link.letter:
            self._letters.add(link.letter)
        now = self._site.world.clock.now()
        self._note(f"{self.caller} [{link.client[0]}] calls, at {now:%H:%M:%S}")

    def _left(self, call: Call, why: str) -> None:
        if call not in self._calls:
            return
        current = call.wire is self._wire
        self._calls.remove(call)
        if current:
            self._end(f"{call.name} {why}")
            with contextlib.suppress(RuntimeError):  # the loop is closing
                asyncio.get_running_loop().call_soon(self._next_call)

    def _end(self, why: str) -> None:
        self._following.closed()
        self._wire, self.over = None, True
        self._witness.forget()
        self._note(why)

    # ── hearing ──────────────────────────────────────────────────────────────────────────────────

    def _hear(self, call: Call, octets: bytes) -> None:
        lines, link = self._following.client(octets), call.wire.link
        for line in lines:
            self._witness.client(line, link, self._following.protocol)
        if link is not None and link.letter:
            self._letters.add(link.letter)
        self._keep(*lines)

    def _concerns(self, event: Event) -> bool:
        """What a client tells of its decision; a submission's author, of hers."""
        told = isinstance(event, TELLING)
        if self.service == "submission":
            told = isinstance(event, mua.Submitted | mua.NotSubmitted)
        return told and event.letter in self._letters

    # ── answering ────────────────────────────────────────────────────────────────────────────────

    @property
    def asked(self) -> str:
        """What waits for your answer: the client's last line; ``greeting`` when it has called."""
        if self.over or not self._following.asked:
            return ""
        if self._following.asked in (GREETING, END_OF_CONTENT):
            return self._following.asked
        lines = [e for e in self._entries if isinstance(e, Line) and e.speaker == "C"]
        return lines[-1].text if lines else ""

    @property
    def prospects(self) -> tuple[Prospect, ...]:
        """What you could do now, and what the client would make of each."""
        if not self.asked:
            return ()
        if self.service == "pop3":
            return pop3_prospects.prospects(self.asked, self.host)
        return smtp_prospects.prospects(
            self.asked, self.host, self._plan.address, self._witness.written
        )

    @twin
    async def wait(self, by: Interval = "5m") -> Heard:
        """Says nothing for so long. A client waits five minutes for most answers (§4.5.3.2)."""
        clock = self._site.world.clock
        if not self.over:
            self._note(f"You say nothing for {lasting(seconds(by))}")
        await (clock.sleep(by) if clock.live else clock.advance(by))
        self._note_events(self._concerns)
        return self._heard()

    @twin
    async def hang_up(self) -> None:
        """Closes without a word, and lets the client make of it what it will."""
        wire = self._on_the_line()
        self._calls = deque(call for call in self._calls if call.wire is not wire)
        wire.close()
        self._end("you hung up")
        self._next_call()
        await self._let_happen(lambda: True)
        self._note_events(self._concerns)

    def _on_the_line(self) -> Wire:
        if self._wire is None or not self._wire.open:
            raise TalkOver(
                f"nobody is on the line of {self.host}: let_call() has a client call, "
                "or send a letter there"
            )
        return self._wire

    async def _utter(self, octets: bytes) -> Heard:
        wire = self._on_the_line()
        lines, link = self._following.server(octets), wire.link
        for line in lines:
            self._witness.server(line, link, self._following.protocol)
        self._keep(*lines)
        wire.write(octets)
        if self._following.tls_agreed:
            await self._secure(wire)
        await self._let_happen(self._our_turn)
        self._note_events(self._concerns)
        return self._heard()

    def _our_turn(self) -> bool:
        return self.over or bool(self._following.asked)

    async def _secure(self, wire: Wire) -> None:
        """You said 220 to STARTTLS: the handshake, with this host's certificate."""
        try:
            cipher = await wire.secure(self._site.authority.server_context(self.host), None)
        except (ssl.SSLError, OSError) as error:
            self._note(f"The TLS handshake failed: {error}")
            return
        self._following.secured()
        self._note(f"TLS: from here on nobody on the way can read along ({cipher})")
        wire.go_on()

    def _heard(self) -> Heard:
        lines = self._fresh("C")
        return Heard(tuple(line.text for line in lines), None, "" if lines else self._silence())

    def _silence(self) -> str:
        if self.over:
            return "nobody is on the line"
        if self._following.asked == GREETING:
            return f"{self.caller} calls, and waits for your greeting"
        return f"{self.caller} waits"

    # ── letting somebody call ────────────────────────────────────────────────────────────────────

    @twin
    async def let_call(self, who: str | None = None) -> Heard:
        """Has a real client call: a letter sets out for this host, or a reader fetches her mail.

        ``who`` is somebody's address: whose letter, or whose mail program; without it the town
        finds one. Where the client's retry rule makes it wait, the clock is moved until it calls.
        Raises KeyError where there is nobody.
        """
        if self.over:
            if who is not None or not self._visitors.will_come_again:
                await self._visitors.send(self._visitors.find(who))
            await self._let_happen(lambda: not self.over, LATEST)
            self._note_events(self._concerns)
        return Heard((), None, self._silence())

    # ── the end ──────────────────────────────────────────────────────────────────────────────────

    @twin
    async def close(self) -> None:
        """Hangs up, and the host's own server takes its place again. Safe to call twice."""
        if not self.open:
            return
        self.open = False
        self._place.leave()
        calls, self._calls = self._calls, deque()
        for call in calls:
            call.wire.close()
        if self._wire is not None:
            self._end("you hung up")
        await self._let_happen(lambda: True)
        self._note_events(self._concerns)

    def __enter__(self) -> Answering:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def show(self) -> Shown:
        """The dialogue, the state, and what the client may say now."""
        note = f"{self.caller} is on the line" if not self.over else "nobody is on the line"
        return show_dialogue(self, f"You are {self.host}", note)

    def __repr__(self) -> str:
        where = f"{self.caller}: {self.state}" if not self.over else "nobody on the line"
        return f"<you are {self.host} ({self.service}): {where}>"
