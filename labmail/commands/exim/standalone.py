"""A mail system for one command: ``labmail exim -C my.conf ann@lab.test < letter`` without a lab.

The configuration's own spool, logs and mailboxes are files of this computer, touched with the
caller's own rights; nobody becomes anybody. There is no network: a letter for another host waits,
and the log says that the host cannot be reached. When the command ends, nothing goes on working:
what waits is in the spool, for the next ``-q``.

    spool_directory     where letters wait          MachineFiles
    the DNS             as for ``-bt``              MachineResolver
    the time            the machine's own

One command at a time works on a spool. Another one that only hands in waits for its turn; so no
letter is delivered twice.

Law: Exim specification, chapter 3; §5.2 (-bm, -q).
"""

from __future__ import annotations

import errno
import fcntl
import itertools
import os
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from labmail.exim.drive import drive
from labmail.exim.expansion.evaluator import expand
from labmail.mta import Mta
from labmail.store import Maildir, Mbox
from labmail.trace import Recorder
from labmail.world import HostFiles, Programs, World, simulate

if TYPE_CHECKING:
    from labmail.exim.lookups.names import NameAnswer, Names

    from .opening import Opened

SPOOL = "/var/spool/exim4"
"""What the mail system calls its spool; where that is, the configuration says."""
ADDRESS = "127.0.0.1"
ONE_BY_ONE = 1
"""Files are written one after the other."""
Work = Callable[[Mta], Awaitable[Any]]


def at_work(opened: Opened, work: Work) -> Any:
    """Does ``work`` with a mail system on this computer, and gives what comes of it."""
    with _alone(_spool(opened)):
        seed = str(opened.caller.chance.randrange(1 << 62))
        return simulate(
            lambda world: _work(world, opened, work), live=True, seed=seed, workers=ONE_BY_ONE
        )


async def _work(world: World, opened: Opened, work: Work) -> Any:
    mta = _mail_system(world, opened)
    await mta.start(daemon=False)
    try:
        return await work(mta)
    finally:
        await mta.stop()


def _mail_system(world: World, opened: Opened) -> Mta:
    caller = opened.caller
    files = MachineFiles(_spool(opened))
    name = str(opened.configuration.main["primary_hostname"] or "") or caller.machine.name
    trace = Recorder(world.clock.time, on=False)
    resolver: Any = MachineResolver(caller.names)
    mta = Mta(
        name=name,
        ip=ADDRESS,
        configuration=opened.configuration,
        files=files,
        clock=world.clock,
        network=world.network,
        chance=world.chance,
        trace=trace,
        resolver=resolver,
        stores={
            "mbox": Mbox(files, world.clock),
            "maildir": Maildir(files, world.clock, world.chance, name),
        },
        programs=Programs(files),
        sequence=itertools.count(os.getpid()),
    )
    orders: Any = mta.orders
    orders.tree, orders.machine = caller.files, caller.machine
    return mta


def _spool(opened: Opened) -> str:
    """Where the configuration's letters wait."""
    given = opened.configuration.main["spool_directory"]
    return (
        drive(expand(str(given), opened.context))
        .text.encode("latin-1")
        .decode("utf-8", "surrogateescape")
    )


@contextmanager
def _alone(spool: str) -> Iterator[None]:
    """Waits until nobody else works on the spool."""
    folder = Path(spool)
    folder.mkdir(mode=0o750, parents=True, exist_ok=True)
    fd = os.open(folder / "labmail.lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(fd, fcntl.LOCK_EX)
        yield
    finally:
        os.close(fd)


class MachineFiles(HostFiles):
    """This computer's own tree, in which the spool lies where the configuration has it."""

    def __init__(self, spool: str) -> None:
        super().__init__(Path("/"))
        self.spool = spool

    def real(self, path: str) -> Path:
        return Path(self.found(path))

    def found(self, path: str) -> str:
        if "\0" in path:
            raise FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT), path)
        if path == SPOOL or path.startswith(f"{SPOOL}/"):
            path = self.spool + path[len(SPOOL) :]
        return os.path.realpath(os.path.join(self.spool, path))

    def lab_path(self, real: Path) -> str:
        return str(real)

    def named(self, real: str) -> str:
        return real


class MachineResolver:
    """Asks this computer's name servers for the mail system. Nobody listens in."""

    def __init__(self, names: Names | None) -> None:
        self._names = names

    def converse(self, *_: object) -> Asking:
        return Asking(self._names)


class Asking:
    """Questions that belong together."""

    asked = False

    def __init__(self, names: Names | None) -> None:
        self._names = names

    async def find(self, name: str, rdtype: str) -> Any:
        """What the servers say; where there are none, nobody knows."""
        if self._names is None:
            return Found("again")
        return Found.of(await self._names.query(name, rdtype))

    def tell_lookup(self, *_: object) -> None:
        """Nobody listens."""

    async def tell_hosts(self, *_: object) -> None:
        """Nobody listens."""


class Found:
    """An answer, as the mail system reads it."""

    def __init__(self, status: str, records: tuple[Any, ...] = ()) -> None:
        self.status, self.records = status, records

    @classmethod
    def of(cls, answer: NameAnswer) -> Found:
        from labmail.dns.lookup import Record

        records = (
            Record(each.owner, each.ttl, each.rdtype, each.rdata.to_text(), each.rdata)
            for each in answer.records
        )
        return cls(answer.status, tuple(records))
