"""A cable: one real TCP connection on loopback, which carries one connection of the lab.

What an end writes goes into the kernel at once. The line beside it keeps count: how many bytes each
write had, and where SYN, FIN and RST stand between them. While bytes are in the kernel's hands they
are *in flight*, and the lab waits for them before it hands anything over; so the order of events is
that of the lab, and not that of the kernel::

    End.write ──▶ socket ══ kernel ══▶ socket ──▶ received ─┐
        └────────▶ the line: 512 bytes, 14 bytes, FIN ──────┴─▶ handed over in the next round

A real FIN follows the first one of the lab. The second says nothing: both sockets are closed with a
reset instead, for a connection that ends with two FINs keeps its port busy for a minute, and some
ten thousand of these leave the whole machine without ports (RFC 9293 §3.4.1, TIME-WAIT).

Try: ``simulate(main, wire="sockets")``.
"""

from __future__ import annotations

import socket
import struct
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from .link import Line, Link, Sign

if TYPE_CHECKING:
    from .network import Network

CHUNK = 262_144
"""Bytes asked of the kernel at a time."""
WHY = "bytes on a real wire"


class Cable:
    """The two sockets of a connection and the two lines over them."""

    def __init__(
        self,
        network: Network,
        link: Link,
        latency: float,
        client: socket.socket,
        server: socket.socket,
    ) -> None:
        self.client, self.server = client, server
        self.ended = self.closed = False
        for sock in (client, server):
            sock.setblocking(False)
            sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.lines = (
            CableLine(network, link, 0, latency, self, client, server),
            CableLine(network, link, 1, latency, self, server, client),
        )

    def close(self) -> None:
        """Both ends of the lab's connection are gone: ends the real one, with a reset."""
        if self.closed:
            return
        self.closed = True
        for line in self.lines:
            line.unplug()
        for sock in (self.client, self.server):
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            sock.close()


@dataclass(frozen=True, slots=True)
class Parcel:
    """So many bytes of a line, which come out of the kernel."""

    size: int

    def __len__(self) -> int:
        return self.size


class CableLine(Line):
    """A line whose bytes go into one socket and come out of another."""

    def __init__(
        self,
        network: Network,
        link: Link,
        direction: int,
        latency: float,
        cable: Cable,
        into: socket.socket,
        out_of: socket.socket,
    ) -> None:
        super().__init__(network, link, direction, latency)
        self._cable, self._into, self._out_of = cable, into, out_of
        self._unsent, self._received = bytearray(), bytearray()
        self._in_kernel = 0
        """Bytes, and one for a FIN, that have been written and have not come out."""
        self._skip = 0
        """Bytes of a connection that was reset: they still come out, and nobody wants them."""
        self._last = False
        """Whether this line has said the real FIN."""
        network.loop.add_reader(out_of, self._pull)

    # -- into the kernel

    def _carry(self, data: bytes) -> None:
        self._put(None, Parcel(len(data)))
        if not self._cable.closed:
            self._count(len(data))
            self._unsent += data
            self._push()

    def signal(self, sign: Sign, deliver: Callable[[], None]) -> None:
        super().signal(sign, deliver)
        if sign is Sign.FIN and not (self._cable.ended or self._cable.closed):
            self._cable.ended = self._last = True
            self._count(1)
            self._push()

    def _push(self) -> None:
        with suppress(BlockingIOError, InterruptedError):
            if self._unsent:
                del self._unsent[: self._into.send(self._unsent)]
        if self._unsent:
            self.network.loop.add_writer(self._into, self._push)
            return
        self.network.loop.remove_writer(self._into)
        if self._last:
            self._into.shutdown(socket.SHUT_WR)

    # -- out of the kernel

    def _pull(self) -> None:
        try:
            data = self._out_of.recv(CHUNK)
        except (BlockingIOError, InterruptedError):
            return
        if not data:
            self.network.loop.remove_reader(self._out_of)
        self._count(-len(data) or -1)
        self._received += data
        self._drop()
        self.ring()

    def _drop(self) -> None:
        """Throws away what nobody wants."""
        gone = min(self._skip, len(self._received))
        del self._received[:gone]
        self._skip -= gone

    def _count(self, change: int) -> None:
        """Keeps the lab waiting while something is in the kernel's hands."""
        before, self._in_kernel = self._in_kernel, self._in_kernel + change
        if not before and self._in_kernel:
            self.network.pulse.depart(WHY)
        elif before and not self._in_kernel:
            self.network.pulse.land(WHY)

    # -- handing over

    def _may_go(self, now: float) -> bool:
        ready = super()._may_go(now)
        return ready and (self._items[0][1] is not None or bool(self._received))

    def _split(self, data: Any, at: int) -> tuple[bytes, Any]:
        head = bytes(self._received[:at])
        del self._received[:at]
        return head, Parcel(len(data) - at)

    def _feed(self, data: Any, most: int) -> int:
        return super()._feed(data, min(most, len(self._received)))

    def clear(self) -> None:
        self._skip += sum(len(what) for _, sign, what in self._items if sign is None)
        self._drop()
        super().clear()

    def close(self) -> None:
        self._cable.close()

    def unplug(self) -> None:
        """The sockets are about to be closed. What they held comes as zeros: nobody reads it."""
        self.network.loop.remove_reader(self._out_of)
        self.network.loop.remove_writer(self._into)
        self._count(-self._in_kernel)
        waiting = sum(len(what) for _, sign, what in self._items if sign is None)
        self._received += bytes(waiting - len(self._received))
