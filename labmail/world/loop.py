"""The event loop that is the world: asyncio's own, with the lab's clock and the lab's network.

Libraries reach the world through their event loop: they ask it what time it is, to connect, to
listen, to work in a thread. So one subclass of asyncio's selector loop is enough for aiosmtpd,
aiosmtplib, streams, time-outs and STARTTLS to live in the lab without knowing it:

    time()               is the lab's clock                             (pulse.py)
    select()             lets time jump when all is quiet               (pulse.py)
    create_connection()  leads to the lab's network                     (network.py)
    run_in_executor()    is counted, and answers in order of asking     (here)

Loopback addresses stay real: that is where the doors are. Everything else is an address of the lab
or does not exist; no name is ever looked up with the machine's resolver.
"""

from __future__ import annotations

import asyncio
import ipaddress
from asyncio import sslproto
from collections.abc import Callable
from itertools import count
from typing import TYPE_CHECKING, Any

from .pulse import Pulse, PulseSelector
from .workers import Workers

if TYPE_CHECKING:
    from .network import Network

JOB = 2
"""Order of a round: connections (0), datagrams (1), results of disk work (2)."""


class LabLoop(asyncio.SelectorEventLoop):
    """An event loop on the lab's time. ``workers`` threads do disk work; with 0 it is done in place."""

    def __init__(self, *, live: bool = False, flow: bool = False, workers: int = 2) -> None:
        self.pulse = Pulse(live=live, flow=flow)
        self.network: Network | None = None
        super().__init__(PulseSelector(self.pulse))
        self._workers = Workers(workers)
        self._jobs = count()

    def time(self) -> float:
        """Seconds since the lab began."""
        return self.pulse.time()

    # -- disk work

    def run_in_executor(  # type: ignore[override]
        self, executor: Any, func: Callable[..., Any], *args: Any
    ) -> asyncio.Future[Any]:
        """Runs ``func(*args)`` in a worker; the lab waits for it before time may move."""
        why, answer = "disk work", self.create_future()
        key = (JOB, next(self._jobs))
        self.pulse.depart(why)

        def landed(result: Any, error: BaseException | None) -> None:
            self.pulse.land(why)
            self.pulse.arrive(key, lambda: _resolve(answer, result, error))

        self._workers.submit(self, landed, func, *args)
        return answer

    async def shutdown_default_executor(self, timeout: float | None = None) -> None:
        """Ends the workers; called once, by whoever closes the loop."""
        self._workers.close()
        await super().shutdown_default_executor()

    # -- the network

    async def create_connection(  # type: ignore[override]
        self,
        protocol_factory: Callable[[], asyncio.BaseProtocol],
        host: str | None = None,
        port: int | None = None,
        *,
        ssl: Any = None,
        server_hostname: str | None = None,
        local_addr: tuple[str, int] | None = None,
        **options: Any,
    ) -> tuple[asyncio.Transport, asyncio.BaseProtocol]:
        """Connects over the lab's network, unless ``host`` is a loopback address or a socket is given."""
        if self.network is None or host is None or _is_loopback(host):
            return await super().create_connection(  # type: ignore[no-any-return]
                protocol_factory,
                host,
                port,
                ssl=ssl,
                server_hostname=server_hostname,
                local_addr=local_addr,
                **options,
            )
        source = local_addr[0] if local_addr else self.network.visitor
        if not ssl:
            return await self.network.connect(source, host, port or 0, protocol_factory)
        wrapper, ready = self._secure(protocol_factory, ssl, server_hostname or host)
        await self.network.connect(source, host, port or 0, lambda: wrapper)
        await ready
        return wrapper._app_transport, wrapper._app_protocol

    def _secure(
        self, factory: Callable[[], asyncio.BaseProtocol], context: Any, name: str
    ) -> tuple[Any, asyncio.Future[None]]:
        ready: asyncio.Future[None] = self.create_future()
        wrapper = sslproto.SSLProtocol(
            self, factory(), context, ready, server_side=False, server_hostname=name
        )
        return wrapper, ready

    async def create_server(  # type: ignore[override]
        self,
        protocol_factory: Callable[[], asyncio.BaseProtocol],
        host: Any = None,
        port: int | None = None,
        **options: Any,
    ) -> Any:
        """Listens on the lab's network, unless ``host`` is a loopback address or a socket is given."""
        if self.network is None or host is None or _is_loopback(host):
            return await super().create_server(protocol_factory, host, port, **options)
        return await self.network.listen(host, port or 0, protocol_factory)

    async def create_datagram_endpoint(  # type: ignore[override]
        self,
        protocol_factory: Callable[[], asyncio.DatagramProtocol],
        local_addr: tuple[str, int] | None = None,
        remote_addr: tuple[str, int] | None = None,
        **options: Any,
    ) -> tuple[Any, asyncio.DatagramProtocol]:
        """A UDP socket of the lab, unless the addresses are loopback or a socket is given."""
        named = remote_addr or local_addr
        if self.network is None or named is None or _is_loopback(named[0]):
            return await super().create_datagram_endpoint(
                protocol_factory, local_addr, remote_addr, **options
            )
        address, port = local_addr or (self.network.visitor, 0)
        return await self.network.udp(address, port, protocol_factory, remote=remote_addr)


def _resolve(answer: asyncio.Future[Any], result: Any, error: BaseException | None) -> None:
    if answer.done():
        return
    if error is not None:
        answer.set_exception(error)
    else:
        answer.set_result(result)


def _is_loopback(host: Any) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
