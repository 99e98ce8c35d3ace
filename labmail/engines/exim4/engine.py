"""All the real Exims of a town: one daemon a host, one chronicle for all, and when all is quiet.

The lab's own engine shares a clock and a loop with the town, so it is known exactly when nothing is
left to do. Real Exims are processes of their own, on the machine's clock. Quiet means here that on
no island any process is at work, but for daemons, and receptions that wait for their client's next
word; and that all of their log has been read. It is looked at twice, a moment apart.

Try: ``Lab("two_companies", engine="exim4")``.
"""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Callable, Sequence
from contextlib import suppress

from labmail.trace import Recorder
from labmail.world import Link, Network
from labmail.world.island import IslandError
from labmail.world.island.landing import Ears

from .book import Mailbox, Surroundings
from .chronicle import Chronicle
from .daemon import EximDaemon, Premises
from .ear import EximEar, Receipt
from .finding import find
from .hints import next_try
from .logline import DELIVERED, LogLine

TICK = 0.03
"""Real seconds between two looks at the logs."""
WITNESS = 0.5
"""Real seconds that a line waits for somebody who says whose letter it is."""


class Exim4:
    """The engine. ``services``: every address and port of the town where anybody listens."""

    def __init__(
        self,
        network: Network,
        trace: Recorder,
        *,
        services: Sequence[tuple[str, int]],
        name_of: Callable[[str], str],
        hosts: frozenset[str],
        mailbox: Callable[[str, str], Mailbox | None],
        now: Callable[[], float],
    ) -> None:
        self.network, self.services = network, tuple(services)
        self.daemons: list[EximDaemon] = []
        self._name_of, self._hosts, self._mailbox = name_of, hosts, mailbox
        self._hints: dict[str, str] = {}
        self._stale: set[str] = set()
        self._awaited: defaultdict[str, list[asyncio.Future[None]]] = defaultdict(list)
        around = Surroundings(name_of, hosts, mailbox, self._next_try, now)
        self.chronicle = Chronicle(trace, around, self._is_hinted)
        self._reading = asyncio.Lock()
        self._since = 0.0
        self._watching: asyncio.Task[None] | None = None

    def daemon(self, premises: Premises) -> EximDaemon:
        """The daemon of one host, not started yet."""
        daemon = EximDaemon(premises, self)
        self.daemons.append(daemon)
        if self._watching is None:
            self._watching = self.network.loop.create_task(self._watch())
        return daemon

    def runs_on(self, host: str) -> bool:
        """Whether a host of this name is one of its own."""
        return host in self._hosts

    def ears(self, host: str) -> Ears:
        """Ears for what is said to the Exim of ``host``."""

        def ear(link: Link) -> EximEar:
            by_exim = self._name_of(link.client[0]) in self._hosts

            def taken(id: str, receipt: Receipt) -> None:
                self.chronicle.heard(host, id, receipt, by_exim=by_exim)

            return EximEar(link, taken)

        return ear

    # -- logs

    async def _watch(self) -> None:
        while True:
            await asyncio.sleep(TICK)
            await self.look()

    async def look(self) -> bool:
        """Reads what is new in all logs; whether there was anything."""
        async with self._reading:
            new = [await self._read(daemon) for daemon in self.daemons]
            await self._ask_for_hints()
            self.chronicle.go_on()
            if not self.chronicle.waits or any(new):
                self._since = self.network.loop.time()
            elif self.network.loop.time() - self._since > WITNESS:
                self.chronicle.go_on(at_last=True)
            return any(new)

    async def _read(self, daemon: EximDaemon) -> bool:
        lines = daemon.new_lines()
        new = bool(lines)
        while lines:
            line = lines[0]
            if line.flag in DELIVERED and "H" not in line.fields:
                await self._find(daemon, line)
            lines.popleft()  # not before: whoever waits for us may be interrupted
            self._take(daemon.premises.name, line)
        return new

    async def _find(self, daemon: EximDaemon, line: LogLine) -> None:
        """Where a letter lies that has been put into somebody's mailbox."""
        host = daemon.premises.name
        box = self._mailbox(host, line.address)
        if box is not None:
            files, loop = daemon.premises.files, self.network.loop
            found = await loop.run_in_executor(None, find, files, box, line.id)
            self.chronicle.book.found[host, line.id, line.address] = found

    def _take(self, host: str, line: LogLine) -> None:
        if line.flag == "==":
            self._stale.add(host)
        if not line.id and " daemon started: " in line.text:
            for future in self._awaited.pop(host, ()):
                if not future.done():
                    future.set_result(None)
        self.chronicle.read(host, line)

    def started(self, host: str) -> asyncio.Future[None]:
        """Done when the log of ``host`` next says that a daemon has come up."""
        future: asyncio.Future[None] = self.network.loop.create_future()
        self._awaited[host].append(future)
        return future

    # -- hints

    async def _ask_for_hints(self) -> None:
        """Reads what Exim remembers of failures, once it has written that down."""
        for daemon in self.daemons:
            host = daemon.premises.name
            if host not in self._stale:
                continue
            with suppress(IslandError):  # it is being stopped: what was known must do
                if await daemon.is_at_work():
                    continue
                self._hints[host] = await daemon.hints()
            self._stale.discard(host)

    def _is_hinted(self, host: str) -> bool:
        return host not in self._stale

    def _next_try(self, host: str, about: list[str]) -> float | None:
        return next_try(self._hints.get(host, ""), about)

    # -- quiet

    async def settle(self, within: float) -> bool:
        """Waits until all is quiet, ``within`` real seconds; whether it is."""
        until = self.network.loop.time() + within
        quiet = 0
        while quiet < 2:
            busy = await self._is_busy()
            new = await self.look()
            quiet = 0 if busy or new else quiet + 1
            if self.network.loop.time() > until:
                return False
            await asyncio.sleep(TICK / 3)
        self.chronicle.go_on(at_last=True)
        return True

    async def _is_busy(self) -> bool:
        try:
            return any([await daemon.is_at_work() for daemon in self.daemons])
        except IslandError:  # one that is being stopped
            return False

    async def close(self) -> None:
        """Reads the logs to their ends, and listens no longer. The hosts stop their daemons."""
        async with self._reading:
            if self._watching is not None:
                self._watching.cancel()
            for daemon in self.daemons:
                await self._read(daemon)
            self.chronicle.go_on(at_last=True)
            self.chronicle.close()
