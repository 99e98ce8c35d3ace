"""A door for connections: each real one is carried into the lab as one of the lab's.

A visit has two halves, one at the real socket and one at the lab's end, and they are alike: what
the one hears, the other says. So bytes, a half close, a reset and the wish to pause all pass
through, in both directions, and a service cannot tell a visitor from a host::

      telnet ◀─── socket ───▶ outside half │ inside half ◀─── lab connection ───▶ service

Try: ``network.endpoint(address, 25)``; then ``telnet``, say nothing, and wait for the time-out.
"""

from __future__ import annotations

import asyncio
import socket
import struct
from collections.abc import Callable
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from .link import Endpoint

if TYPE_CHECKING:
    from .network import Network

LOOPBACK = "127.0.0.1"
BACKLOG = 512
"""Visitors that may wait at an open door; the operating system may allow fewer."""


class TcpDoor:
    """The leaf of a door that lets connections in; shut at first."""

    from_outside = True
    """Whether whoever comes in is from outside the lab."""

    def __init__(self, network: Network, service: Endpoint, client: str, port: int) -> None:
        self.network, self.service, self.client = network, service, client
        self._socket = self.place(port)
        self.endpoint: Endpoint = self._socket.getsockname()
        self._open = False
        self._visits: set[Visit] = set()
        self._entering: set[asyncio.Task[None]] = set()

    def place(self, port: int) -> socket.socket:
        """A socket that has a port and does not listen yet: connections to it are refused."""
        return _place(port)

    def speaks_for(self, caller: Any) -> str:
        """The lab address for which somebody from a real one speaks."""
        return self.client

    def finds_somebody(self) -> bool:
        """Whether a visitor would be let in now."""
        network, service = self.network, self.service
        here = service in network.listeners and not network.is_refused(*service)
        return here and not network.is_down(service[0], self.client)

    def set_open(self, open_: bool) -> None:
        """Opens or shuts; visitors that are inside stay."""
        if open_ == self._open:
            return
        self._open = open_
        if open_:
            self._socket.listen(BACKLOG)
            self._watch(True)
        else:
            self._watch(False)
            self._socket.close()
            self._socket = self.place(self.endpoint[1])

    def close(self) -> None:
        """Closes for good and ends all visits."""
        self._watch(False)
        self._open = False
        self._socket.close()
        for entering in self._entering:
            entering.cancel()
        for visit in tuple(self._visits):
            visit.end()

    def _watch(self, watch: bool) -> None:
        if watch:
            self.network.loop.add_reader(self._socket, self._welcome)
        else:
            self.network.loop.remove_reader(self._socket)

    def _welcome(self) -> None:
        """Somebody knocks."""
        try:
            sock, caller = self._socket.accept()
        except (BlockingIOError, InterruptedError, ConnectionAbortedError):
            return
        except OSError as error:
            self._overrun(error)
            return
        sock.setblocking(False)
        entering = self.network.loop.create_task(self._enter(sock, self.speaks_for(caller)))
        self._entering.add(entering)
        entering.add_done_callback(self._entering.discard)

    def _overrun(self, error: OSError) -> None:
        """No descriptor is left: nobody more is let in until a visitor has gone."""
        message = f"the door at port {self.endpoint[1]} cannot let anybody in"
        self.network.loop.call_exception_handler({"message": message, "exception": error})
        if self._visits:
            self._watch(False)

    async def _enter(self, sock: socket.socket, client: str) -> None:
        visit = Visit(self._left)
        self._visits.add(visit)
        try:
            await self.network.connect(
                client, *self.service, lambda: visit.inside, door=self.from_outside
            )
            await self.network.loop.connect_accepted_socket(lambda: visit.outside, sock)
            visit.begin()
        except BaseException as error:
            visit.end()
            _reset(sock)
            self._left(visit)
            if not isinstance(error, OSError):
                raise

    def _left(self, visit: Visit) -> None:
        self._visits.discard(visit)
        if self._open:
            self._watch(True)


class Visit:
    """One real connection, carried into the lab and back. Calls ``left(visit)`` when it is over."""

    def __init__(self, left: Callable[[Visit], None]) -> None:
        self.outside, self.inside = Half(self), Half(self)
        self.outside.other, self.inside.other = self.inside, self.outside
        self.left = left

    def begin(self) -> None:
        """Both sides are there: lets them speak, unless one has gone already."""
        halves = (self.inside, self.outside)
        if any(half.transport.is_closing() for half in halves):
            self.end()
        for half in halves:
            half.transport.resume_reading()

    def heard(self, half: Half, data: bytes) -> None:
        """What one side has said. Nobody listens here; see island/landing.py."""

    def end(self) -> None:
        """Resets both sides."""
        for half in (self.outside, self.inside):
            half.reset()


class Half(asyncio.Protocol):
    """One side of a visit: what it hears, the other side says."""

    other: Half

    def __init__(self, visit: Visit) -> None:
        self.visit = visit
        self.transport: Any = None
        self.ended = False
        """Whether the program or service at this side has said all."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = transport
        self.transport.pause_reading()

    def data_received(self, data: bytes) -> None:
        self.visit.heard(self, data)
        if not self.other.transport.is_closing():
            self.other.transport.write(data)

    def eof_received(self) -> bool:
        """Passes a half close on; when both sides have said all, the visit is over."""
        self.ended = True
        with suppress(OSError):  # a real program that has left already
            self.other.transport.write_eof()
        return not self.other.ended

    def connection_lost(self, exc: Exception | None) -> None:
        if exc is not None:
            self.other.reset()
        elif self.other.transport is not None:
            self.other.transport.close()
        self.visit.left(self.visit)

    def pause_writing(self) -> None:
        self.other.transport.pause_reading()

    def resume_writing(self) -> None:
        self.other.transport.resume_reading()

    def reset(self) -> None:
        """Ends this side at once, so that the program there hears "connection reset"."""
        if self.transport is not None:
            sock = self.transport.get_extra_info("socket")
            if sock is not None and not self.transport.is_closing():
                _set_reset(sock)
            self.transport.abort()


def _place(port: int) -> socket.socket:
    # Made with IPPROTO_TCP: otherwise asyncio leaves Nagle's delay of 40 ms on what it accepts.
    sock = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    try:
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        sock.setblocking(False)
        sock.bind((LOOPBACK, port))
    except BaseException:
        sock.close()
        raise
    return sock


def _set_reset(sock: Any) -> None:
    """Makes the coming close a reset instead of a farewell (SO_LINGER with zero seconds)."""
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))


def _reset(sock: socket.socket) -> None:
    if sock.fileno() >= 0:
        _set_reset(sock)
        sock.close()
