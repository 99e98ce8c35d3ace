"""Doors: where the reader's own programs meet the lab's servers.

A door is a real socket on loopback, on a port that the operating system chose, so that nothing
collides and nobody needs to be root. What comes in is carried to the real service inside the lab,
as a connection or datagram of the address that the door speaks for; what the service answers is
carried back::

      swaks ──▶ 127.0.0.1:41873 ══ door ══▶ 128.10.30.2:25      (which sees 192.0.2.1)

A door is open while somebody listens behind it. It is shut while its host is down, refuses, or runs
no such service, so that telnet too is told "connection refused"; and it opens again on the same
port. A door that is shut keeps its place with a socket that hears nobody.

Try: ``await network.endpoint("128.10.12.4", 25)``, then ``telnet`` to the answer.
"""

from __future__ import annotations

import errno
from typing import TYPE_CHECKING

from .door_tcp import TcpDoor
from .door_udp import UdpDoor
from .link import Endpoint

if TYPE_CHECKING:
    from .network import Network

Leaf = TcpDoor | UdpDoor
KINDS: dict[str, tuple[type[Leaf], ...]] = {
    "tcp": (TcpDoor,),
    "udp": (UdpDoor,),
    "dns": (UdpDoor, TcpDoor),
}
TRIES = 50
"""Ports tried until one is free for both UDP and TCP, as DNS wants it."""


class Door:
    """A door to ``service``, shut at first; whoever comes in speaks for ``client``.

    ``endpoint`` is where it is. Raises ValueError for an unknown ``kind``, OSError (EADDRINUSE) if
    no port is free, RuntimeError where there are no sockets.
    """

    def __init__(self, network: Network, service: Endpoint, client: str, kind: str) -> None:
        if kind not in KINDS:
            raise ValueError(f"a door of kind {kind!r}: expected one of {', '.join(KINDS)}")
        network.loop.need_sockets()
        self.network, self.service = network, service
        self._leaves = _hang(network, service, client, kind)
        self.endpoint = self._leaves[0].endpoint
        network.pulse.guests += 1

    def follow(self) -> None:
        """Opens or shuts, as a visitor would find the service if he were in the lab."""
        for leaf in self._leaves:
            leaf.set_open(leaf.finds_somebody())

    def close(self) -> None:
        """Closes the door for good, and ends all visits."""
        for leaf in self._leaves:
            leaf.close()
        self.network.pulse.guests -= 1


def _hang(network: Network, service: Endpoint, client: str, kind: str) -> list[Leaf]:
    """The leaves of a door, on one port number."""
    for _ in range(TRIES):
        leaves: list[Leaf] = []
        port = 0
        try:
            for make in KINDS[kind]:
                leaves.append(make(network, service, client, port))
                port = leaves[0].endpoint[1]
            return leaves
        except OSError as error:
            for leaf in leaves:
                leaf.close()
            if error.errno != errno.EADDRINUSE:
                raise
    raise OSError(errno.EADDRINUSE, f"found no port on loopback that is free for {kind}")
