r"""Talking by hand: you are the client, and a real server of the lab answers.

    >>> talk = lab.talk("mail.ask.com", "smtp")                             # doctest: +SKIP
    >>> talk.say("EHLO my.laptop")                                          # doctest: +SKIP
    250-mail.ask.com Hello my.laptop [192.0.2.1]
    ...
    >>> talk.say("DATA").meaning.sentence                                   # doctest: +SKIP
    'That may come, but not now: see what is allowed. Nothing has changed.'

What you type is sent as it is, with CR LF behind it; `Conversation.send` sends octets and nothing
else. After STARTTLS the handshake is made for you, since nobody can type that. A password is not
kept: the transcript has three stars in its place.

Law: RFC 5321 (SMTP), RFC 1939 (POP3), RFC 3207 (STARTTLS).
Try: ``lab.talk("mail.ask.com", "pop3").say("CAPA")``.
"""

from __future__ import annotations

import ssl
from dataclasses import replace
from typing import TYPE_CHECKING

from labmail.message import Shown
from labmail.trace.event import Event
from labmail.trace.heard import Line
from labmail.trace.words import lasting
from labmail.world import Interval, LoopThread, seconds

from ..town import SERVICES
from ..twin import twin
from .dialogue import CRLF, Dialogue, TalkOver
from .heard import Heard
from .show import show_dialogue
from .suggestions import Suggestion, secrets_of, suggestions
from .transcript import Difference, differences, exchanges, line_text
from .wire import Wire

if TYPE_CHECKING:
    from ..site import Site
    from ..town import HostPlan

OPENING = "⟨".encode()
"""Begins the name of a secret."""


class Conversation(Dialogue):
    """A conversation with a server of the lab. Methods have an ``.aio`` twin."""

    def __init__(
        self, site: Site, thread: LoopThread, plan: HostPlan, service: str, source: str
    ) -> None:
        super().__init__(site, thread, plan, service)
        self.client = source
        """The lab address that you speak for."""
        self._letters: set[str] = set()

    @classmethod
    async def open(
        cls, site: Site, thread: LoopThread, plan: HostPlan, service: str, source: str
    ) -> Conversation:
        """Connects and hears the greeting. Raises OSError as `Network.connect` does."""
        talk = cls(site, thread, plan, service, source)
        await talk._connect()
        return talk

    async def _connect(self) -> None:
        network, port = self._site.world.network, SERVICES[self.service]
        calling = network.connect(
            self.client, self._plan.address, port, lambda: Wire(self._hear, self._end), door=True
        )
        _, self._wire = await self._site.let_happen(calling, None)
        await self._let_happen(lambda: self.over or not self._following.asked)
        self._note_events(self._concerns)
        self._told = len(self._entries)

    # ── speaking ─────────────────────────────────────────────────────────────────────────────────

    @twin
    async def wait(self, by: Interval = "1m") -> Heard:
        """Says nothing for so long, and gives what the server makes of it."""
        clock = self._site.world.clock
        await (clock.sleep(by) if clock.live else clock.advance(by))
        self._note(f"{lasting(seconds(by))} of silence")
        self._note_events(self._concerns)
        return self._heard("still nothing was said")

    @twin
    async def hang_up(self) -> None:
        """Closes without a word. In SMTP what was accepted stays accepted."""
        if not self.over and self._wire is not None:
            self._wire.close()
            self._end("hung up", "you")
            await self._site.world.clock.settle()
            self._note_events(self._concerns)

    close = hang_up

    async def _utter(self, octets: bytes) -> Heard:
        wire = self._wire
        if self.over or wire is None or not wire.open:
            raise TalkOver(
                f"this conversation with {self.host} is over: lab.talk({self.host!r}, "
                f"{self.service!r}) begins another"
            )
        self._keep(*self._said(octets))
        wire.write(self._filled(octets))
        await self._let_happen(lambda: self.over or not self._following.asked)
        if self._following.tls_agreed:
            await self._secure(wire)
        self._note_events(self._concerns)
        return self._heard(self._silence())

    def _said(self, octets: bytes) -> list[Line]:
        """The lines for the book. The name of a secret is none, and need not be masked."""
        whole = octets.splitlines(keepends=True) if not self._following.unfinished[0] else []
        lines = self._following.client(octets)
        if len(lines) != len(whole):
            return lines
        return [
            replace(line, octets=raw, masked=False) if OPENING in raw else line
            for line, raw in zip(lines, whole, strict=True)
        ]

    def _filled(self, octets: bytes) -> bytes:
        """The octets with the lab's secrets where their names stand."""
        for name, secret in secrets_of(self._site).items():
            octets = octets.replace(name.encode(), secret.encode())
        return octets

    async def _secure(self, wire: Wire) -> None:
        """STARTTLS was answered with 220: the handshake, and everything is forgotten."""
        try:
            cipher = await wire.secure(self._site.authority.client_context(), self.host)
        except (ssl.SSLError, OSError) as error:
            self._note(f"The TLS handshake failed: {error}")
            self._end("hung up")
            return
        self._following.secured()
        self._note(
            f"TLS: from here on nobody on the way can read along ({cipher}). Say EHLO again."
        )
        wire.go_on()
        await self._site.world.clock.settle()

    # ── hearing ──────────────────────────────────────────────────────────────────────────────────

    def _hear(self, octets: bytes) -> None:
        self._keep(*self._following.server(octets))

    def _end(self, why: str, who: str = "") -> None:
        if not self.over:
            self.over = True
            self._following.closed()
            self._note(f"{who or self.host} {why}")

    def _concerns(self, event: Event) -> bool:
        """Steps of this connection, and of the letter that was handed over on it."""
        link = self.link
        if link is None or not event.step:
            return False
        if event.connection == link.name and event.letter:
            self._letters.add(event.letter)
        return event.connection == link.name or event.letter in self._letters

    def _silence(self) -> str:
        speaking = self._following.speaking
        if speaking == "content":
            return "no reply: the letter goes on until a line with only a dot"
        if any(self._following.unfinished):
            return "no reply yet: the line has no end"
        return "no reply" if self._following.asked else "nothing to reply to"

    def _heard(self, silence: str) -> Heard:
        lines = self._fresh("S")
        meaning = next((line.meaning for line in reversed(lines) if line.meaning), None)
        return Heard(tuple(line.text for line in lines), meaning, "" if lines else silence)

    # ── what could be said ───────────────────────────────────────────────────────────────────────

    @property
    def suggestions(self) -> tuple[Suggestion, ...]:
        """Lines that may come now, ready to be said: of this town's hosts and people."""
        if self.over:
            return ()
        return suggestions(
            self._site, self._plan, self.service, self.client, self.machine, self._following
        )

    @twin
    async def replay(self, transcript: str) -> list[Difference]:
        """Says the client's lines of a transcript, and gives where the server answered otherwise.

        Raises ValueError where a secret is missing in it, `TalkOver` where the server hung up.
        """
        different: list[Difference] = []
        mark = 0
        for said, expected in exchanges(transcript):
            if said is not None:
                mark = len(self._entries)
                await self._utter((said + CRLF).encode())
            found = [e for e in self._entries[mark:] if isinstance(e, Line) and e.speaker == "S"]
            different += differences(expected, [line_text(line)[3:] for line in found])
        return different

    def show(self) -> Shown:
        """The dialogue, the state, and what may come now."""
        return show_dialogue(self, f"You call {self.host}", f"as {self.client}")

    def __repr__(self) -> str:
        return f"<talk with {self.host} ({self.service}): {'over' if self.over else self.state}>"
