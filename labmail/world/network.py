"""The lab's network: a small internet in one process.

Hosts have lab addresses (``128.10.12.2``), ports mean what they say (25 is 25), and only addresses
that the town lists exist: everything else, real addresses too, is unreachable. Inside the lab bytes
travel in memory. A program outside, telnet or swaks or Thunderbird, comes in through a *door*, a
real socket on loopback (doors.py), and speaks for the town's visitor address::

      mail.example.com            mail.ask.com
       128.10.12.4 ───────────▶ 128.10.30.2:25
                                      ▲
      swaks ──▶ 127.0.0.1:41873 ══════╝     (a door; the server sees 192.0.2.1)

Law: RFC 9293 (TCP), RFC 768 (UDP). Try: ``await network.connect(source, target, 25, factory)``.
"""

from __future__ import annotations

import asyncio
import errno
import os
from collections import defaultdict
from collections.abc import Callable
from itertools import count
from typing import TYPE_CHECKING, Any

from .datagram import Datagrams, UdpEnd
from .doors import Door, open_door
from .link import End, Endpoint, Line, Link, Tap

if TYPE_CHECKING:
    from .loop import LabLoop
    from .pulse import Pulse

VISITOR = "192.0.2.1"
"""Who a program outside speaks for, unless the town says otherwise (RFC 5737, TEST-NET-1)."""
SYN_TIMEOUT = 127.0
"""Seconds until a connection attempt to a silent host fails, as Linux does with six retries."""
FIRST_PORT, LAST_PORT = 49152, 65535
"""Ports that a client is given (RFC 6335 §6)."""

Factory = Callable[[], asyncio.BaseProtocol]


class Listener:
    """A server socket of the lab: what `Network.listen` gives. It has asyncio.Server's manners."""

    def __init__(self, network: Network, address: Endpoint, factory: Factory) -> None:
        self.network, self.address, self.factory = network, address, factory

    def close(self) -> None:
        """Takes no more connections; those that are open stay open."""
        self.network.listeners.pop(self.address, None)

    async def wait_closed(self) -> None:
        """Returns at once: a listener of the lab has nothing to wait for."""

    def is_serving(self) -> bool:
        return self.network.listeners.get(self.address) is self


class Network:
    """The lab's network on ``loop``. ``latency``: seconds that a packet takes, one way.

    ``visitor`` is the address that programs outside speak for. ``tap(end, data)`` is called with
    every chunk that is written to a connection.
    """

    def __init__(self, loop: LabLoop, *, visitor: str = VISITOR, latency: float = 0.0) -> None:
        self.loop, self.visitor, self.latency = loop, visitor, latency
        self.listeners: dict[Endpoint, Listener] = {}
        self.tap: Tap | None = None
        self.syn_timeout = SYN_TIMEOUT
        self._hosts: set[str] = set()
        self._down: set[str] = set()
        self._refused: set[Endpoint] = set()
        self._ends: dict[End, None] = {}
        self._doors: dict[tuple[str, int, str, str], Door] = {}
        self._numbers = count(1)
        self._ports: defaultdict[str, count[int]] = defaultdict(lambda: count(0))
        self._datagrams = Datagrams(self)
        loop.network = self

    @property
    def pulse(self) -> Pulse:
        return self.loop.pulse

    # -- who exists

    def add_host(self, *addresses: str) -> None:
        """Lists addresses, IPv4 or IPv6, as existing."""
        self._hosts.update(addresses)

    @property
    def hosts(self) -> frozenset[str]:
        """Every address that exists."""
        return frozenset(self._hosts)

    def down(self, address: str) -> None:
        """Switches a host off: what is sent to it or by it is lost, and its doors are shut."""
        self._check_listed(address)
        self._down.add(address)
        self._hold()

    def up(self, address: str) -> None:
        """Switches it on again; what TCP still held for it arrives now."""
        self._check_listed(address)
        self._down.discard(address)
        self._hold()

    def refuse(self, address: str, port: int) -> None:
        """Lets a host refuse connections to a port, as if nothing listened there."""
        self._check_listed(address)
        self._refused.add((address, port))
        self._hold()

    def allow(self, address: str, port: int) -> None:
        """Takes `refuse` back."""
        self._refused.discard((address, port))
        self._hold()

    def is_down(self, address: str) -> bool:
        return address in self._down

    def shut(self, address: str, port: int) -> bool:
        """Whether a connection from outside would find nobody there."""
        return address in self._down or (address, port) in self._refused

    def _check_listed(self, address: str) -> None:
        if address not in self._hosts:
            known = ", ".join(sorted(self._hosts)) or "none"
            raise ValueError(f"{address} is not an address of this lab; it has {known}")

    def _hold(self) -> None:
        for end in self._ends:
            line = end.incoming
            line.held = not self._down.isdisjoint((end.link.client[0], end.link.server[0]))
            line.ring()
        for door in self._doors.values():
            door.shut(self.shut(door.address, door.port))

    # -- connections

    async def listen(self, address: str, port: int, factory: Factory) -> Listener:
        """Listens on a port of a host. Raises OSError (EADDRINUSE) if somebody does already."""
        self._check_listed(address)
        if (address, port) in self.listeners:
            raise _os_error(errno.EADDRINUSE, f"port {port} of {address} is in use already")
        listener = Listener(self, (address, port), factory)
        self.listeners[address, port] = listener
        return listener

    async def connect(
        self,
        source: str,
        target: str,
        port: int,
        factory: Factory,
        *,
        cause: str | None = None,
        letter: str | None = None,
        door: bool = False,
    ) -> tuple[End, Any]:
        """Connects a host to a port of another; gives the transport and the client's protocol.

        Raises OSError: ENETUNREACH where ``target`` is not listed, ConnectionRefusedError where
        nobody listens, TimeoutError where the host is down (after `syn_timeout` seconds).
        """
        await self._reach(source, target, port)
        link = Link(
            next(self._numbers),
            (source, self.next_port(source)),
            (target, port),
            door=door,
            cause=cause,
            letter=letter,
        )
        connected: asyncio.Future[Any] = self.loop.create_future()
        latency = 0.0 if door else self.latency
        out = Line(self, (0, link.number, 0), latency)
        back = Line(self, (0, link.number, 1), latency)
        client = End(link, out, back, server=False)
        out.signal(lambda: self._accept(link, out, back, client, factory, connected))
        try:
            return client, await connected
        except asyncio.CancelledError:
            if client.get_protocol() is not None:
                client.abort()
            raise

    async def _reach(self, source: str, target: str, port: int) -> None:
        if target not in self._hosts:
            raise _os_error(
                errno.ENETUNREACH, f"Network is unreachable: {target} is not an address of this lab"
            )
        if target in self._down or source in self._down:
            await asyncio.sleep(self.syn_timeout)
            if target in self._down or source in self._down:
                raise TimeoutError(errno.ETIMEDOUT, f"Connection timed out: no answer from {target}")

    def _accept(
        self,
        link: Link,
        out: Line,
        back: Line,
        client: End,
        factory: Factory,
        connected: asyncio.Future[Any],
    ) -> None:
        """The SYN has arrived: the server's side begins, or refuses."""
        listener = self.listeners.get(link.server)
        if listener is None or link.server in self._refused:
            back.signal(lambda: _refuse(link, connected))
            return
        back.signal(lambda: self._complete(client, factory, connected))
        server = End(link, back, out, server=True)
        self._ends[server] = None
        protocol = listener.factory()
        server.set_protocol(protocol)
        protocol.connection_made(server)

    def _complete(self, client: End, factory: Factory, connected: asyncio.Future[Any]) -> None:
        """The SYN has been answered: the client's side begins."""
        self._ends[client] = None
        protocol = factory() if not connected.cancelled() else asyncio.Protocol()
        client.set_protocol(protocol)
        protocol.connection_made(client)
        if connected.cancelled():
            client.abort()
        else:
            connected.set_result(protocol)

    async def open_stream(
        self,
        source: str,
        target: str,
        port: int,
        *,
        cause: str | None = None,
        letter: str | None = None,
        limit: int = 65536,
    ) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        """`connect`, with asyncio's stream reader and writer on top."""
        reader = asyncio.StreamReader(limit=limit, loop=self.loop)
        transport, protocol = await self.connect(
            source,
            target,
            port,
            lambda: asyncio.StreamReaderProtocol(reader, loop=self.loop),
            cause=cause,
            letter=letter,
        )
        return reader, asyncio.StreamWriter(transport, protocol, reader, self.loop)

    def next_port(self, address: str) -> int:
        """The next port that a client of this host is given."""
        span = LAST_PORT - FIRST_PORT + 1
        return FIRST_PORT + next(self._ports[address]) % span

    def forget(self, end: End) -> None:
        """An end has closed."""
        self._ends.pop(end, None)

    @property
    def ends(self) -> tuple[End, ...]:
        """Every open end of a connection."""
        return tuple(self._ends)

    # -- datagrams

    async def udp(
        self,
        address: str,
        port: int,
        factory: Callable[[], asyncio.DatagramProtocol],
        remote: Endpoint | None = None,
    ) -> tuple[UdpEnd, Any]:
        """A UDP socket of a host; port 0 takes the next free one, ``remote`` connects it."""
        return self._datagrams.bind(address, port, factory, remote)

    async def listen_udp(
        self, address: str, port: int, factory: Callable[[], asyncio.DatagramProtocol]
    ) -> UdpEnd:
        """A UDP server socket. Raises OSError (EADDRINUSE) if the port is taken."""
        self._check_listed(address)
        return self._datagrams.bind(address, port, factory, None)[0]

    async def exchange(
        self, source: str, target: str, port: int, data: bytes, timeout: float
    ) -> bytes:
        """Sends one datagram and waits for the answer to it from the same address and port.

        ``timeout`` is in seconds of the lab's clock. Raises TimeoutError, ConnectionRefusedError
        where nobody listens, and OSError (ENETUNREACH) where the address is not listed.
        """
        return await self._datagrams.exchange(source, (target, port), data, timeout)

    # -- doors

    async def endpoint(
        self, address: str, port: int, *, client: str | None = None, kind: str = "tcp"
    ) -> Endpoint:
        """Opens a door to a service and tells where: a real address and port on loopback.

        Whoever comes through it speaks for ``client``, or the visitor. ``kind`` is ``tcp``,
        ``udp``, or ``dns`` for both on one port number. The same question gets the same door.
        """
        self._check_listed(address)
        key = (address, port, client or self.visitor, kind)
        if key not in self._doors:
            self._doors[key] = await open_door(self, *key)
            self._doors[key].shut(self.shut(address, port))
        return self._doors[key].endpoint

    async def close(self) -> None:
        """Shuts doors and listeners and resets every connection."""
        for door in self._doors.values():
            door.close()
        self._doors.clear()
        self.listeners.clear()
        self._datagrams.close()
        for _ in range(5):
            await asyncio.sleep(0)
            for end in self.ends:
                end.abort()


def _refuse(link: Link, connected: asyncio.Future[Any]) -> None:
    if not connected.done():
        address, port = link.server
        connected.set_exception(
            ConnectionRefusedError(errno.ECONNREFUSED, f"Connection refused by {address} port {port}")
        )


def _os_error(number: int, text: str) -> OSError:
    error = OSError(number, text)
    error.strerror = text or os.strerror(number)
    return error
