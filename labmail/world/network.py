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
from collections import defaultdict
from collections.abc import Callable
from itertools import count
from typing import TYPE_CHECKING, Any

from .carrier import carrier
from .datagram import Datagrams, UdpEnd
from .doors import Door
from .end import End, Tap
from .faults import Faults
from .handshake import Factory, Handshake, Listener
from .hosts import plain, unreachable
from .link import Endpoint, Link

if TYPE_CHECKING:
    from .capture import Capture
    from .island import Island, Pier
    from .loop import LabLoop
    from .pulse import Pulse

VISITOR = "192.0.2.1"
"""Who a program outside speaks for, unless the town says otherwise (RFC 5737, TEST-NET-1)."""
SYN_TIMEOUT = 127.0
"""Seconds until a connection attempt to a silent host fails, as Linux does with six retries."""
FIRST_PORT, LAST_PORT = 49152, 65535
"""Ports that a client is given (RFC 6335 §6)."""


class Network(Faults):
    """The lab's network on ``loop``. ``latency``: seconds that a packet takes, one way.

    ``visitor`` is the address that programs outside speak for. ``tap(end, data)`` is called with
    every chunk that is written to a connection. ``wire`` is ``memory`` or ``sockets`` (carrier.py).
    """

    def __init__(
        self,
        loop: LabLoop,
        *,
        visitor: str = VISITOR,
        latency: float = 0.0,
        wire: str = "memory",
    ) -> None:
        super().__init__()
        self.loop, self.visitor, self.latency = loop, visitor, latency
        self.carrier = carrier(wire, self)
        self.listeners: dict[Endpoint, Listener] = {}
        self.tap: Tap | None = None
        self.capture: Capture | None = None
        self.syn_timeout = SYN_TIMEOUT
        self.datagrams = Datagrams(self)
        self._links: dict[Endpoint, Link] = {}
        self._handshakes: set[Handshake] = set()
        self._doors: dict[Endpoint, dict[tuple[str, str], Door | Pier]] = defaultdict(dict)
        self.islands: list[Island] = []
        self._numbers = count(1)
        self._ports: defaultdict[str, count[int]] = defaultdict(count)
        self._closed = False
        loop.network = self

    @property
    def pulse(self) -> Pulse:
        return self.loop.pulse

    def changed(self) -> None:
        """A fault has come or gone: connections stand still or go on, doors shut or open."""
        for link in self.links:
            self.afflict(link)
        for endpoint in tuple(self._doors):
            self.follow(endpoint)

    @property
    def links(self) -> tuple[Link, ...]:
        """Every connection that is open or being made."""
        return tuple(self._links.values())

    # -- connections

    async def listen(self, address: str, port: int, factory: Factory) -> Listener:
        """Listens on a port of a host; port 0 takes a free one.

        Raises OSError (EADDRINUSE) if somebody does already, ValueError for an unlisted address.
        """
        address = self.listed(address)
        endpoint = address, port or self.next_port(address)
        if endpoint in self.listeners:
            raise OSError(errno.EADDRINUSE, f"port {port} of {address} is in use already")
        listener = self.listeners[endpoint] = Listener(self, endpoint, factory)
        self.follow(endpoint)
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
        source, target = plain(source), plain(target)
        if not self.exists(target) or self._closed:
            raise unreachable(target)
        client = source, self.next_port(source)
        link = Link(next(self._numbers), client, (target, port), door, cause, letter)
        handshake = Handshake(self, link, factory, 0.0 if door else self.latency)
        self._links[client] = link
        self._handshakes.add(handshake)
        self.afflict(link)
        try:
            return await handshake.run()
        finally:
            self._handshakes.discard(handshake)

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
            *(source, target, port),
            lambda: asyncio.StreamReaderProtocol(reader, loop=self.loop),
            cause=cause,
            letter=letter,
        )
        return reader, asyncio.StreamWriter(transport, protocol, reader, self.loop)

    def next_port(self, address: str) -> int:
        """The next port that a client of this host is given: one that nobody uses."""
        span = LAST_PORT - FIRST_PORT + 1
        for _ in range(span):
            port = FIRST_PORT + next(self._ports[address]) % span
            taken = self._links, self.listeners, self.datagrams
            if not any((address, port) in endpoints for endpoints in taken):
                return port
        raise OSError(errno.EADDRNOTAVAIL, f"no port of {address} is free")

    def forget(self, link: Link) -> None:
        """An end has closed: a connection that both ends have closed is over."""
        if all(end.closed for end in link.ends):
            self._links.pop(link.client, None)
            for line in link.lines:
                line.close()

    @property
    def ends(self) -> tuple[End, ...]:
        """Every open end of a connection."""
        ends = (end for link in self.links for end in link.ends)
        return tuple(end for end in ends if end.begun and not end.closed)

    # -- datagrams

    async def udp(
        self,
        address: str,
        port: int,
        factory: Callable[[], asyncio.DatagramProtocol],
        remote: Endpoint | None = None,
    ) -> tuple[UdpEnd, Any]:
        """A UDP socket of a host; port 0 takes the next free one, ``remote`` connects it."""
        return self.datagrams.bind(plain(address), port, factory, remote)

    async def listen_udp(
        self, address: str, port: int, factory: Callable[[], asyncio.DatagramProtocol]
    ) -> UdpEnd:
        """A UDP server socket. Raises OSError (EADDRINUSE) if the port is taken."""
        return self.datagrams.bind(self.listed(address), port, factory, None)[0]

    async def exchange(
        self, source: str, target: str, port: int, data: bytes, timeout: float
    ) -> bytes:
        """Sends one datagram and waits for the answer to it from the same address and port.

        ``timeout`` is in seconds of the lab's clock. Raises TimeoutError, ConnectionRefusedError
        where nobody listens, and OSError (ENETUNREACH) where the address is not listed.
        """
        return await self.datagrams.exchange(plain(source), (plain(target), port), data, timeout)

    # -- doors

    async def endpoint(
        self, address: str, port: int, *, client: str | None = None, kind: str = "tcp"
    ) -> Endpoint:
        """Opens a door to a service and tells where: a real address and port on loopback.

        Whoever comes through it speaks for ``client``, or the visitor. ``kind`` is ``tcp``,
        ``udp``, or ``dns`` for both on one port number. The same question gets the same door.
        """
        endpoint = self.listed(address), port
        key = (plain(client or self.visitor), kind)
        doors = self._doors[endpoint]
        if key not in doors:
            doors[key] = Door(self, endpoint, *key)
            doors[key].follow()
        return doors[key].endpoint

    def add_pier(self, pier: Pier) -> None:
        """Lets a pier of an island follow what becomes of its service."""
        self._doors[pier.endpoint][(pier.island.addresses[0], "pier")] = pier
        pier.follow()

    def remove_pier(self, pier: Pier) -> None:
        """Takes a pier away."""
        self._doors[pier.endpoint].pop((pier.island.addresses[0], "pier"), None)
        pier.close()

    def follow(self, service: Endpoint) -> None:
        """A service has begun or ended, or a fault has come or gone: its doors open or shut."""
        for door in self._doors[service].values() if service in self._doors else ():
            door.follow()

    async def close(self) -> None:
        """Shuts doors and listeners and resets every connection; then nobody can be reached."""
        self._closed = True
        self.listeners.clear()
        for door in [door for doors in self._doors.values() for door in doors.values()]:
            door.close()
        self._doors.clear()
        for island in tuple(self.islands):
            await island.close()
        self.datagrams.close()
        for _ in range(5):
            for handshake in self._handshakes:
                handshake.fail(unreachable(handshake.link.server[0]))
            for end in self.ends:
                end.abort()
            await asyncio.sleep(0)
        self.carrier.close()
        if self.capture is not None:
            self.capture.close()
