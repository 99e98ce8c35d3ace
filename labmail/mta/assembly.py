"""Assembly: an MTA is put together from its parts, started and stopped.

    reception ──▶ spool ──▶ queue ──▶ delivery ──▶ the next host, a mailbox
        ▲                     │ ▲
        └── smtp.serve        │ └── timers: the next try
                              └──▶ bounce ──▶ spool

A lab makes one for each host that offers ``smtp`` or ``submission``, and serves its gates::

    mta = Mta(name="mail.ask.com", ip="128.10.30.2", configuration=read_configuration(…), …)
    await mta.start()
    await smtp.serve(network, mta.ip, 25, mta.gate("smtp"), clock=clock, trace=trace)

Law: Exim specification, chapter 3 ("How Exim receives and delivers mail").
"""

from __future__ import annotations

import asyncio
import itertools
import ssl
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial

from labmail.access import Accounts
from labmail.dns import Resolver
from labmail.exim.config import Configuration
from labmail.exim.expansion.context import Ran, Run
from labmail.exim.expansion.items.running import TIMED_OUT
from labmail.exim.routing import DELIVERY
from labmail.mda import StoreWorker
from labmail.store import Store
from labmail.trace import Recorder
from labmail.world import Chance, Clock, HostFiles, Network, Programs

from . import events
from .acl import Service
from .log import Logs
from .office import Office
from .orders import Orders
from .queue import rounds
from .queue.queue import Queue
from .reception.reception import Reception
from .recipient import Recipient
from .retry.hints import Hints
from .routing.planning import route_all
from .routing.routing import Routing
from .settings import Settings
from .spool import Aside, Loaded, Spool, from_the_future
from .spool.ids import MessageIds
from .surroundings import LetterNames


class Mta:
    """The mail transport agent of one host.

    ``ip`` is its lab address, or several, the first of which it calls others from.
    ``configuration`` is Exim's, as it was read on this host. ``stores`` are its message stores by
    kind. ``sequence`` counts letters for the whole lab, so that no two hosts give the same id.
    ``tls`` is the server's certificate; ``client_tls`` whom to believe.
    """

    def __init__(
        self,
        *,
        name: str,
        ip: str | Sequence[str],
        configuration: Configuration,
        files: HostFiles,
        clock: Clock,
        network: Network,
        chance: Chance,
        trace: Recorder,
        resolver: Resolver,
        stores: Mapping[str, Store],
        settings: Settings | None = None,
        accounts: Accounts | None = None,
        tls: ssl.SSLContext | Callable[[], ssl.SSLContext] | None = None,
        client_tls: ssl.SSLContext | None = None,
        programs: Programs | None = None,
        sequence: Iterator[int] | None = None,
    ) -> None:
        self.accounts, self.tls = accounts, tls
        logs, addresses = Logs(files, clock), (ip,) if isinstance(ip, str) else tuple(ip)
        programs = programs or Programs(files)
        self._orders = partial(
            Orders, files=files, clock=clock, hostname=name, addresses=addresses, log=logs.noted,
            names=lambda: LetterNames(resolver), run=running(programs),
            chance=chance.random("orders", name),
        )  # fmt: skip
        self.office = Office(
            name=name,
            addresses=addresses,
            orders=self._orders(configuration),
            settings=settings or Settings(),
            files=files,
            clock=clock,
            network=network,
            chance=chance,
            trace=trace,
            resolver=resolver,
            workers={kind: StoreWorker(store) for kind, store in stores.items()},
            spool=Spool(files),
            logs=logs,
            hints=Hints(files),
            ids=MessageIds(sequence or itertools.count(1)),
            client_tls=client_tls,
            programs=programs,
        )
        self._lay_out()
        self._gates: dict[Service, Reception] = {}
        self.queue = Queue(self.office)

    @property
    def name(self) -> str:
        """The host's name."""
        return self.office.name

    @property
    def orders(self) -> Orders:
        """The configuration in force."""
        return self.office.orders

    def obey(self, configuration: Configuration) -> None:
        """From here on another configuration is in force: what SIGHUP does. Letters that are being
        delivered, and dialogues that are under way, are finished as they began."""
        self.office.orders = self._orders(configuration)
        self._lay_out()

    def _lay_out(self) -> None:
        """How the configuration wants logs and spool."""
        office = self.office
        office.logs.obey(office.orders)
        office.spool.views.split = bool(office.orders.main("split_spool_directory"))
        office.spool.complain = office.logs.panic

    @property
    def hints(self) -> Hints:
        """What is remembered of hosts and addresses that failed."""
        return self.office.hints

    async def start(self, *, daemon: bool = True) -> None:
        """Reads the spool: everything that was accepted before is taken up again.

        Without ``daemon`` it is for one command: what waits goes on waiting until it is told.
        """
        office = self.office
        self.queue.open = daemon
        if problem := await office.disk(office.hints.load):
            office.logs.panic(problem)
        loaded = await office.disk(office.spool.load)
        await self._number(loaded)
        if daemon:
            office.logs.main("labmail daemon started")
            await self._begin_rounds()
        for aside in loaded.aside:
            self._tell_aside(aside)
        for letter in loaded.letters:
            self.queue.resume(letter)

    async def _number(self, loaded: Loaded) -> None:
        """No id is given twice, even where the clock stands, or was set back."""
        office, now = self.office, int(self.office.now())
        if await office.disk(office.spool.tells_no_case):
            office.ids.base = 36
        office.ids.reserve(each.id for each in loaded.letters if each.received >= now)
        office.ids.reserve(await office.disk(office.logs.ids_since, now, office.ids.base))
        if problem := from_the_future((each.received for each in loaded.letters), now):
            office.logs.panic(problem)

    async def _begin_rounds(self) -> None:
        """A queue runner, where the host has one (`queue.rounds`)."""
        office = self.office
        try:
            text = await office.disk(office.files.read_text, rounds.FILE)
        except OSError:
            return
        try:
            self.queue.rounds.begin(text)
        except ValueError as error:
            office.logs.panic(f"{rounds.FILE}: {error}")

    def _tell_aside(self, aside: Aside) -> None:
        office = self.office
        line = f"{aside.file}: {aside.problem}; kept as {aside.kept}"
        if aside.damaged:
            office.logs.panic(f"Format error in spool file {line}")
        else:
            office.logs.main(line)
        office.trace.tell(
            events.SetAside,
            host=office.name,
            file=aside.file,
            kept=aside.kept,
            problem=aside.problem,
        )

    async def stop(self) -> None:
        """Stops working on letters. What waits is in the spool, and is found at the next start."""
        await self.queue.stop()
        await self.office.spool.close()
        await self.office.disk(self.office.hints.close)

    def gate(self, service: Service) -> Reception:
        """What `labmail.smtp.serve` asks: ``smtp`` for port 25, ``submission`` for port 587."""
        if service not in self._gates:
            accounts = self.accounts if service == "submission" else None
            self._gates[service] = Reception(
                self.office, self.queue, service, accounts=accounts, tls=self.tls
            )
        return self._gates[service]

    async def run_queue(self, *, force: bool = False, frozen: bool = False) -> None:
        """Tries every letter, and returns when that is done: ``exim -q``, ``-qf``, ``-qff``."""
        await self.queue.run(force=force, frozen=frozen)

    async def test_address(self, address: str, *, sender: str = "") -> list[Routing]:
        """What would become of a letter for ``address``: ``exim -bt``. Nothing is delivered."""
        office = self.office
        text = address if "@" in address else f"{address}@{office.orders.qualify_domain}"
        guide = office.guide_for_asking(sender=sender, purpose=DELIVERY)
        return (await route_all([Recipient(text)], guide)).ends


def running(programs: Programs) -> Run:
    """``${run}`` of a host: its programs, with nothing on their input."""

    async def run(argv: list[str]) -> Ran:
        words = [each.encode("latin-1").decode("utf-8", "surrogateescape") for each in argv]
        loop = asyncio.get_running_loop()
        ended = await loop.run_in_executor(None, programs.run, words)
        if ended.problem:
            raise FileNotFoundError(ended.problem)
        return Ran(ended.output, TIMED_OUT if ended.timed_out else ended.status)

    return run
