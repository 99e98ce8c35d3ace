"""A connection of the lab: two ends, two lines, and what both sides know of it.

Protocols never hold a socket. They hold an `End`, an asyncio transport whose bytes travel on a
`Line` to the other `End`. Bytes, the greeting of TCP (SYN), its farewell (FIN) and its slamming of
the door (RST) keep their order on one line, as they do in a real stream::

    client protocol ── End ══ Line ══▶ End ── server protocol
                        ▲               │
                        └═════ Line ◀═══┘

Flow control counts bytes that were written and not yet read by the peer's protocol: above 64 KiB
the writer is asked to pause, below 16 KiB to go on.

Law: RFC 9293 (TCP). Try: ``await network.open_stream(source, target, 25)``.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .network import Network

HIGH_WATER, LOW_WATER, ROUND = 65536, 16384, 65536
"""Bytes: ask the writer to pause, let it go on, and the most that one round hands over."""

Endpoint = tuple[str, int]
Tap = Callable[["End", bytes], None]


@dataclass(eq=False)
class Link:
    """What both ends know of a connection, and how causes cross it.

    A protocol reaches it by ``transport.get_extra_info("lab")``, through TLS as well.
    """

    number: int
    client: Endpoint
    server: Endpoint
    door: bool = False
    """Whether the client is a program outside the lab that came in through a door."""
    cause: str | None = None
    """The event of the client that opened the connection."""
    letter: str | None = None
    """The lab's name of the letter that the client is handing over."""
    heard: str | None = None
    """The last event that either side told about this connection: the cause of what comes next."""
    ends: list[End] = field(default_factory=list, repr=False)

    @property
    def name(self) -> str:
        """``128.10.12.4:49152>128.10.30.2:25``"""
        return f"{_text(self.client)}>{_text(self.server)}"


def _text(endpoint: Endpoint) -> str:
    address, port = endpoint
    return f"[{address}]:{port}" if ":" in address else f"{address}:{port}"


class Line:
    """One direction of a connection. Whatever is put on it is handed over in order."""

    def __init__(self, network: Network, key: tuple[int, ...], latency: float) -> None:
        self.network, self.key, self.latency = network, key, latency
        self.size = 0
        self.held = False
        """A held line keeps everything that is put on it: the other host cannot be reached."""
        self.reader: End | None = None
        self.writer: End | None = None
        self._items: deque[tuple[float, bytes | Callable[[], None]]] = deque()

    def send(self, data: bytes) -> None:
        self.size += len(data)
        self._put(data)

    def signal(self, deliver: Callable[[], None]) -> None:
        """Puts a SYN, FIN or RST on the line: ``deliver`` is called when it gets there."""
        self._put(deliver)

    def _put(self, item: bytes | Callable[[], None]) -> None:
        due = self.network.pulse.time() + self.latency
        self._items.append((due, item))
        if self.latency:
            self.network.pulse.fly(due, self.key, self._hand_over)
        else:
            self.ring()

    def ring(self) -> None:
        """Says that there is something to hand over."""
        if self._items and not self.held:
            self.network.pulse.arrive(self.key, self._hand_over)

    def clear(self) -> None:
        """Forgets what has not been handed over: the connection was reset."""
        self._items.clear()
        self.size = 0

    def _hand_over(self) -> None:
        now, left = self.network.pulse.time(), ROUND
        while self._items and self._items[0][0] <= now + 1e-9 and not self.held:
            item = self._items[0][1]
            if isinstance(item, bytes):
                if left <= 0 or (self.reader is not None and self.reader.paused):
                    break
                self._items.popleft()
                self._feed(item[:left], item[left:], now)
                left -= len(item)
            else:
                self._items.popleft()
                item()
        if left <= 0:
            self.ring()

    def _feed(self, head: bytes, rest: bytes, now: float) -> None:
        if rest:
            self._items.appendleft((now, rest))
        self.size -= len(head)
        if self.reader is not None:
            self.reader.feed(head)
        if self.writer is not None:
            self.writer.drained()


class End(asyncio.Transport):
    """One end of a connection, as an asyncio transport."""

    _start_tls_compatible = True

    def __init__(self, link: Link, out: Line, into: Line, *, server: bool) -> None:
        super().__init__({"lab": link})
        self.link, self.server = link, server
        self._extra["sockname"] = link.server if server else link.client  # type: ignore[attr-defined]
        self._extra["peername"] = link.client if server else link.server  # type: ignore[attr-defined]
        self._out, self._in = out, into
        out.writer, into.reader = self, self
        self._protocol: Any = None
        self._closing = self._closed = self._half_closed = False
        self._reading, self._asked_to_pause = True, False
        self._high, self._low = HIGH_WATER, LOW_WATER
        link.ends.append(self)

    def __repr__(self) -> str:
        return f"<End {'server' if self.server else 'client'} of {self.link.name}>"

    # -- what asyncio asks of a transport

    def set_protocol(self, protocol: asyncio.BaseProtocol) -> None:
        self._protocol = protocol

    def get_protocol(self) -> asyncio.BaseProtocol:
        return self._protocol  # type: ignore[no-any-return]

    def is_closing(self) -> bool:
        return self._closing

    def is_reading(self) -> bool:
        return self._reading and not self._closing

    @property
    def paused(self) -> bool:
        """Whether what arrives must wait. An end that is closed takes everything, to refuse it."""
        return not self._reading and not self._closing

    def pause_reading(self) -> None:
        self._reading = False

    def resume_reading(self) -> None:
        self._reading = True
        self._in.ring()

    def set_write_buffer_limits(self, high: int | None = None, low: int | None = None) -> None:
        self._high = HIGH_WATER if high is None else high
        self._low = (self._high // 4) if low is None else low

    def get_write_buffer_size(self) -> int:
        return self._out.size

    def get_write_buffer_limits(self) -> tuple[int, int]:
        return self._low, self._high

    def write(self, data: bytes | bytearray | memoryview) -> None:
        if self._half_closed:
            raise RuntimeError("cannot write after write_eof()")
        if self._closing or not data:
            return
        chunk = bytes(data)
        if (tap := self._out.network.tap) is not None:
            tap(self, chunk)
        self._out.send(chunk)
        if self._out.size > self._high and not self._asked_to_pause:
            self._asked_to_pause = True
            self._protocol.pause_writing()

    def writelines(self, list_of_data: Iterable[Any]) -> None:
        self.write(b"".join(list_of_data))

    def can_write_eof(self) -> bool:
        return True

    def write_eof(self) -> None:
        if not self._half_closed and not self._closing:
            self._half_closed = True
            self._send_fin()

    def close(self) -> None:
        if self._closing:
            return
        self._closing = True
        if not self._half_closed:
            self._send_fin()
        self._lose(None)

    def abort(self) -> None:
        self._force_close(None)

    @property
    def incoming(self) -> Line:
        """The line on which the peer's bytes come."""
        return self._in

    @property
    def peer(self) -> End | None:
        """The other end, once the connection has been accepted."""
        return self._out.reader

    # -- what the other end does to us

    def feed(self, data: bytes) -> None:
        """Bytes have arrived."""
        if self._closing:
            self._reset_peer()
        elif isinstance(self._protocol, asyncio.BufferedProtocol):
            self._feed_buffered(data)
        else:
            self._protocol.data_received(data)

    def drained(self) -> None:
        """The peer has read some of what we wrote."""
        if self._asked_to_pause and self._out.size <= self._low:
            self._asked_to_pause = False
            if not self._closed:
                self._protocol.resume_writing()

    def _feed_buffered(self, data: bytes) -> None:
        while data and not self._closing:
            buffer = self._protocol.get_buffer(len(data))
            n = min(len(buffer), len(data))
            buffer[:n] = data[:n]
            self._protocol.buffer_updated(n)
            data = data[n:]

    def _send_fin(self) -> None:
        peer = self._out.reader
        if peer is not None:
            self._out.signal(peer._fin_arrived)

    def _fin_arrived(self) -> None:
        if self._closing:
            return
        if not self._protocol.eof_received():
            self.close()

    def _reset_peer(self) -> None:
        peer = self._out.reader
        if peer is not None and not peer._closed:
            self._out.signal(lambda: peer._lost(ConnectionResetError(104, "Connection reset by peer")))

    def _lost(self, error: Exception | None) -> None:
        if not self._closed:
            self._closing = True
            self._out.clear()
            self._lose(error)

    def _force_close(self, error: BaseException | None) -> None:
        """Resets the connection; asyncio's TLS calls it by this name."""
        if self._closed:
            return
        self._closing = True
        self._out.clear()
        self._reset_peer()
        self._lose(error)

    def _lose(self, error: BaseException | None) -> None:
        if self._closed:
            return
        self._closed = True
        network = self._out.network
        network.forget(self)
        asyncio.get_running_loop().call_soon(self._protocol.connection_lost, error)
