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
        self.protocol: Any = None
        self._closing = False

    def sendto(self, data: Any, addr: Any = None) -> None:
        """Sends ``data`` to ``addr``, or to the address that the socket is connected to."""
        target = addr or self.remote
        if target is None:
            raise ValueError("no address: the socket is not connected and none was given")
        if len(data) > MOST:
            raise OSError(errno.EMSGSIZE, f"Message too long: {len(data)} bytes, {MOST} fit")
        if not self._closing:
            self.net.send(self, (target[0], target[1]), bytes(data))

    def is_closing(self) -> bool:
        return self._closing

    def close(self) -> None:
        if not self._closing:
            self._closing = True
            self.net.sockets.pop(self.local, None)
            asyncio.get_running_loop().call_soon(self.protocol.connection_lost, None)

    abort = close


class Datagrams:
    """All UDP sockets of a network, and the way between them."""

    def __init__(self, network: Network) -> None:
        self.network = network
        self.sockets: dict[Endpoint, UdpEnd] = {}
        self._numbers = count()

    def bind(
        self,
        address: str,
        port: int,
        factory: Callable[[], asyncio.DatagramProtocol],
        remote: Endpoint | None,
    ) -> tuple[UdpEnd, Any]:
        local = (address, port or self.network.next_port(address))
        if local in self.sockets:
            raise OSError(errno.EADDRINUSE, f"UDP port {port} of {address} is in use already")
        end = UdpEnd(self, local, remote)
        end.protocol = factory()
        self.sockets[local] = end
        end.protocol.connection_made(end)
        return end, end.protocol

    def send(self, sender: UdpEnd, target: Endpoint, data: bytes) -> None:
        network = self.network
        listed = target[0] in network.hosts or target in self.sockets
        if not listed:
            error = OSError(errno.ENETUNREACH, f"Network is unreachable: {target[0]} is not listed")
            network.loop.call_soon(sender.protocol.error_received, error)
            return
        if network.is_down(target[0]) or network.is_down(sender.local[0]):
            return
        key = (1, next(self._numbers))
        if network.latency:
            due = network.pulse.time() + network.latency
            network.pulse.fly(due, key, lambda: self._arrive(sender, target, data))
        else:
            network.pulse.arrive(key, lambda: self._arrive(sender, target, data))

    def _arrive(self, sender: UdpEnd, target: Endpoint, data: bytes) -> None:
        receiver = self.sockets.get(target)
        if self.network.is_down(target[0]):
            return
        if receiver is None or self.network.shut(*target):
            if sender.remote == target and not sender.is_closing():
                refused = ConnectionRefusedError(
                    errno.ECONNREFUSED, f"Connection refused by {target[0]} port {target[1]}"
                )
                sender.protocol.error_received(refused)
            return
        if receiver.remote in (None, sender.local):
            receiver.protocol.datagram_received(data, sender.local)

    async def exchange(
        self, source: str, target: Endpoint, data: bytes, timeout: float
    ) -> bytes:
        loop = asyncio.get_running_loop()
        answer: asyncio.Future[bytes] = loop.create_future()
        end, _ = self.bind(source, 0, lambda: _Question(answer), target)
        try:
            end.sendto(data)
            return await asyncio.wait_for(answer, timeout)
        except TimeoutError:
            raise TimeoutError(
                errno.ETIMEDOUT, f"no answer from {target[0]} port {target[1]} in {timeout:g} s"
            ) from None
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
