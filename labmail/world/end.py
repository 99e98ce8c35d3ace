"""One end of a connection, as an asyncio transport: what a protocol holds instead of a socket.

It keeps the manners of asyncio's own socket transport (flow control, half close, `connection_lost`
exactly once), so that aiosmtpd, aiosmtplib, streams and TLS cannot tell the difference. How the
farewells of TCP become calls of a protocol::

    the peer says                       this protocol hears
    close(), write_eof()   ── FIN ──▶   eof_received(); a false answer closes this end too
    abort()                ── RST ──▶   connection_lost(ConnectionResetError)
    bytes after our close()             nothing: they are answered with RST, as a kernel does

Flow control counts bytes that were written and not yet read by the peer's protocol: above 64 KiB
the writer is asked to pause, below 16 KiB to go on.

Law: RFC 9293 §3.6 (closing), §3.10.5 (abort).
Try: ``transport, protocol = await network.connect(source, target, 25, factory)``.
"""

from __future__ import annotations

import asyncio
import errno
from collections.abc import Callable, Iterable
from typing import Any

from .link import Line, Link, Sign

HIGH_WATER, LOW_WATER = 65536, 16384
"""Bytes: ask the writer to pause, let it go on."""

Tap = Callable[["End", bytes], None]


class End(asyncio.Transport):
    """One end of a connection. ``out`` and ``into`` are its lines, ``server`` tells which end."""

    _start_tls_compatible = True  # asyncio's start_tls looks for this

    def __init__(self, link: Link, out: Line, into: Line, *, server: bool) -> None:
        here, there = (link.server, link.client) if server else (link.client, link.server)
        super().__init__({"lab": link, "sockname": here, "peername": there})
        self.link, self.server = link, server
        self._out, self._in = out, into
        out.writer, into.reader = self, self
        self._protocol: Any = None
        self._closed = self._half_closed = False
        self._reading, self._asked_to_pause = True, False
        self._low, self._high = LOW_WATER, HIGH_WATER
        link.ends.append(self)

    def __repr__(self) -> str:
        return f"<End {'server' if self.server else 'client'} of {self.link.name}>"

    def begin(self, protocol: asyncio.BaseProtocol) -> None:
        """The connection is made: tells the protocol."""
        self._protocol = protocol
        protocol.connection_made(self)

    @property
    def begun(self) -> bool:
        """Whether the connection was made, from this end's view."""
        return self._protocol is not None

    @property
    def closed(self) -> bool:
        """Whether this end has said all and hears no more."""
        return self._closed

    @property
    def peer(self) -> End | None:
        """The other end, once the connection has been accepted."""
        return self._out.reader

    # -- what asyncio asks of a transport: reading

    def set_protocol(self, protocol: asyncio.BaseProtocol) -> None:
        self._protocol = protocol

    def get_protocol(self) -> asyncio.BaseProtocol:
        return self._protocol

    def is_closing(self) -> bool:
        return self._closed

    def is_reading(self) -> bool:
        return self._reading and not self._closed

    @property
    def paused(self) -> bool:
        """Whether what arrives must wait. An end that is closed takes everything, to refuse it."""
        return not self._reading and not self._closed

    def pause_reading(self) -> None:
        self._reading = False

    def resume_reading(self) -> None:
        self._reading = True
        self._in.ring()

    # -- writing

    def set_write_buffer_limits(self, high: int | None = None, low: int | None = None) -> None:
        """Bytes; one that is not given follows from the other, as asyncio does it."""
        if high is None:
            high = HIGH_WATER if low is None else 4 * low
        if low is None:
            low = high // 4
        if not high >= low >= 0:
            raise ValueError(f"high ({high}) must be >= low ({low}) must be >= 0")
        self._low, self._high = low, high
        self._may_pause()

    def get_write_buffer_size(self) -> int:
        return self._out.size

    def get_write_buffer_limits(self) -> tuple[int, int]:
        return self._low, self._high

    def write(self, data: bytes | bytearray | memoryview) -> None:
        if not isinstance(data, bytes | bytearray | memoryview):
            raise TypeError(f"data: expected bytes or the like, not {type(data).__name__}")
        if self._half_closed:
            raise RuntimeError("Cannot call write() after write_eof()")
        if self._closed or not data:
            return
        chunk = bytes(data)
        if (tap := self._out.network.tap) is not None:
            tap(self, chunk)
        self._out.send(chunk)
        self._may_pause()

    def writelines(self, list_of_data: Iterable[Any]) -> None:
        self.write(b"".join(list_of_data))

    def _may_pause(self) -> None:
        if self._out.size > self._high and not self._asked_to_pause and not self._closed:
            self._asked_to_pause = True
            self._protocol.pause_writing()

    def drained(self) -> None:
        """The peer has read some of what we wrote."""
        if self._asked_to_pause and self._out.size <= self._low:
            self._asked_to_pause = False
            if not self._closed:
                self._protocol.resume_writing()

    # -- saying farewell

    def can_write_eof(self) -> bool:
        return True

    def write_eof(self) -> None:
        """Says that nothing more will come, and goes on listening: half close."""
        if not self._half_closed and not self._closed:
            self._half_closed = True
            self._send_fin()

    def close(self) -> None:
        """Says farewell after what was written, and hears no more."""
        if self._closed:
            return
        loop = self._out.network.loop
        if asyncio._get_running_loop() is not loop:  # a stream that another thread collects
            loop.call_soon_threadsafe(self.close)
            return
        if not self._half_closed:
            self._send_fin()
        self._lose(None)

    def abort(self) -> None:
        """Resets the connection: what was written and not yet read is lost."""
        self._force_close(None)

    def _force_close(self, error: BaseException | None) -> None:
        """`abort`, with a reason for our own protocol; asyncio's TLS calls it by this name."""
        if self._closed:
            return
        self._out.clear()
        self._reset_peer()
        self._lose(error)

    def _send_fin(self) -> None:
        if (peer := self.peer) is not None:
            self._out.signal(Sign.FIN, peer._fin_arrived)

    def _reset_peer(self) -> None:
        if (peer := self.peer) is not None and not peer._closed:
            self._out.signal(Sign.RST, peer._reset_arrived)

    # -- what the other end does to us

    def feed(self, data: bytes) -> None:
        """Bytes have arrived."""
        if self._closed:
            self._reset_peer()
            return
        try:
            self._feed_protocol(data)
        except Exception as error:
            self.fail(error, "a protocol failed on the bytes that it received")

    def _feed_protocol(self, data: bytes) -> None:
        while data and not self._closed:
            if not isinstance(self._protocol, asyncio.BufferedProtocol):
                self._protocol.data_received(data)
                return
            buffer = memoryview(self._protocol.get_buffer(len(data)))
            n = min(len(buffer), len(data))
            if not n:
                raise RuntimeError("get_buffer() returned an empty buffer")
            buffer[:n] = data[:n]
            self._protocol.buffer_updated(n)
            data = data[n:]

    def _fin_arrived(self) -> None:
        if self._closed:
            return
        try:
            keep_open = self._protocol.eof_received()
        except Exception as error:
            self.fail(error, "a protocol failed at the end of its input")
            return
        if not keep_open:
            self.close()

    def break_off(self) -> None:
        """The connection has been broken off on the way: this end hears of it with a reset."""
        self._in.snap()
        self._reset_arrived()

    def _reset_arrived(self) -> None:
        if not self._closed:
            self._out.clear()
            self._lose(ConnectionResetError(errno.ECONNRESET, "Connection reset by peer"))

    def fail(self, error: Exception, message: str) -> None:
        """Reports an error of the protocol to the loop, and resets the connection."""
        context = {"message": message, "exception": error, "transport": self}
        self._out.network.loop.call_exception_handler({**context, "protocol": self._protocol})
        self._force_close(error)

    def _lose(self, error: BaseException | None) -> None:
        self._closed = True
        network = self._out.network
        network.forget(self.link)
        self._in.ring()  # what was not read yet is refused
        if self._protocol is not None:
            network.loop.call_soon(self._protocol.connection_lost, error)
