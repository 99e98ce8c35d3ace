"""The site: every host and person of a town, alive in the lab's event loop.

Here the rooms meet. A host gets its folder, its resolver, and a server for each service that the
town gives it; a person gets a mail program at her desk. Everything is handed the same world (clock,
network, chance, disk), the same trace and the same certification authority::

    Town ──▶ Site ─┬─ Host mail.example.com   Mta · POP3 · resolver · files
                   ├─ Host ns.example.com     NameServer · files
                   └─ person alice            UserAgent at 128.10.12.3

A site belongs to its loop's thread. What notebooks hold are `LabHost` and `Person`, which wait.
"""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Callable, Coroutine, Iterable
from itertools import count
from typing import Any, TypeVar

from ..mua import UserAgent
from ..trace import Actor, Cast, Event, Journal, Recorder, Story, read_journal
from ..trust import LabCA
from ..world import HostFiles, Interval, LabLoop, PoweredDisk, World, make_world, seconds
from .breaking import Breaker
from .engine import real_exims
from .home import Home
from .host import Host
from .person import user_agent
from .stored import Stored
from .town import SERVICES, HostPlan, Town

TRACE = "trace/events.jsonl"
COMING_UP = 10.0
"""Real seconds that real programs may take until all is quiet at the start."""

T = TypeVar("T")


class Site:
    """A running town. Made by `Site.start`, in the loop that it is to live in."""

    def __init__(
        self, town: Town, home: Home, world: World, trace: Recorder, engine: str = "labmail"
    ) -> None:
        self.town, self.home, self.world, self.trace = town, home, world, trace
        self.authority = LabCA()
        self.stored = Stored(trace)
        self.sequence = count(1)
        self.passwords = {
            address: plan.password or secrets.token_urlsafe(9)
            for address, plan in town.users.items()
        }
        self.files = {name: HostFiles(home.host_folder(name), PoweredDisk()) for name in town.hosts}
        self.hosts: dict[str, Host] = {}
        self.people: dict[str, UserAgent] = {}
        self.breaker = Breaker(self)
        self.engine = real_exims(self) if engine == "exim4" else None
        trace.cast = self.cast

    @classmethod
    async def start(
        cls,
        town: Town,
        home: Home,
        wire: str = "memory",
        remember: int | None = None,
        engine: str = "labmail",
    ) -> Site:
        """Makes a town run in the current loop. Raises what its configuration files deserve.

        ``wire`` says how bytes are carried; see `labmail.world.carrier`. ``remember``: how much of
        the trace stays in memory; see `labmail.trace.memory`. ``engine``: who does the mail hosts'
        work; see `labmail.engines`.
        """
        loop = asyncio.get_running_loop()
        assert isinstance(loop, LabLoop)
        past: Iterable[Event] = read_journal(home.path / TRACE)
        epoch = None
        if not loop.pulse.live:
            past = list(past)
            epoch = _beginning(town, past)
        world = make_world(
            loop,
            epoch=epoch,
            seed=town.seed,
            latency=0.0 if loop.pulse.live else town.latency,
            visitor=town.visitor,
            wire=wire,
        )
        trace = Recorder(
            world.clock.time,
            journal=None if home.temporary else Journal(home.path / TRACE),
            schedule=loop.call_soon,
            keep=remember,
        )
        trace.resume(past)
        site = cls(town, home, world, trace, engine)
        try:
            await site._start()
        except BaseException:
            await site.stop()
            raise
        return site

    async def _start(self) -> None:
        for plan in self.town.hosts.values():
            self.world.network.add_host(*plan.addresses)
        self.home.furnish(self.town, self.files)
        for name, plan in self.town.hosts.items():
            self.hosts[name] = Host(plan, self)
        for host in self.hosts.values():
            await host.start()
        if self.engine is not None:
            await self.engine.settle(COMING_UP)
        for address, person in self.town.users.items():
            self.people[address] = user_agent(person, self)
        await self.world.clock.settle()

    async def stop(self) -> None:
        """Stops every server, shuts every door, writes the trace to its end."""
        for host in self.hosts.values():
            await host.stop()
        if self.engine is not None:
            await self.engine.close()
        await self.world.network.close()
        self.trace.close()

    # -- what the lab asks for

    async def endpoint(self, plan: HostPlan, service: str, client: str | None) -> tuple[str, int]:
        """Opens a door; see `Lab.endpoint`."""
        if service not in plan.services:
            offered = ", ".join(plan.services) or "none"
            raise ValueError(f"no service {service!r} on {plan.name}: it offers {offered}")
        kind = "dns" if service == "dns" else "tcp"
        return await self.world.network.endpoint(
            plan.address, SERVICES[service], client=client, kind=kind
        )

    async def run(self, until: Callable[[], bool] | None, within: Interval) -> None:
        """Lets happen what is due; see `Lab.run`. A live clock needs no push: it settles."""
        if self.world.clock.live:
            await self.world.clock.settle()
            if self.engine is not None:
                await self.engine.settle(seconds(within))
        else:
            await self.world.clock.run(until, within)

    async def let_happen(self, deed: Coroutine[Any, Any, T], within: Interval | None = "10m") -> T:
        """Does something that needs the lab's time, and gives its result.

        A frozen clock is moved until the deed is done; then, with ``within``, until all is quiet.
        """
        if self.world.clock.live:
            result = await deed
            if self.engine is not None and within is not None:
                await self.engine.settle(seconds(within))
            return result
        task, before = asyncio.ensure_future(deed), -1.0
        while not task.done() and before != self.world.clock.time():
            before = self.world.clock.time()
            await self.world.clock.run(task.done, "10m")
        result = await task
        if within is not None:
            await self.world.clock.run(None, within)
        await self.world.clock.settle()  # whatever else began meanwhile, so that no thread can race
        return result

    def story(self, letter: str) -> Story:
        """The story of a letter."""
        return Story(self.trace, letter, self.cast)

    @property
    def cast(self) -> Cast:
        """The hosts and people, as a picture wants to know them."""
        people = [
            Actor(p.address, p.desk, self.town.hosts[p.host].company, "person", p.name)
            for p in self.town.users.values()
        ]
        hosts = [
            Actor(
                h.name,
                h.address,
                h.company,
                "names" if "dns" in h.services and "smtp" not in h.services else "host",
                h.title,
            )
            for h in self.town.hosts.values()
        ]
        return Cast((*people, *hosts))

    def is_down(self, plan: HostPlan) -> bool:
        """Whether a host is switched off."""
        return self.world.network.is_down(*plan.addresses)

    def name_of(self, address: str) -> str:
        """The host that has a lab address, or the address itself."""
        plan = self.town.host_at(address)
        return plan.name if plan else address


def _beginning(town: Town, past: list[Event]) -> float:
    """When a frozen clock begins: where the town or the past says."""
    start = town.start.timestamp() if town.start else 0.0
    return max([start, *(float(int(event.time) + 1) for event in past[-1:])])
