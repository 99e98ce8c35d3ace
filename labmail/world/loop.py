"""The event loop that is the world: asyncio's own, with the lab's clock and the lab's network.

Libraries reach the world through their event loop: they ask it what time it is, to connect, to
listen, to work in a thread. So one subclass of asyncio's selector loop is enough for aiosmtpd,
aiosmtplib, streams, time-outs and STARTTLS to live in the lab without knowing it:

    time()               is the lab's clock                             (pulse.py)
    select()             lets time jump when all is quiet               (selector.py, pulse.py)
    create_connection()  leads to the lab's network                     (network.py)
    run_in_executor()    is counted, and answers in order of asking     (here)

Loopback addresses stay real: that is where the doors are. Everything else is an address of the lab
or does not exist; no name is ever looked up with the machine's resolver.
"""

from __future__ import annotations

import asyncio
import errno
import ipaddress
import socket
from asyncio import sslproto
from collections.abc import Callable
from itertools import count
from selectors import BaseSelector
from typing import TYPE_CHECKING, Any

from .hosts import unreachable
from .pulse import FAR, Pulse
from .selector import PulseSelector
from .workers import Workers

if TYPE_CHECKING:
    from .network import Network

JOB = 2
"""Order of a round: connections (0), datagrams (1), results of disk work (2)."""

Factory = Callable[[], asyncio.BaseProtocol]
Address = tuple[Any, ...]


class LabLoop(asyncio.SelectorEventLoop):
    """An event loop on the lab's time. ``workers`` threads do disk work; with 0: done in place.

    ``watch`` is the selector that watches real sockets, the machine's own unless given.
    """

    def __init__(
        self,
        *,
        live: bool = False,
        flow: bool = False,
        workers: int = 2,
        watch: BaseSelector | None = None,
    ) -> None:
        self.pulse = Pulse(live=live, flow=flow)
        self.network: Network | None = None
        super().__init__(PulseSelector(self.pulse, watch))
        self._workers = Workers(workers)
        self._jobs = count()

    def need_sockets(self) -> None:
        """Raises RuntimeError where there are no sockets (thin.py)."""

    # -- time

    def time(self) -> float:
        """Seconds since the lab began."""
        return self.pulse.time()

    def call_at(  # type: ignore[override]
        self, when: float, callback: Callable[..., Any], *args: Any, context: Any = None
    ) -> asyncio.TimerHandle:
        """A timer; one that is far away is told to the pulse, which must know where to jump."""
        handle = super().call_at(when, callback, *args, context=context)
        if when - self.time() >= FAR:
            self.pulse.far_timer(handle)
        return handle

    # -- disk work

    def run_in_executor(  # type: ignore[override]
        self, executor: Any, func: Callable[..., Any], *args: Any
    ) -> asyncio.Future[Any]:
        """Runs ``func(*args)`` in a worker; nothing is handed over in the lab until it ends.

        So it is for disk work: a function that itself waits for the lab, such as a blocking
        client of one of its servers, would wait for ever. Those belong outside, at a door.
        """
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

    # -- connections

    async def create_connection(  # type: ignore[override]
        self,
        protocol_factory: Factory,
        host: Any = None,
        port: Any = None,
        *,
        ssl: Any = None,
        server_hostname: str | None = None,
        local_addr: Address | None = None,
        **options: Any,
    ) -> tuple[asyncio.Transport, asyncio.BaseProtocol]:
        """Connects over the lab's network, unless ``host`` is loopback or a socket is given."""
        network = self.network
        if network is None or host is None or _is_loopback(host):
            options |= {"ssl": ssl, "server_hostname": server_hostname, "local_addr": local_addr}
            return await super().create_connection(protocol_factory, host, port, **options)
        source = self._source(network, local_addr)
        if not ssl:
            return await network.connect(source, host, port, protocol_factory)
        name = host if server_hostname is None else server_hostname
        ready = self.create_future()
        transport, secure = await network.connect(
            source, host, port, self._secured(protocol_factory, ssl, options, name, ready)
        )
        try:
            await ready
        except BaseException:
            transport.abort()
            raise
        return secure._get_app_transport(), secure._app_protocol

    def _source(self, network: Network, local: Address | None) -> str:
        unspecified = local is None or local[0] in (None, "", "0.0.0.0", "::")
        return network.visitor if unspecified else local[0]  # type: ignore[index]

    def _secured(
        self,
        factory: Factory,
        ssl: Any,
        options: dict[str, Any],
        name: str | None = None,
        ready: asyncio.Future[None] | None = None,
    ) -> Factory:
        """A factory whose protocols speak TLS: a client's with the ``name`` of its server."""
        context: Any = None if isinstance(ssl, bool) else ssl
        waiter: Any = ready
        times: dict[str, Any] = {
            key: options.get(key) for key in ("ssl_handshake_timeout", "ssl_shutdown_timeout")
        }
        return lambda: sslproto.SSLProtocol(
            self, factory(), context, waiter, name is None, name, **times
        )

    async def create_server(
        self, protocol_factory: Factory, host: Any = None, port: Any = None, **options: Any
    ) -> Any:
        """Listens on the lab's network, unless ``host`` is loopback or a socket is given.

        Raises OSError (EADDRNOTAVAIL) without an address: it would be one of the machine's own.
        """
        network = self.network
        if network is None or options.get("sock") is not None or _is_loopback(host):
            return await super().create_server(protocol_factory, host, port, **options)
        if not host:
            raise OSError(errno.EADDRNOTAVAIL, "a server of the lab needs an address of the lab")
        if ssl := options.get("ssl"):
            protocol_factory = self._secured(protocol_factory, ssl, options)
        return await network.listen(host, port or 0, protocol_factory)

    async def create_datagram_endpoint(  # type: ignore[override]
        self,
        protocol_factory: Callable[[], asyncio.DatagramProtocol],
        local_addr: Address | None = None,
        remote_addr: Address | None = None,
        **options: Any,
    ) -> tuple[Any, asyncio.DatagramProtocol]:
        """A UDP socket of the lab, unless an address is loopback or a socket is given."""
        network, named = self.network, remote_addr or local_addr
        real = options.get("sock") is not None or (named is not None and _is_loopback(named[0]))
        if network is None or real:
            return await super().create_datagram_endpoint(
                protocol_factory, local_addr, remote_addr, **options
            )
        port = local_addr[1] if local_addr else 0
        remote = (remote_addr[0], remote_addr[1]) if remote_addr else None
        source = self._source(network, local_addr)
        return await network.udp(source, port, protocol_factory, remote=remote)

    # -- the machine's network is not the lab's

    async def sock_connect(self, sock: socket.socket, address: Any) -> None:
        """Connects a real socket, to loopback only."""
        if sock.family in (socket.AF_INET, socket.AF_INET6) and not _is_loopback(address[0]):
            raise unreachable(address[0])
        await super().sock_connect(sock, address)

    async def getaddrinfo(self, host: Any, port: Any, **options: Any) -> Any:
        """Numbers only: names are for the lab's own resolver. Raises `socket.gaierror`."""
        try:
            ipaddress.ip_address(host)
        except ValueError:
            text = f"{host!r} is a name: only the lab's own resolver answers for names"
            raise socket.gaierror(socket.EAI_NONAME, text) from None
        return socket.getaddrinfo(host, port, **options)

    async def getnameinfo(self, sockaddr: Any, flags: int = 0) -> tuple[str, str]:
        """Numbers only."""
        numeric = socket.NI_NUMERICHOST | socket.NI_NUMERICSERV
        return socket.getnameinfo(sockaddr, flags | numeric)


def _resolve(answer: asyncio.Future[Any], result: Any, error: BaseException | None) -> None:
    if answer.done():
        return
    if isinstance(error, StopIteration):
        error = RuntimeError(f"the work ended with {error!r}, which a future cannot carry")
    if error is not None:
        answer.set_exception(error)
    else:
        answer.set_result(result)


def _is_loopback(host: Any) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
