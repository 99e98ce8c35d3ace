"""Doors: where the reader's own programs meet the lab's servers.

A door is a real listening socket on loopback, on a port that the operating system chose, so that
nothing collides and nobody needs to be root. What comes in is carried to the real service inside
the lab as a connection of the address that the door speaks for; what the service answers is carried
back. A door is shut while its host is down or refuses, so that telnet too is told
"connection refused", and opens again on the same port.

Try: ``await network.endpoint("128.10.12.4", 25)``, then ``telnet`` to the answer.
"""

from __future__ import annotations

import asyncio
import errno
import socket
from typing import TYPE_CHECKING, Any

from .datagram import UdpEnd
from .link import End, Endpoint

if TYPE_CHECKING:
    from .network import Network

LOOPBACK = "127.0.0.1"
BACKLOG = 512
TRIES = 50


class Door:
    """A door to ``address`` and ``port``; ``client`` is whom the visitor speaks for."""

    def __init__(self, network: Network, address: str, port: int, client: str, kind: str) -> None:
        self.network, self.address, self.port, self.client = network, address, port, client
        self.kind = kind
        self.endpoint: Endpoint = (LOOPBACK, 0)
        self._tcp: asyncio.Server | None = None
        self._udp: asyncio.DatagramTransport | None = None

    async def open(self) -> None:
        """Binds the sockets, on one port number where there are two."""
        for _ in range(TRIES):
            try:
                await self._bind(0)
                return
            except OSError as error:
                self._unbind()
                if error.errno != errno.EADDRINUSE or self.kind != "dns":
                    raise
        raise OSError(errno.EADDRINUSE, "found no port that is free for both UDP and TCP")

    async def _bind(self, port: int) -> None:
        if self.kind in ("udp", "dns"):
            self._udp = await self._bind_udp(port)
            port = self._udp.get_extra_info("sockname")[1]
        if self.kind in ("tcp", "dns"):
            self._tcp = await self._bind_tcp(port)
            port = self._tcp.sockets[0].getsockname()[1]
        self.endpoint = (LOOPBACK, port)

    async def _bind_tcp(self, port: int) -> asyncio.Server:
        # Made with IPPROTO_TCP: otherwise accepted sockets keep Nagle's delay of 40 ms.
        sock = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
        try:
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            sock.bind((LOOPBACK, port))
            sock.setblocking(False)
            return await self.network.loop.create_server(
                lambda: Visitor(self), sock=sock, backlog=BACKLOG
            )
        except BaseException:
            sock.close()
            raise

    async def _bind_udp(self, port: int) -> asyncio.DatagramTransport:
        transport, _ = await self.network.loop.create_datagram_endpoint(
            lambda: UdpVisitors(self), local_addr=(LOOPBACK, port)
        )
        return transport

    def _unbind(self) -> None:
        for server in (self._tcp, self._udp):
            if server is not None:
                server.close()
        self._tcp = self._udp = None

    def shut(self, shut: bool) -> None:
        """Shuts the door, or opens it again on the port it had."""
        if shut:
            self._unbind()
        elif self._tcp is None and self._udp is None:
            task = self.network.loop.create_task(self._bind(self.endpoint[1]))
            task.add_done_callback(lambda done: done.exception())

    def close(self) -> None:
        """Closes the door for good."""
        self._unbind()
        self.network.pulse.guests -= 1


async def open_door(network: Network, address: str, port: int, client: str, kind: str) -> Door:
    """Opens a door; see `Network.endpoint`."""
    door = Door(network, address, port, client, kind)
    await door.open()
    network.pulse.guests += 1
    return door


class Visitor(asyncio.Protocol):
    """One real connection through a door, carried to the service and back."""

    def __init__(self, door: Door) -> None:
        self.door = door
        self.outside: Any = None
        self.inside: End | None = None
        self._waiting: list[bytes] = []
        self._ended = False

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.outside = transport
        self.outside.pause_reading()
        task = self.door.network.loop.create_task(self._enter())
        task.add_done_callback(_swallow)

    async def _enter(self) -> None:
        door = self.door
        try:
            self.inside, _ = await door.network.connect(
                door.client, door.address, door.port, lambda: Carrier(self), door=True
            )
        except OSError:
            self.outside.abort()
            return
        if self._ended:
            self.inside.abort()
        elif not self.outside.is_closing():
            self.outside.resume_reading()

    def data_received(self, data: bytes) -> None:
        if self.inside is not None:
            self.inside.write(data)

    def eof_received(self) -> bool:
        if self.inside is not None:
            self.inside.write_eof()
        return True

    def connection_lost(self, exc: Exception | None) -> None:
        self._ended = True
        if self.inside is not None:
            if exc is None:
                self.inside.close()
            else:
                self.inside.abort()

    def pause_writing(self) -> None:
        if self.inside is not None:
            self.inside.pause_reading()

    def resume_writing(self) -> None:
        if self.inside is not None:
            self.inside.resume_reading()


class Carrier(asyncio.Protocol):
    """The lab's side of a visit: hands what the service says to the real connection."""

    def __init__(self, visitor: Visitor) -> None:
        self.visitor = visitor

    def data_received(self, data: bytes) -> None:
        self.visitor.outside.write(data)

    def eof_received(self) -> bool:
        """The service has ended: a half close is passed on as one, a whole one closes the door."""
        inside, outside = self.visitor.inside, self.visitor.outside
        if inside is None or inside.peer is None or inside.peer.is_closing():
            return False
        if not outside.is_closing():
            outside.write_eof()
        return True

    def connection_lost(self, exc: Exception | None) -> None:
        if exc is None:
            self.visitor.outside.close()
        else:
            self.visitor.outside.abort()

    def pause_writing(self) -> None:
        self.visitor.outside.pause_reading()

    def resume_writing(self) -> None:
        if not self.visitor.outside.is_closing():
            self.visitor.outside.resume_reading()


class UdpVisitors(asyncio.DatagramProtocol):
    """Real datagrams through a door: each real sender gets a UDP socket of the lab for a while."""

    MOST = 256
    """Senders remembered at a time; the oldest is forgotten first."""

    def __init__(self, door: Door) -> None:
        self.door = door
        self.outside: Any = None
        self.ends: dict[Any, UdpEnd] = {}

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.outside = transport

    def datagram_received(self, data: bytes, addr: Any) -> None:
        end = self.ends.get(addr) or self._admit(addr)
        end.sendto(data)

    def _admit(self, addr: Any) -> UdpEnd:
        if len(self.ends) >= self.MOST:
            self.ends.pop(next(iter(self.ends))).close()
        door = self.door
        end, _ = door.network._datagrams.bind(
            door.client, 0, lambda: _Reply(self, addr), (door.address, door.port)
        )
        self.ends[addr] = end
        return end

    def connection_lost(self, exc: Exception | None) -> None:
        for end in self.ends.values():
            end.close()
        self.ends.clear()


class _Reply(asyncio.DatagramProtocol):
    """Carries the service's datagrams back to the real sender."""

    def __init__(self, visitors: UdpVisitors, addr: Any) -> None:
        self.visitors, self.addr = visitors, addr

    def datagram_received(self, data: bytes, addr: Any) -> None:
        if not self.visitors.outside.is_closing():
            self.visitors.outside.sendto(data, self.addr)


def _swallow(task: asyncio.Task[None]) -> None:
    if not task.cancelled():
        task.exception()
