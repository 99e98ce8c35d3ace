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

from labmail.trace import Recorder
from labmail.world import Link, Network
from labmail.world.island import IslandError
from labmail.world.island.landing import Ears

from .chronicle import Chronicle, Mailbox, Surroundings
from .daemon import EximDaemon, Premises
from .ear import EximEar
from .hints import next_try
from .logline import LogLine

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
        find: Callable[[str, Mailbox, str], tuple[str, str]],
        now: Callable[[], float],
    ) -> None:
        self.network, self.services = network, tuple(services)
        self.daemons: list[EximDaemon] = []
        self._now, self._name_of, self._hosts = now, name_of, hosts
        self._hints: dict[str, str] = {}
        self._stale: set[str] = set()
        self._awaited: defaultdict[str, list[asyncio.Future[None]]] = defaultdict(list)
        around = Surroundings(name_of, hosts, mailbox, find, self._is_hinted, self._next_try)
        self.chronicle = Chronicle(trace, around)
        self._since = 0.0
        self._watching: asyncio.Task[None] | None = None

    def daemon(self, premises: Premises) -> EximDaemon:
        """The daemon of one host, not started yet."""
        daemon = EximDaemon(premises, self)
        self.daemons.append(daemon)
        if self._watching is None:
            self._watching = self.network.loop.create_task(self._watch())
        return daemon

    def ears(self, host: str) -> Ears:
        """Ears for what is said to the Exim of ``host``."""

        def ear(link: Link) -> EximEar:
            by_exim = self._name_of(link.client[0]) in self._hosts
            return EximEar(link, lambda id, receipt: self.chronicle.take(host, id, receipt, by_exim))

        return ear

    # -- logs

    async def _watch(self) -> None:
        while True:
            await asyncio.sleep(TICK)
            await self._look()

    async def _look(self) -> bool:
        """Reads what is new in all logs; whether there was anything."""
        new = [daemon.read_log() for daemon in self.daemons]
        await self._ask_for_hints()
        self.chronicle.go_on()
        if not self.chronicle.waits or any(new):
            self._since = self.network.loop.time()
        elif self.network.loop.time() - self._since > WITNESS:
            self.chronicle.go_on(at_last=True)
        return any(new)

    async def _ask_for_hints(self) -> None:
        """Reads what Exim remembers of failures, once it has written that down."""
        for daemon in self.daemons:
            host = daemon.premises.name
            if host in self._stale and not await daemon.is_at_work():
                self._hints[host] = await daemon.hints()
                self._stale.discard(host)

    def heard(self, host: str, line: LogLine) -> None:
        """A line of a host's log."""
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

    def _is_hinted(self, host: str) -> bool:
        return host not in self._stale

    def _next_try(self, host: str, about: list[str]) -> float:
        when = next_try(self._hints.get(host, ""), about)
        return max(0.0, when - self._now()) if when is not None else 0.0

    # -- quiet

    async def settle(self, within: float) -> bool:
        """Waits until all is quiet, ``within`` real seconds; whether it is."""
        until = self.network.loop.time() + within
        quiet = 0
        while quiet < 2:
            busy = await self._is_busy()
            new = await self._look()
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
        """Stops listening to the logs. The daemons are stopped by their hosts."""
        if self._watching is not None:
            self._watching.cancel()
        self.chronicle.close()
