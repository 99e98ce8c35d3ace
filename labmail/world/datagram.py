"""Datagrams of the lab: carried in memory always, because real UDP on a busy machine drops them.

A datagram to a host that is down is lost without a word; one to a port where nobody listens comes
back as "connection refused" if the sender is connected, as ICMP would tell it (RFC 1122 §4.1.3.3).

Law: RFC 768. Try: ``await network.exchange("128.10.12.4", "128.10.12.1", 53, query, 5)``.
"""

from __future__ import annotations

import asyncio
import errno
from collections.abc import Callable
from itertools import count
from typing import TYPE_CHECKING, Any

from .hosts import plain, unreachable
from .link import Endpoint

if TYPE_CHECKING:
    from .network import Network

MOST = 65507
"""Bytes that fit a datagram over IPv4."""


class UdpEnd(asyncio.DatagramTransport):
    """A UDP socket of the lab, as an asyncio transport."""

    def __init__(self, net: Datagrams, local: Endpoint, remote: Endpoint | None) -> None:
        super().__init__({"sockname": local, "peername": remote})
        self.net, self.local, self.remote = net, local, remote
        self.door = False
        """Whether this is a visitor's: datagrams to and from a door take no time."""
        self.protocol: Any = None
        self._closing = False

    def sendto(self, data: Any, addr: Any = None) -> None:
        """Sends ``data`` to ``addr``, or to the address that the socket is connected to.

        Raises ValueError where there is neither, OSError (EMSGSIZE) for more than 65,507 bytes.
        """
        target = addr or self.remote
        if target is None:
            raise ValueError("no address: the socket is not connected and none was given")
        if len(data) > MOST:
            raise OSError(errno.EMSGSIZE, f"Message too long: {len(data)} bytes, {MOST} fit")
        if not self._closing:
            self.net.send(self, (plain(target[0]), target[1]), bytes(data))

    def tell(self, error: OSError) -> None:
        """Tells the protocol of an error that came back from the network."""
        if not self._closing:
            self.protocol.error_received(error)

    def is_closing(self) -> bool:
        return self._closing

    def close(self) -> None:
        if not self._closing:
            self._closing = True
            self.net.release(self.local)
            self.net.network.loop.call_soon(self.protocol.connection_lost, None)

    abort = close


class Datagrams:
    """All UDP sockets of a network, and the way between them."""

    def __init__(self, network: Network) -> None:
        self.network = network
        self.sockets: dict[Endpoint, UdpEnd] = {}
        self._numbers = count()

    def __contains__(self, endpoint: Endpoint) -> bool:
        return endpoint in self.sockets

    def bind(
        self,
        address: str,
        port: int,
        factory: Callable[[], asyncio.DatagramProtocol],
        remote: Endpoint | None,
    ) -> tuple[UdpEnd, Any]:
        """A socket and its protocol. Raises OSError (EADDRINUSE) if the port is taken."""
        local = (address, port or self.network.next_port(address))
        if local in self.sockets:
            raise OSError(errno.EADDRINUSE, f"UDP port {port} of {address} is in use already")
        end = UdpEnd(self, local, remote)
        end.protocol = factory()
        self.sockets[local] = end
        self.network.follow(local)
        end.protocol.connection_made(end)
        return end, end.protocol

    def release(self, local: Endpoint) -> None:
        """A socket has closed."""
        self.sockets.pop(local, None)
        self.network.follow(local)

    def send(self, sender: UdpEnd, target: Endpoint, data: bytes) -> None:
        """Puts a datagram on its way; tells nobody if it is lost."""
        network = self.network
        if not network.exists(target[0]) and target not in self.sockets:
            network.loop.call_soon(sender.tell, unreachable(target[0]))
            return
        if network.capture is not None:
            network.capture.datagram(sender.local, target, data)
        if network.passes(sender.local[0], target):
            self._carry(sender, target, lambda: self._arrive(sender, target, data))

    def _carry(self, sender: UdpEnd, target: Endpoint, arrive: Callable[[], None]) -> None:
        pulse, key = self.network.pulse, (1, next(self._numbers))
        receiver = self.sockets.get(target)
        at_door = sender.door or (receiver is not None and receiver.door)
        way = self.network.delay_between(sender.local[0], target[0])
        if not at_door:
            way += self.network.latency
        if way:
            pulse.fly(pulse.time() + way, key, arrive)
        else:
            pulse.arrive(key, arrive)

    def _arrive(self, sender: UdpEnd, target: Endpoint, data: bytes) -> None:
        if not self.network.passes(sender.local[0], target):
            return
        receiver = self.sockets.get(target)
        if receiver is None or self.network.is_refused(*target):
            self._refuse(sender, target)
        elif receiver.remote in (None, sender.local):
            receiver.protocol.datagram_received(data, sender.local)

    def _refuse(self, sender: UdpEnd, target: Endpoint) -> None:
        """ICMP's "port unreachable": only a connected socket is told of it."""
        if sender.remote == target:
            text = f"Connection refused by {target[0]} port {target[1]}"
            error = ConnectionRefusedError(errno.ECONNREFUSED, text)
            self._carry(sender, target, lambda: sender.tell(error))

    async def exchange(self, source: str, target: Endpoint, data: bytes, timeout: float) -> bytes:
        """One question and its answer; see `Network.exchange`."""
        answer: asyncio.Future[bytes] = self.network.loop.create_future()
        end, _ = self.bind(source, 0, lambda: _Question(answer), target)
        try:
            end.sendto(data)
            return await asyncio.wait_for(answer, timeout)
        except TimeoutError:
            text = f"no answer from {target[0]} port {target[1]} in {timeout:g} s"
            raise TimeoutError(errno.ETIMEDOUT, text) from None
        finally:
            end.close()

    def close(self) -> None:
        for end in list(self.sockets.values()):
            end.close()


class _Question(asyncio.DatagramProtocol):
    """The asking side of `Datagrams.exchange`: the first answer counts."""

    def __init__(self, answer: asyncio.Future[bytes]) -> None:
        self.answer = answer

    def datagram_received(self, data: bytes, addr: Any) -> None:
        if not self.answer.done():
            self.answer.set_result(data)

    def error_received(self, exc: Exception) -> None:
        if not self.answer.done():
            self.answer.set_exception(exc)
