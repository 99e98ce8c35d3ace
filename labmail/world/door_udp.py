"""A door for datagrams: each real sender gets a UDP socket of the lab for a while.

The service sees one lab port per sender, and what it sends there goes back to that sender. A host
that is down swallows what comes; a port where nobody listens is "refused" by the operating system,
because a door that is shut hears nobody.

Try: ``network.endpoint(address, 53, kind="dns")``, then ``dig -p PORT @127.0.0.1 example.com``.
"""

from __future__ import annotations

import asyncio
import socket
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from .datagram import UdpEnd
from .door_tcp import LOOPBACK
from .link import Endpoint

if TYPE_CHECKING:
    from .network import Network

MOST_SENDERS = 256
"""Senders remembered at a time; the oldest is forgotten first."""


class UdpDoor:
    """The leaf of a door that lets datagrams in; shut at first."""

    def __init__(self, network: Network, service: Endpoint, client: str, port: int) -> None:
        self.network, self.service, self.client = network, service, client
        self._socket = self._deaf(port)
        self.endpoint: Endpoint = self._socket.getsockname()
        self._open = False
        self._ends: dict[Any, UdpEnd] = {}

    def place(self, port: int) -> socket.socket:
        """A socket that has a port."""
        return _udp_socket(port)

    def _deaf(self, port: int) -> socket.socket:
        """One that hears only itself: others are told "port unreachable"."""
        sock = self.place(port)
        sock.connect(sock.getsockname())
        return sock

    def finds_somebody(self) -> bool:
        """Whether the network would take a datagram, if only to lose it."""
        network, service = self.network, self.service
        here = service in network.datagrams and not network.is_refused(*service)
        return here or network.is_down(service[0], self.client)

    def set_open(self, open_: bool) -> None:
        """Opens or shuts."""
        if open_ == self._open:
            return
        self._unbind()
        self._open = open_
        port = self.endpoint[1]
        self._socket = self.place(port) if open_ else self._deaf(port)
        if open_:
            self.network.loop.add_reader(self._socket, self._receive)

    def close(self) -> None:
        """Closes for good."""
        self._unbind()
        self._open = False

    def _unbind(self) -> None:
        if self._open:
            self.network.loop.remove_reader(self._socket)
        self._socket.close()
        for end in self._ends.values():
            end.close()
        self._ends.clear()

    def _receive(self) -> None:
        try:
            data, sender = self._socket.recvfrom(65536)
        except OSError:
            return
        end = self._ends.get(sender) or self._admit(sender)
        end.sendto(data)

    def _admit(self, sender: Any) -> UdpEnd:
        if len(self._ends) >= MOST_SENDERS:
            self._ends.pop(next(iter(self._ends))).close()
        end, _ = self.network.datagrams.bind(
            self.client, 0, lambda: _Answers(self, sender), self.service
        )
        end.door = True
        self._ends[sender] = end
        return end

    def answer(self, sender: Any, data: bytes) -> None:
        """Carries what the service says back to the real sender, if he is still there."""
        if self._open:
            with suppress(OSError):
                self._socket.sendto(data, sender)


class _Answers(asyncio.DatagramProtocol):
    """The lab's socket of one real sender."""

    def __init__(self, door: UdpDoor, sender: Any) -> None:
        self.door, self.sender = door, sender

    def datagram_received(self, data: bytes, addr: Any) -> None:
        self.door.answer(self.sender, data)


def _udp_socket(port: int) -> socket.socket:
    sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    try:
        sock.setblocking(False)
        sock.bind((LOOPBACK, port))
    except BaseException:
        sock.close()
        raise
    return sock
