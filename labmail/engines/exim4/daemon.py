"""Real Exim on one host: a daemon that is started, told to read its file again, and stopped.

    folder     the host's own, with owners as the kernel wants them            (tree.py)
    island     the folder as root, the host's address and name                 (labmail.world.island)
    exim4      as Debian starts it: -bdf -q30m, on the ports of the town       (here)
    landings   the lab's ports 25 and 587, as far as Exim listens there

Everything else, deliveries, queue runners, bounces, Exim does itself, in processes of its own.

Law: Exim specification, §5.3 (-bd, -q, -oX), §11.9 (the log's last words of a daemon).
"""

from __future__ import annotations

import asyncio
import signal
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from labmail.exim.errors import EximError
from labmail.world import HostFiles
from labmail.world.island import Ended, Island, Landing, Pier

from . import hints, setting
from .listing import Listed, read_listing
from .logline import read_line
from .tail import Tail
from .tree import prepare

if TYPE_CHECKING:
    from .engine import Exim4

EXIM = "exim4"
LOOPBACK = ("127.0.0.1",)
EVERY = "-q30m"
"""How often Debian has the queue run."""
MAINLOG = "/var/log/exim4/mainlog"
PATIENCE = 10.0
"""Real seconds that a daemon may take to come up or to go."""


@dataclass(frozen=True, slots=True)
class Premises:
    """What the engine is told of a host."""

    name: str
    addresses: Sequence[str]
    files: HostFiles
    ports: Sequence[int]
    """Where the town wants it to listen."""
    passwords: Mapping[str, str]
    """Logins, and whole addresses, that may submit."""
    interfaces: Callable[[str, Sequence[str]], list[str]]
    """Which of some addresses are in a list of interfaces, as the configuration has it."""
    certificate: Callable[[], str]
    """Key and certificate in PEM."""


class EximDaemon:
    """Exim on one host, whether or not it runs."""

    def __init__(self, premises: Premises, engine: Exim4) -> None:
        self.premises, self.engine = premises, engine
        self.island: Island | None = None
        self.problems: tuple[EximError, ...] = ()
        """What is wrong with the configuration, as it was last read."""
        self._tail = Tail(premises.files, MAINLOG)
        self._pid = 0
        self._listed = ""
        """What the configuration says about interfaces."""
        self._ended: asyncio.Future[Ended] | None = None
        self._landings: list[Landing] = []

    @property
    def running(self) -> bool:
        return self._ended is not None and not self._ended.done()

    # -- starting and stopping

    async def start(self) -> None:
        """Starts it; with a mistake in its configuration it does not come up, and `problems` says
        why. Raises IslandError where there can be none."""
        if self.island is None:
            self.island = await self._found()
        if await self._read():
            await self._launch()
            await self._land()

    async def stop(self) -> None:
        """Stops the daemon, and ends the island with whatever still runs there. What waits stays in
        the spool."""
        await self._halt()
        self.read_log()
        island, self.island = self.island, None
        if island is not None:
            await island.close()

    async def restart(self) -> None:
        """Stops the daemon and starts it anew, with the file as it is now."""
        await self._halt()
        await self.start()

    async def reload(self) -> None:
        """SIGHUP: it reads its configuration again, and ends where that has a mistake. Raises
        ValueError where no daemon runs."""
        if not self.running or self.island is None:
            raise ValueError(f"no mail daemon runs on {self.premises.name}: restart it")
        if not await self._read():
            await self._halt()
            return
        await self.island.signal(self._pid, signal.SIGHUP)
        await self._comes_up()
        self._land_no_longer()
        await self._land()

    async def _found(self) -> Island:
        premises, network = self.premises, self.engine.network
        owner = prepare(premises.files)
        hostname = premises.files.read_text("/etc/hostname").strip()
        island = await Island.found(network, premises.files.root, hostname, premises.addresses)
        for address, port in self.engine.services:
            if address not in premises.addresses or port not in premises.ports:
                Pier.build(island, (address, port))
        await island.write("/run/exim4/.keep", "", 0o644, owner)
        for path, text in (
            (setting.CERTIFICATE, premises.certificate()),
            (setting.LOGINS, setting.logins(premises.passwords)),
        ):
            await island.write(path, text, 0o640, (0, owner.gid))
        return island

    async def _read(self) -> bool:
        """Has Exim look at the file as it is, then shows it what the town adds. Whether it is well."""
        island, files = self.island, self.premises.files
        assert island is not None
        path = next((each for each in setting.FILES if files.exists(each)), setting.FILES[-1])
        await island.uncover(path)
        answers = [await island.run([EXIM, *asked]) for asked in setting.ASKED]
        if answers[0].status:
            said = (answers[0].errors + answers[0].output).strip()
            self.problems = (EximError(said.partition("\n")[0]),)
            return False
        self.problems = ()
        self._listed = (await island.run([EXIM, "-bP", "local_interfaces"])).output.partition("= ")[2]
        text = setting.completed(
            files.read_bytes(path).decode("latin-1"), *(answer.output for answer in answers)
        )
        owner = (0, prepare(files).gid)
        await island.write(setting.CONFIGURATION, text, 0o640, owner)
        await island.cover(path, setting.CONFIGURATION)
        return True

    async def _launch(self) -> None:
        """Starts the daemon. It is told each of its addresses: on an island, listening everywhere
        would mean at the piers, too."""
        assert self.island is not None
        ended = self._ended = self.engine.network.loop.create_future()
        own = self.premises.interfaces(self._listed, LOOPBACK)
        where = [f"[{a}]:{p}" for a in (*self._interfaces, *own) for p in self.premises.ports]
        self._pid = await self.island.start(
            [EXIM, "-bdf", EVERY, "-oX", "<; " + " ; ".join(where)],
            lambda how: None if ended.done() else ended.set_result(how),
        )
        await self._comes_up()

    async def _comes_up(self) -> None:
        """Waits until its log says that it listens. Where it ends instead, that is a problem."""
        came = self.engine.started(self.premises.name)
        assert self._ended is not None
        await asyncio.wait([came, self._ended], timeout=PATIENCE, return_when="FIRST_COMPLETED")
        if not came.done():
            came.cancel()
            how = self._ended.result() if self._ended.done() else None
            said = (how.errors + how.output).strip() if how else "it does not come up"
            self.problems = (EximError(said or "it has ended; paniclog may say why"),)

    async def _halt(self) -> None:
        self._land_no_longer()
        if self.running and self.island is not None and self._ended is not None:
            await self.island.signal(self._pid, signal.SIGTERM)
            await asyncio.wait([self._ended], timeout=PATIENCE)

    # -- landings

    async def _land(self) -> None:
        """Opens the lab's ports where Exim listens, and nowhere else."""
        assert self.island is not None
        if not self.running:
            return
        for address in self._interfaces:
            for port in self.premises.ports:
                ears = self.engine.ears(self.premises.name)
                self._landings.append(await Landing.open(self.island, address, port, ears))

    @property
    def _interfaces(self) -> list[str]:
        """The host's addresses at which the configuration has it listen."""
        return self.premises.interfaces(self._listed, self.premises.addresses)

    def _land_no_longer(self) -> None:
        for landing in self._landings:
            landing.close()
        self._landings.clear()

    # -- what the lab asks

    def read_log(self) -> bool:
        """Hands on what is new in the log; whether there was anything."""
        lines = self._tail.lines()
        for text in lines:
            line = read_line(text)
            if line is not None:
                self.engine.heard(self.premises.name, line)
        return bool(lines)

    async def run(self, *words: str) -> Ended:
        """Runs a command on the host. Raises ValueError where no island is."""
        if self.island is None:
            raise ValueError(f"{self.premises.name} does not run")
        return await self.island.run(list(words))

    async def run_queue(self) -> None:
        """``exim -q``: tries every letter whose time has come, and returns when that is done."""
        await self.run(EXIM, "-q")

    async def queue(self) -> list[Listed]:
        """``exim -bp``."""
        return read_listing((await self.run(EXIM, "-bp")).output)

    async def hints(self) -> str:
        """What Exim remembers of failures; see hints.py."""
        return (await self.run(*hints.COMMAND)).output

    async def is_at_work(self) -> bool:
        """Whether any process of Exim does something."""
        return self.island is not None and await self.island.is_at_work()

