"""An island: real programs of this machine that live at a lab address.

A host of the lab is a folder and an address. On an island both are true for a program that knows
nothing of the lab: it sees the folder as its root, the address on its interface, and the rest of
the town where the town's name server says. Everything that it says to others comes ashore at a
*pier* and goes on over the lab's own network, and whoever calls it *lands*; so faults, captures
and traces are as they always are::

    ┌───────────── island 128.10.12.4 ────────────┐
    │  exim4 ──▶ 128.10.30.2:25  (pier) ══════════╪══▶ lab ──▶ landing at 128.10.30.2:25
    │    ▲   └─▶ 128.10.12.1:53  (pier) ══════════╪══▶ lab ──▶ our name server
    │    └────── 128.10.12.4:587 (landing) ◀══════╪═══ lab ◀── alice's user agent
    └─────────────────────────────────────────────┘

Underneath are Linux's namespaces: of network, mounts, processes and names. They are made by a
second process, the warden (`line`), and go with it. It takes root, Linux, and a live clock.

Law: namespaces(7). Try: ``island = await Island.found(network, folder, "mail", ["128.10.12.4"])``,
then ``await island.run(["hostname"])``.
"""

from __future__ import annotations

import asyncio
import os
import socket
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from .here import why_not
from .kernel import NET, setns
from .line import Ended, IslandError, WardenLine

if TYPE_CHECKING:
    from ..link import Endpoint
    from ..network import Network
    from .landing import Landing
    from .pier import Pier

FREE_BIND = 78
"""IPV6_FREEBIND: a socket may have an address that is on no interface."""


class Island:
    """One island, from the lab's side. Made by `found`, in the loop in which it is to be used."""

    def __init__(self, network: Network, addresses: Sequence[str]) -> None:
        self.network, self.addresses = network, tuple(addresses)
        self.landings: list[Landing] = []
        self.piers: list[Pier] = []
        self.line = WardenLine(network.loop)
        self._roads: set[str] = set(self.addresses)

    @classmethod
    async def found(
        cls, network: Network, folder: Path, hostname: str, addresses: Sequence[str]
    ) -> Island:
        """Makes one: a host's ``folder`` as its root, its name, its lab addresses.

        It can reach the lab's other addresses once there is a pier. Raises `IslandError`.
        """
        if reason := why_not():
            raise IslandError(reason)
        island = cls(network, addresses)
        others = sorted(network.hosts | {network.visitor})
        plan = {
            "folder": str(folder),
            "hostname": hostname,
            "addresses": list(addresses),
            "roads": [(a, island.source(a)) for a in others if a not in addresses],
        }
        island._roads.update(others)
        try:
            await island.line.open(plan)
        except BaseException:
            await island.close()
            raise
        network.islands.append(island)
        return island

    def source(self, address: str) -> str | None:
        """The address of this island that a program uses on the way to ``address``."""
        alike = (own for own in self.addresses if (":" in own) == (":" in address))
        return next(alike, None)

    # -- programs

    async def run(self, argv: Sequence[str], given: str = "") -> Ended:
        """Runs a program to its end, as root there. Text is latin-1, an octet a character."""
        return Ended.read(await self.line.ask("run", argv=list(argv), given=given))

    async def start(self, argv: Sequence[str], ended: Callable[[Ended], None]) -> int:
        """Starts a program that stays, and calls ``ended`` when it has not; gives its number."""
        pid = (await self.line.ask("start", argv=list(argv)))["pid"]
        self.line.when_ended(pid, ended)
        return pid

    async def signal(self, pid: int, sign: int) -> None:
        """Sends a signal to a program that was started."""
        await self.line.ask("signal", pid=pid, sign=int(sign))

    async def write(self, path: str, text: str, mode: int, owner: tuple[int, int]) -> None:
        """Writes a file that only the island sees: below ``/run`` or ``/tmp``."""
        await self.line.ask("write", path=path, text=text, mode=mode, owner=list(owner))

    async def cover(self, path: str, by: str) -> None:
        """Lets everybody there see the file ``by`` in the place of ``path``."""
        await self.line.ask("cover", path=path, by=by)

    async def uncover(self, path: str) -> None:
        """Lets them see the file itself again."""
        await self.line.ask("uncover", path=path)

    async def is_at_work(self) -> bool:
        """Whether any process does more than wait for a client's next word."""
        busy = (await self.line.ask("busy"))["busy"]
        return busy > sum(landing.patient for landing in self.landings)

    # -- sockets

    @contextmanager
    def _inside(self) -> Iterator[None]:
        """Takes the calling thread over, for as long as it takes to make a socket."""
        if self.line.namespace < 0:
            raise IslandError("the island is gone")
        home = os.open("/proc/thread-self/ns/net", os.O_RDONLY | os.O_CLOEXEC)
        try:
            setns(self.line.namespace, NET)
            try:
                yield
            finally:
                setns(home, NET)
        finally:
            os.close(home)

    def make_socket(self, address: str, kind: socket.SocketKind) -> socket.socket:
        """A socket of the island, where it stays, for an address of this family."""
        family = socket.AF_INET6 if ":" in address else socket.AF_INET
        protocol = socket.IPPROTO_TCP if kind == socket.SOCK_STREAM else 0
        with self._inside():
            sock = socket.socket(family, kind, protocol)
        if family == socket.AF_INET6:  # which has no way around it for addresses that are roads
            sock.setsockopt(socket.IPPROTO_IPV6, FREE_BIND, 1)
        sock.setblocking(False)
        return sock

    async def connect(self, client: Endpoint, address: str, port: int) -> socket.socket:
        """Connects to a port of the island, as ``client``. Raises OSError."""
        if client[0] not in self._roads:
            self._roads.add(client[0])
            await self.line.ask("road", address=client[0], source=self.source(client[0]))
        sock = self.make_socket(address, socket.SOCK_STREAM)
        try:
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            _bind(sock, client)
            await asyncio.SelectorEventLoop.sock_connect(self.network.loop, sock, (address, port))
        except BaseException:
            sock.close()
            raise
        return sock

    # -- the end

    async def close(self) -> None:
        """Ends everything on the island, and the island. Safe to call twice."""
        for landing in tuple(self.landings):
            landing.close()
        for pier in self.piers:
            self.network.remove_pier(pier)
        self.piers.clear()
        if self in self.network.islands:
            self.network.islands.remove(self)
        await self.line.close()


def _bind(sock: socket.socket, client: Endpoint) -> None:
    """The client's address, and its port if that is free here."""
    try:
        sock.bind(client)
    except OSError:
        sock.bind((client[0], 0))
