"""Real Exim on one host: a daemon that is started, told to read its file again, and stopped.

    folder     the host's own, with owners as the kernel wants them           (tree.py)
    island     the folder as root, the host's address and name  (labmail.world.island)
    exim4      as Debian starts it: -bdf -q30m, on the ports of the town      (here)
    landings   the lab's ports 25 and 587, as far as Exim listens there

Everything else, deliveries, queue runners, bounces, Exim does itself, in processes of its own.

Law: Exim specification, §5.3 (-bd, -q, -oX), §11.9 (the log's last words of a daemon).
"""

from __future__ import annotations

import asyncio
import os
import signal
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from labmail.exim.errors import EximError
from labmail.world import HostFiles
from labmail.world.island import Ended, Island, IslandError, Landing, Pier

from . import hints, setting
from .complaint import read_complaint
from .listing import Listed, read_listing
from .logline import LogLine, read_line
from .tail import Tail
from .tree import prepare

if TYPE_CHECKING:
    from .engine import Exim4

EXIM = "exim4"
LOOPBACK = ("127.0.0.1",)
EVERY = "-q30m"
"""How often Debian has the queue run."""
NO_LOG = (
    "log_file_path names no file that goes on for ever: the lab follows mainlog to tell "
    "what real Exim does, so write one such as /var/log/exim4/%slog"
)
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
    authority: str
    """The certificate of whom all hosts trust, in PEM."""


class EximDaemon:
    """Exim on one host, whether or not it runs."""

    def __init__(self, premises: Premises, engine: Exim4) -> None:
        self.premises, self.engine = premises, engine
        self.island: Island | None = None
        self.problems: tuple[EximError, ...] = ()
        """What is wrong with the configuration, as it was last read."""
        self._log, self._tail = setting.MAINLOG, Tail(premises.files, setting.MAINLOG)
        self._lines: deque[LogLine] = deque()
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
        await self.engine.look()
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
        premises.files.mkdir(os.path.dirname(setting.TRUSTED))
        premises.files.write_text(setting.TRUSTED, premises.authority)
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
        """Has Exim look at the file, then shows it what the town adds. Whether all is well."""
        island, files = self.island, self.premises.files
        assert island is not None
        path = next((each for each in setting.FILES if files.exists(each)), setting.FILES[-1])
        await island.uncover(path)
        answers = []
        for asked in setting.ASKED:
            answers.append(await island.run([EXIM, *asked]))
            if answers[-1].status:
                self.problems = (read_complaint(answers[-1].errors + answers[-1].output),)
                return False
        *known, listed, log = (answer.output for answer in answers)
        if not self._follow(setting.mainlog(log)):
            return False
        self.problems = ()
        self._listed = listed.partition("= ")[2]
        text = setting.completed(files.read_bytes(path).decode("latin-1"), *known)
        owner = (0, prepare(files).gid)
        await island.write(setting.CONFIGURATION, text, 0o640, owner)
        await island.cover(path, setting.CONFIGURATION)
        return True

    def _follow(self, log: str) -> bool:
        """Reads this file from here on; False, and a problem, where there is none to read."""
        if not log:
            self.problems = (EximError(NO_LOG),)
        elif log != self._log:
            self._log, self._tail = log, Tail(self.premises.files, log)
        return bool(log)

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
        either: list[asyncio.Future[Any]] = [came, self._ended]
        await asyncio.wait(either, timeout=PATIENCE, return_when=asyncio.FIRST_COMPLETED)
        if not came.done():
            came.cancel()
            how = self._ended.result() if self._ended.done() else None
            said = how.errors + how.output if how else "it does not come up"
            self.problems = (read_complaint(said),)

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

    def new_lines(self) -> deque[LogLine]:
        """What is new in the log. Whoever has told a line takes it out."""
        lines = (read_line(text) for text in self._tail.lines())
        self._lines.extend(line for line in lines if line is not None)
        return self._lines

    async def run(self, *words: str) -> Ended:
        """Runs a command on the host. Raises IslandError where none is."""
        if self.island is None:
            raise IslandError(f"{self.premises.name} does not run")
        return await self.island.run(list(words))

    async def by_hand(self, option: str, id: str) -> None:
        """``exim -M``, ``-Mf`` and their kin for one letter. Raises ValueError with what Exim says
        where it does not do it."""
        ended = await self.run(EXIM, option, id)
        if ended.status:
            raise ValueError((ended.output + ended.errors).strip() or f"{option} {id} failed")

    async def run_queue(self, how: str = "") -> None:
        """``exim -q``: tries every letter whose time has come, and returns when that is done; with
        ``f`` whatever its time, with ``ff`` what is frozen, too."""
        await self.run(EXIM, f"-q{how}")

    async def queue(self) -> list[Listed]:
        """``exim -bp``."""
        return read_listing((await self.run(EXIM, "-bp")).output)

    async def hints(self) -> str:
        """What Exim remembers of failures; see hints.py."""
        return (await self.run(*hints.COMMAND)).output

    async def is_at_work(self) -> bool:
        """Whether any process of Exim does something."""
        return self.island is not None and await self.island.is_at_work()
