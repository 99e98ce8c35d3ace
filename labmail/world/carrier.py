"""How bytes get from one end of a connection to the other: in memory, or over real sockets.

Order, flow control, faults and the lab's time are the line's (link.py) and the same for both. A
carrier only makes the two lines of a connection:

    Memory      what is written lies on the line until it is handed over: no socket, no descriptor
    Sockets     what is written crosses a TCP connection of the machine's kernel, on loopback, and
                lies on the line when it has come out at the other side (cable.py)

The first is the default. The second is the proof that it tells the truth: the same journey gives
the same trace on both, event for event. Doors lead from real sockets into memory on either.

Try: ``simulate(main, wire="sockets")``.
"""

from __future__ import annotations

import socket
from typing import TYPE_CHECKING

from .cable import Cable
from .link import Line, Link

if TYPE_CHECKING:
    from .network import Network

LOOPBACK = "127.0.0.1"


class Memory:
    """Carries in memory."""

    def __init__(self, network: Network) -> None:
        self.network = network

    def lines(self, link: Link, latency: float) -> tuple[Line, Line]:
        """The lines of a new connection: from the client, from the server."""
        return Line(self.network, link, 0, latency), Line(self.network, link, 1, latency)

    def close(self) -> None:
        """Ends what the carrier keeps open."""


class Sockets(Memory):
    """Carries each connection over a real one. Raises OSError when no descriptor is left."""

    def __init__(self, network: Network) -> None:
        super().__init__(network)
        network.loop.need_sockets()
        self._listener: socket.socket | None = None

    def lines(self, link: Link, latency: float) -> tuple[Line, Line]:
        if link.door:
            return super().lines(link, latency)
        return Cable(self.network, link, latency, *self._pair()).lines

    def _pair(self) -> tuple[socket.socket, socket.socket]:
        """Two ends of a TCP connection: the kernel completes it while nobody has accepted yet."""
        if self._listener is None:
            self._listener = _listener()
        client = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
        try:
            client.connect(self._listener.getsockname())
            return client, _accept(self._listener, client.getsockname())
        except BaseException:
            client.close()
            raise

    def close(self) -> None:
        if self._listener is not None:
            self._listener.close()
            self._listener = None


def _listener() -> socket.socket:
    # Made with IPPROTO_TCP, as the doors are: see door_tcp.py.
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    try:
        listener.bind((LOOPBACK, 0))
        listener.listen()
    except BaseException:
        listener.close()
        raise
    return listener


def _accept(listener: socket.socket, caller: tuple[str, int]) -> socket.socket:
    """The connection of this caller; somebody else on this machine who calls is turned away."""
    while True:
        sock, who = listener.accept()
        if who == caller:
            return sock
        sock.close()


CARRIERS: dict[str, type[Memory]] = {"memory": Memory, "sockets": Sockets}


def carrier(wire: str, network: Network) -> Memory:
    """The carrier of this name. Raises ValueError for an unknown one."""
    if wire not in CARRIERS:
        raise ValueError(f"a wire of {wire!r}: expected one of {', '.join(CARRIERS)}")
    return CARRIERS[wire](network)
