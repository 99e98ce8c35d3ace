"""A pier: another host's port, as the programs of an island find it.

It is a door (doors.py) that stands on the island, at the lab address and port themselves: whoever
connects there speaks for the island's own address. Three states, as a stranger's port has them::

    open       somebody listens in the lab, and the way is free
    refuses    nobody listens, or the host says no: connection refused
    silent     the host is down or the way is cut: no answer at all, as long as TCP has patience

For the third, the kernel is brought to drop what knocks: a queue of one, and one stands in it.

Try: ``Pier.build(island, ("128.10.30.2", 25))``.
"""

from __future__ import annotations

import socket
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from ..door_tcp import BACKLOG, TcpDoor
from ..door_udp import UdpDoor

if TYPE_CHECKING:
    from ..link import Endpoint
    from .island import Island

NAMES = 53
"""The port where datagrams are answered, too."""


class Pier:
    """The pier of ``island`` for ``service``, shut at first."""

    def __init__(self, island: Island, service: Endpoint) -> None:
        self.island, self.endpoint = island, service
        self._leaves: list[TcpPier | UdpPier] = [TcpPier(island, service)]
        if service[1] == NAMES:
            self._leaves.append(UdpPier(island, service))

    @classmethod
    def build(cls, island: Island, service: Endpoint) -> Pier:
        """A pier that follows what becomes of its service. Raises OSError."""
        pier = cls(island, service)
        island.piers.append(pier)
        island.network.add_pier(pier)
        return pier

    def follow(self) -> None:
        """Opens, refuses or falls silent, as the service would be found from the lab."""
        for leaf in self._leaves:
            leaf.set_open(leaf.finds_somebody())

    def close(self) -> None:
        """Takes the pier away, and ends all visits. Safe to call twice."""
        leaves, self._leaves = self._leaves, []
        for leaf in leaves:
            leaf.close()


class TcpPier(TcpDoor):
    """The leaf for connections."""

    from_outside = False

    def __init__(self, island: Island, service: Endpoint) -> None:
        self._island = island
        self._stopper: socket.socket | None = None
        source = island.source(service[0]) or island.addresses[0]
        super().__init__(island.network, service, source, service[1])

    def place(self, port: int) -> socket.socket:
        sock = self._island.make_socket(self.service[0], socket.SOCK_STREAM)
        try:
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            sock.bind((self.service[0], port))
        except BaseException:
            sock.close()
            raise
        return sock

    def speaks_for(self, caller: Any) -> str:
        return caller[0]

    def finds_somebody(self) -> bool:
        return super().finds_somebody() and not self._cut_off()

    def _cut_off(self) -> bool:
        """Whether what is said here gets no answer."""
        network = self.network
        there_and_back = network.passes(self.client, self.service) and network.passes(
            self.service[0], (self.client, 0)
        )
        return not there_and_back

    def set_open(self, open_: bool) -> None:
        silent = not open_ and self._cut_off()
        if silent == (self._stopper is not None):
            super().set_open(open_)
            return
        if silent:
            super().set_open(False)
            self._fall_silent()
        else:
            self._speak_again(open_)

    def _fall_silent(self) -> None:
        """A queue of one, and one in it: the kernel answers nobody else (listen(2))."""
        self._socket.listen(0)
        self._stopper = self._island.make_socket(self.service[0], socket.SOCK_STREAM)
        with suppress(BlockingIOError):
            self._stopper.connect(self.service)

    def _speak_again(self, open_: bool) -> None:
        """The queue moves on. Whoever still knocks is let in, or hears "refused"."""
        assert self._stopper is not None
        self._stopper.close()
        self._stopper = None
        if open_:
            with suppress(OSError):
                self._socket.accept()[0].close()
            self._socket.listen(BACKLOG)
            self._open = True
            self._watch(True)
        else:
            self._socket.close()
            self._socket = self.place(self.service[1])

    def close(self) -> None:
        if self._stopper is not None:
            self._stopper.close()
        super().close()


class UdpPier(UdpDoor):
    """The leaf for datagrams."""

    def __init__(self, island: Island, service: Endpoint) -> None:
        self._island = island
        source = island.source(service[0]) or island.addresses[0]
        super().__init__(island.network, service, source, service[1])

    def place(self, port: int) -> socket.socket:
        sock = self._island.make_socket(self.service[0], socket.SOCK_DGRAM)
        try:
            sock.bind((self.service[0], port))
        except BaseException:
            sock.close()
            raise
        return sock
