"""Faults: breaking the town on purpose, to see what mail does about it.

Each method sets a fault at once and gives it back; leaving a ``with`` mends it, and so does
``mend()``. Every fault is told to the trace when it is set and when it is mended, so that the story
of a letter that met it shows both::

    with lab.faults.down("mail.ask.com"):
        letter = alice.send(to="bob@ask.com", subject="Lunch?")     # deferred
    lab.clock.advance("20m")                                        # delivered
    print(lab.story(letter))

The faults of the network are `labmail.world.faults`; a name server's are `labmail.dns.trouble`;
the disk's are `labmail.world.Disk.full` and `labmail.world.power`; a lost reply is set off by the
event that a letter has crossed, and a power cut by an event, too: `outage`.

Try: ``lab.faults.partition("mail.example.com", "mail.ask.com")``, send, and read the queue.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Literal

from ..message import Shown, look
from ..world import Interval
from .breaking import Breakage
from .showable import Showable, title

if TYPE_CHECKING:
    from ..world import LoopThread
    from .site import Site

Dns = Literal["servfail", "silence"] | Mapping[str, str]
When = Literal["arriving", "accepted", "passed on", "completed"]


class Fault(Showable):
    """One fault. In force since it was made; mended by `mend`, or by leaving its ``with``."""

    def __init__(self, faults: Faults, breakage: Breakage) -> None:
        self._faults, self._breakage = faults, breakage

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Fault) and other._breakage is self._breakage

    def __hash__(self) -> int:
        return hash(self._breakage)

    @property
    def kind(self) -> str:
        """``down``, ``refuse``, ``partition``, …"""
        return self._breakage.told.fault

    @property
    def active(self) -> bool:
        """Whether it is in force, in a lab that runs."""
        return self in self._faults

    def mend(self) -> None:
        """Takes the fault back. Safe to call twice, and when the lab has been closed."""
        self._faults._end(self._breakage)

    def __enter__(self) -> Fault:
        return self

    def __exit__(self, *error: object) -> None:
        self.mend()

    def show(self) -> Shown:
        """What is broken, and what comes of it."""
        words = self._breakage.told.words
        state = "" if self.active else " (mended)"
        text = f"Fault: {words.broken}{state}. {words.then}"
        card = look.card(
            look.row(title("cross" if self.active else "check", text, "", "keep")), label="fault"
        )
        return Shown(text, card)

    def __repr__(self) -> str:
        return f"<fault: {self._breakage.told.words.broken}{'' if self.active else ', mended'}>"


class Faults(Showable):
    """The faults of a lab: ``lab.faults``. Iterating gives those in force, oldest first.

    A host is named as the town names it. Where two are named, a person stands for her desk, and an
    address for itself. Every method raises KeyError for somebody unknown, ValueError for a service
    that the host does not offer, or for an amount that makes no sense.
    """

    def __init__(self, site: Site, thread: LoopThread) -> None:
        self._breaker, self._thread = site.breaker, thread

    # -- hosts

    def down(self, host: str) -> Fault:
        """The host is switched off: nothing that is sent to it gets an answer."""
        return self._begin(self._breaker.down(host))

    def black_hole(self, host: str) -> Fault:
        """What is sent to the host vanishes; it goes on speaking itself, and its doors stay open.

        The difference to `down` shows in what the host still sends: it asks, and hears no answer.
        """
        return self._begin(self._breaker.black_hole(host))

    def slow(self, host: str, pace: int = 100) -> Fault:
        """The host reads only ``pace`` bytes a second of each connection."""
        return self._begin(self._breaker.slow(host, pace))

    def disk_full(self, host: str) -> Fault:
        """Whatever needs room on the host's disk fails (ENOSPC)."""
        return self._begin(self._breaker.disk_full(host))

    def read_only(self, host: str, folder: str = "/var/spool/exim4") -> Fault:
        """Nothing can be changed in a folder of the host, and in those below it (EROFS).

        That is how a file system ends up whose disk makes mistakes.
        """
        return self._begin(self._breaker.read_only(host, folder))

    def power_cut(self, host: str, when: When | None = None) -> Fault:
        """The host loses its power: its programs are gone, and what was not synced to its disk.

        ``when``: now, or at a moment in the life of the next letter: ``"arriving"`` (it has
        crossed, and 250 has not been said), ``"accepted"`` (it has), ``"passed on"`` (the next host
        has said 250, and it is not heard), ``"completed"``. Its files are then what its disk has
        kept. Mended, the host has power again and starts. What was written before the fault was set
        is safe.
        """
        return self._begin(self._breaker.power_cut(host, when))

    # -- roads

    def partition(self, one: str, other: str) -> Fault:
        """Nothing passes between two hosts; `Fault.mend` heals it."""
        return self._begin(self._breaker.partition(one, other))

    def delay(self, one: str, other: str, by: Interval) -> Fault:
        """Every packet between two hosts takes so much longer, each way: ``"200ms"``, seconds."""
        return self._begin(self._breaker.delay(one, other, by))

    # -- services

    def refuse(self, host: str, service: str) -> Fault:
        """New connections to a service are refused, as if its server had been stopped."""
        return self._begin(self._breaker.refuse(host, service))

    def cut(self, host: str, service: str, after: int) -> Fault:
        """Connections to a service die when the client has sent more than ``after`` bytes."""
        return self._begin(self._breaker.cut(host, service, after))

    def lose_last_reply(self, host: str) -> Fault:
        """The reply behind the dot of a letter is lost, and the connection with it.

        The host has the letter; the client does not know (RFC 1047): a duplicate will come.
        """
        return self._begin(self._breaker.lose_last_reply(host))

    def reset(self, host: str) -> Fault:
        """Breaks off every open connection to the host, once: there is nothing to mend."""
        fault = self._begin(self._breaker.reset(host))
        fault.mend()
        return fault

    # -- names

    def dns(self, host: str, trouble: Dns) -> Fault:
        """The name server of a host fails (``"servfail"``), says nothing (``"silence"``), or lies.

        A lie is a mapping of names to addresses: ``{"mail.ask.com": "128.10.12.4"}``.
        """
        return self._begin(self._breaker.dns(host, trouble))

    # -- all of them

    def mend(self) -> None:
        """Mends everything."""
        for fault in self:
            fault.mend()

    def __iter__(self) -> Iterator[Fault]:
        active = tuple(self._breaker.active) if self._thread.alive else ()
        return iter([Fault(self, breakage) for breakage in active])

    def __len__(self) -> int:
        return len(list(iter(self)))

    def show(self) -> Shown:
        """What is broken now, one a line."""
        lines = [str(fault) for fault in self] or ["Nothing is broken."]
        drawing = "cross" if len(self) else "check"
        rows = (look.row(title(drawing, line, "", "keep")) for line in lines)
        card = look.card(*rows, label="faults")
        return Shown("\n".join(lines), card)

    def __repr__(self) -> str:
        return f"<faults: {', '.join(fault.kind for fault in self) or 'none'}>"

    def _begin(self, breakage: Breakage) -> Fault:
        async def begin() -> None:
            self._breaker.begin(breakage)
            await self._breaker.site.world.clock.settle()

        self._thread.call(begin())
        return Fault(self, breakage)

    def _end(self, breakage: Breakage) -> None:
        async def end() -> None:
            if (more := self._breaker.end(breakage)) is not None:
                await more

        if self._thread.alive:
            self._thread.call(end())
