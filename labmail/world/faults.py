"""What can go wrong on the way: hosts switched off, ports that refuse, roads that are cut.

A fault is a fact about the network, not about a connection: it is set and taken back by name, and
whatever is under way feels it at once. What each one does to the packets between two hosts::

    down          nothing passes, either way           A ──┤ ├── B ──┤ ├──
    black hole    nothing reaches the host; it goes on speaking itself     A ──▶ ○   A ◀── B
    partition     nothing passes between these two     A ──┤ ├── B ─────── C
    refuse        new connections are answered "nobody here"
    delay         everything between these two takes longer
    cut           a connection dies after so many bytes from the client
    slow          the host reads so many bytes a second
    lost reply    what the server says next is lost, and the connection dies

TCP does not give up when packets vanish: what was sent waits, and arrives when the road is mended.
Datagrams are lost. The waiting is what a mail system must bear, with time-outs of minutes.

Law: RFC 1122 §4.2.3.5 (TCP connection failures). Try: ``network.partition(a, b)`` in mid-letter.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from .clock import Interval, seconds
from .hosts import Hosts

if TYPE_CHECKING:
    from collections.abc import Iterable

    from .link import Endpoint, Link

PACE = 100
"""Bytes a second that a slow host reads, unless told otherwise."""


class Faults(Hosts):
    """The faults that are in force. `changed` is called when one comes or goes."""

    def __init__(self) -> None:
        super().__init__()
        self._down: set[str] = set()
        self._refused: set[Endpoint] = set()
        self._holes: set[tuple[str, int | None]] = set()
        self._partings: set[frozenset[str]] = set()
        self._delays: dict[frozenset[str], float] = {}
        self._cuts: dict[Endpoint, int] = {}
        self._paces: dict[str, int] = {}

    def changed(self) -> None:
        """A fault has come or gone."""

    @property
    def links(self) -> Iterable[Link]:
        """Every connection that is open or being made."""
        return ()

    # -- hosts and ports

    def down(self, address: str) -> None:
        """Switches a host off: datagrams to it or from it are lost, connections stand still."""
        self._down.add(self.listed(address))
        self.changed()

    def up(self, address: str) -> None:
        """Switches it on again; what TCP still held for it arrives now."""
        self._down.discard(self.listed(address))
        self.changed()

    def refuse(self, address: str, port: int) -> None:
        """Lets a host refuse new connections to a port, as if nothing listened there."""
        self._refused.add((self.listed(address), port))
        self.changed()

    def allow(self, address: str, port: int) -> None:
        """Takes `refuse` back."""
        self._refused.discard((self.listed(address), port))
        self.changed()

    def black_hole(self, address: str, port: int | None = None) -> None:
        """Swallows whatever is sent to a host, or to one port of it, without a word."""
        self._holes.add((self.listed(address), port))
        self.changed()

    def fill_hole(self, address: str, port: int | None = None) -> None:
        """Takes `black_hole` back."""
        self._holes.discard((self.listed(address), port))
        self.changed()

    def slow(self, address: str, pace: int | None = PACE) -> None:
        """Lets a host read at most ``pace`` bytes a second of each connection; None: as it can.

        Raises ValueError for a pace below one.
        """
        if pace is not None and pace < 1:
            raise ValueError(f"a pace of {pace!r}: expected one byte a second or more, or None")
        _put(self._paces, self.listed(address), pace)
        self.changed()

    # -- roads between two hosts

    def partition(self, one: str, other: str) -> None:
        """Cuts the road between two hosts: datagrams are lost, connections stand still."""
        self._partings.add(self._road(one, other))
        self.changed()

    def heal(self, one: str, other: str) -> None:
        """Takes `partition` back; what TCP still held arrives now."""
        self._partings.discard(self._road(one, other))
        self.changed()

    def delay(self, one: str, other: str, by: Interval | None) -> None:
        """Lets each packet between two hosts take so much longer, each way; None: not any more."""
        _put(self._delays, self._road(one, other), by if by is None else seconds(by))
        self.changed()

    def _road(self, one: str, other: str) -> frozenset[str]:
        road = frozenset((self.listed(one), self.listed(other)))
        if len(road) < 2:
            raise ValueError(f"{one} twice: a road leads from one host to another")
        return road

    # -- connections

    def cut(self, address: str, port: int, after: int | None) -> None:
        """Lets connections to a port die when the client sends more than ``after`` bytes.

        Those bytes still arrive. None takes the fault back. Raises ValueError for less than zero.
        """
        if after is not None and after < 0:
            raise ValueError(f"cut after {after!r} bytes: expected zero or more")
        _put(self._cuts, (self.listed(address), port), after)
        self.changed()

    def reset(self, address: str, port: int | None = None) -> int:
        """Breaks off every open connection to a host, or to a port of it; tells how many."""
        address, broken = self.listed(address), 0
        for link in tuple(self.links):
            if link.server[0] == address and port in (None, link.server[1]):
                broken += link.snap()
        return broken

    def lose_reply(self, connection: str) -> bool:
        """What the server of this connection says next is lost, and the connection dies.

        ``connection`` is a `Link.name`. Tells whether there is such a connection.
        """
        for link in self.links:
            if link.name == connection and link.lines:
                link.back.fuse = 0
                return True
        return False

    # -- what they mean

    def is_down(self, *addresses: str) -> bool:
        """Whether one of these hosts is switched off."""
        return not self._down.isdisjoint(addresses)

    def is_refused(self, address: str, port: int) -> bool:
        return (address, port) in self._refused

    def passes(self, source: str, target: Endpoint) -> bool:
        """Whether a packet from a host gets to this address and port of another."""
        if not (self._down or self._holes or self._partings):
            return True
        address, _ = target
        blocked = self.is_down(source, address) or frozenset((source, address)) in self._partings
        return not (blocked or target in self._holes or (address, None) in self._holes)

    def delay_between(self, one: str, other: str) -> float:
        """Seconds that a packet takes longer than usual."""
        return self._delays.get(frozenset((one, other)), 0.0) if self._delays else 0.0

    def afflict(self, link: Link) -> None:
        """Lets a connection feel the faults that are in force now."""
        ends = link.client, link.server
        for line, (source, target) in zip(link.lines, (ends, ends[::-1]), strict=True):
            line.held = not self.passes(source[0], target)
            line.delay = self.delay_between(source[0], target[0])
            line.pace = self._paces.get(target[0])
        after = self._cuts.get(link.server)
        link.out.fuse = None if after is None else max(0, after - link.out.carried)
        for line in link.lines:
            line.ring()


def _put(table: dict[Any, Any], key: object, value: object) -> None:
    """Sets an entry, or removes it if ``value`` is None."""
    if value is None:
        table.pop(key, None)
    else:
        table[key] = value
