"""Who does the MTA's work in a town: our own, or the real program `exim4`.

    Lab("two_companies")                     our own, on the lab's clock
    Lab("two_companies", engine="exim4")     real Exim, on the machine's

The second takes what the first does not: Linux, root, and the program. Towns, people, names,
mailboxes, doors and faults are the same.

Try: ``lab.host("mail.ask.com").mainlog`` under both.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..engines import ENGINES, why_not
from ..engines.exim4 import Exim4, EximDaemon, Known, Listed, Mailbox, Premises
from ..world.island import IslandError
from .administering.waiting import Waiting, WaitingFor, WaitingLetters
from .listening import interfaces
from .town import SERVICES, HostPlan, TownError

if TYPE_CHECKING:
    from labmail.exim.errors import EximError

    from .host import Host
    from .site import Site

MAIL = ("smtp", "submission")
SPOOL = "/var/spool/exim4/input"


def check_engine(engine: str, *, threads: bool) -> None:
    """Raises ValueError for an unknown engine, `TownError` for one that cannot run here."""
    if engine not in ENGINES:
        raise ValueError(f"an engine {engine!r}: expected one of {', '.join(ENGINES)}")
    if engine == "labmail":
        return
    if not threads:
        raise ValueError(f"real programs need a thread: take engine={engine!r} or threads=False")
    if reason := why_not(engine):
        raise TownError(f"engine={engine!r} cannot run here: {reason}; leave engine= out")


def bound_by(engine: str) -> str:
    """Why the lab's clock cannot be moved; "" where it can."""
    if engine == "labmail":
        return ""
    return (
        f"the clock cannot be moved: {engine} goes by the machine's own, which nobody here turns; "
        "without engine= four days pass in a moment"
    )


def real_exims(site: Site) -> Exim4:
    """Real Exims for the mail hosts of a town."""
    hosts = site.town.hosts.values()

    def mailbox(name: str, login: str) -> Mailbox | None:
        host = site.hosts[name]
        user = next((each for each in host.users if each.login == login), None)
        return Mailbox(user.store, host.mailbox(user)) if user else None

    return Exim4(
        site.world.network,
        site.trace,
        services=[(a, SERVICES[s]) for h in hosts for a in h.addresses for s in h.services],
        name_of=site.name_of,
        hosts=frozenset(h.name for h in hosts if _is_mail_host(h)),
        mailbox=mailbox,
        now=site.world.clock.time,
    )


def _is_mail_host(plan: HostPlan) -> bool:
    return any(service in plan.services for service in MAIL)


class RealMail:
    """Real Exim on one host: the face of `MailDaemon`."""

    mta = None
    """There is none of ours."""

    def __init__(self, host: Host, engine: Exim4) -> None:
        self.host, site, plan = host, host.site, host.plan
        passwords = {u.login: site.passwords[u.address] for u in host.users}
        passwords |= {u.address: site.passwords[u.address] for u in host.users}
        self.daemon: EximDaemon | None = None
        if _is_mail_host(plan):
            self.daemon = engine.daemon(
                Premises(
                    name=plan.name,
                    addresses=plan.addresses,
                    files=host.files,
                    ports=[SERVICES[service] for service in MAIL if service in plan.services],
                    passwords=passwords,
                    interfaces=lambda listed, addresses: interfaces(listed.strip(), addresses),
                    certificate=lambda: site.authority.server_pem(plan.name),
                    authority=site.authority.certificate,
                )
            )

    @property
    def problems(self) -> tuple[EximError, ...]:
        """What is wrong with the configuration, as it was last read."""
        return self.daemon.problems if self.daemon else ()

    @property
    def running(self) -> bool:
        return self.daemon is not None and self.daemon.running

    async def start(self) -> None:
        """Starts Exim. Raises TownError where there can be no island for it."""
        if self.daemon is not None:
            try:
                await self.daemon.start()
            except IslandError as error:
                name = self.host.plan.name
                raise TownError(f"real exim4 cannot run on {name}: {error}") from error

    async def stop(self) -> None:
        """Stops it; what waits stays in the spool."""
        if self.daemon is not None:
            await self.daemon.stop()

    async def restart(self) -> None:
        """Stops it and starts it anew."""
        if self.daemon is not None:
            await self.daemon.restart()

    async def reload(self) -> None:
        """SIGHUP. Raises ValueError where no daemon runs."""
        if self.daemon is None:
            raise ValueError(f"no mail daemon runs on {self.host.plan.name}: it offers no smtp")
        await self.daemon.reload()

    @property
    def count(self) -> int | None:
        """How many letters wait; None on a host without mail."""
        if self.daemon is None:
            return None
        if not self.host.files.exists(SPOOL):
            return 0
        return sum(name.endswith("-H") for name in self.host.files.listdir(SPOOL))

    async def waiting(self) -> WaitingLetters:
        """The letters that wait, as ``exim -bp`` lists them."""
        site, name = self.host.site, self.host.plan.name
        listed = await self.daemon.queue() if self.daemon else []
        rows: list[Waiting] = []
        for each in listed:
            known = site.engine.chronicle.known(name, each.id) if site.engine else None
            who = tuple(self._waits(each, address, known) for address in each.waiting)
            letter = known.name if known else None
            rows.append(Waiting(each.id, each.age, each.size, each.sender, who, letter))
        return WaitingLetters(rows, name, site.world.clock.time())

    def _waits(self, listed: Listed, address: str, known: Known | None) -> WaitingFor:
        place = self.host.site.trace.places(known.name).get(address) if known else None
        due = known.due.get(address) if known and not listed.frozen else None
        state = "frozen" if listed.frozen else place.state if place else "under way"
        return WaitingFor(address, state, place.detail if place else "", due)

    async def by_hand(self, option: str, id: str) -> None:
        """``exim -M``, ``-Mf``, ``-Mt``, ``-Mrm`` or ``-Mg``, and what follows from it.

        Raises KeyError where no such letter waits, ValueError where Exim does not do it.
        """
        waiting = [each.id for each in await self.waiting()]
        if self.daemon is None or id not in waiting:
            here = ", ".join(waiting) or "none"
            raise KeyError(f"no letter {id!r} waits on {self.host.plan.name}; there is {here}")
        await self.daemon.by_hand(option, id)
        await self.daemon.engine.settle(60.0)

    async def run_queue(self, *, force: bool = False, frozen: bool = False) -> None:
        """``exim -q``, ``-qf`` or ``-qff``, and what follows from it."""
        if self.daemon is not None:
            await self.daemon.run_queue("f" * (2 if frozen else force))
            await self.daemon.engine.settle(60.0)
