"""Breaking and mending, in the lab's own thread: what `lab.faults` asks for, done to the site.

A `Breakage` is a fault as a value: what it is about, how it is done, how it is undone. Two that are
alike may be in force at a time; mending one leaves the other in force.

Try: ``site.breaker.begin(site.breaker.down("mail.ask.com"))``.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from functools import partial
from itertools import product
from typing import TYPE_CHECKING, Any

from ..dns.trouble import failing, lying
from ..smtp.events import ContentTaken
from ..trace import Event
from ..world import Interval, seconds
from .diskfaults import DiskFaults
from .events import FaultLifted, FaultSet
from .talk.parties import source_of
from .town import SERVICES, HostPlan

if TYPE_CHECKING:
    from .site import Site

Deed = Callable[[], object]


@dataclass(eq=False)
class Breakage:
    """A fault: ``facts`` are the fields of its events, ``do`` and ``undo`` the deeds."""

    do: Deed
    undo: Deed
    facts: dict[str, Any]
    key: tuple[Any, ...]
    told: FaultSet = field(init=False)
    """The event of its setting."""


class Breaker(DiskFaults):
    """Sets and mends the faults of a site. Its methods make a `Breakage`; `begin` sets it."""

    def __init__(self, site: Site) -> None:
        self.site, self.network = site, site.world.network
        self.active: list[Breakage] = []
        self._losing: dict[str, Deed] = {}

    def begin(self, breakage: Breakage) -> None:
        """Sets a fault and tells of it."""
        breakage.do()
        self.active.append(breakage)
        event = self.site.trace.tell(FaultSet, **breakage.facts)
        breakage.told = event if isinstance(event, FaultSet) else FaultSet(**breakage.facts)

    def end(self, breakage: Breakage) -> Awaitable[object] | None:
        """Mends a fault and tells of it; another one like it stays in force.

        Gives what has to be awaited, where mending takes time.
        """
        if breakage not in self.active:
            return None
        self.active.remove(breakage)
        more = breakage.undo()
        for other in self.active:
            if other.key == breakage.key:
                other.do()
        self.site.trace.tell(FaultLifted, ends=breakage.told.name, **breakage.facts)
        return more if isinstance(more, Awaitable) else None

    def end_all(self, *key: object) -> None:
        """Mends all faults of a kind that a host has, or a service of it if one is named."""
        for breakage in tuple(self.active):
            if breakage.key == key:
                self.end(breakage)

    # -- the faults

    def down(self, host: str) -> Breakage:
        do, undo = self.network.down, self.network.up
        return self._host("down", host, _all(do, host, self), _all(undo, host, self))

    def black_hole(self, host: str) -> Breakage:
        do, undo = self.network.black_hole, self.network.fill_hole
        return self._host("black hole", host, _all(do, host, self), _all(undo, host, self))

    def slow(self, host: str, pace: int) -> Breakage:
        if pace < 1:
            raise ValueError(f"a pace of {pace}: expected one byte a second or more")
        do, undo = partial(_each, self.network.slow, pace), partial(_each, self.network.slow, None)
        detail = f"{pace:,} bytes" if pace > 1 else "one byte"
        addresses = self.plan(host).addresses
        return self._host("slow", host, partial(do, addresses), partial(undo, addresses), detail)

    def reset(self, host: str) -> Breakage:
        return self._host("reset", host, _all(self.network.reset, host, self), _nothing)

    def lose_last_reply(self, host: str) -> Breakage:
        self._service(host, "smtp", "submission")
        self._must_be_ours(host, "a lost reply", "tells of a letter when the reply has gone")
        return self._host(
            "lost reply", host, partial(self._lose, host), lambda: self._losing.pop(host)()
        )

    def refuse(self, host: str, service: str) -> Breakage:
        do, undo = self.network.refuse, self.network.allow
        return self._at("refuse", host, service, do, undo)

    def cut(self, host: str, service: str, after: int) -> Breakage:
        if after < 0:
            raise ValueError(f"cut after {after} bytes: expected zero or more")
        detail = f"{after:,} bytes" if after != 1 else "one byte"
        do, undo = partial(self.network.cut, after=after), partial(self.network.cut, after=None)
        return self._at("cut", host, service, do, undo, detail)

    def partition(self, one: str, other: str) -> Breakage:
        return self._road("partition", one, other, self.network.partition, self.network.heal)

    def delay(self, one: str, other: str, by: Interval) -> Breakage:
        wait = seconds(by)
        do = partial(self.network.delay, by=wait)
        undo = partial(self.network.delay, by=None)
        return self._road("delay", one, other, do, undo, f"{wait:g} s")

    def dns(self, host: str, trouble: str | Mapping[str, str]) -> Breakage:
        self._service(host, "dns")
        names = self.site.hosts[host].names
        assert names is not None
        if trouble == "silence":
            hole = [(address, SERVICES["dns"]) for address in self.plan(host).addresses]
            do = partial(_star, self.network.black_hole, hole)
            return self._names("dns silent", host, do, partial(_star, self.network.fill_hole, hole))
        undo = partial(setattr, names.service, "trouble", None)
        if trouble == "servfail":
            do = partial(setattr, names.service, "trouble", failing)
            return self._names("dns fails", host, do, undo)
        if isinstance(trouble, str):
            raise ValueError(
                f'trouble {trouble!r} with a name server: expected "servfail", "silence" '
                "or a mapping of names to addresses"
            )
        told = ", ".join(f"{name} has the address {there}" for name, there in trouble.items())
        do = partial(setattr, names.service, "trouble", lying(trouble))
        return self._names("dns lies", host, do, undo, told)

    # -- how they are made

    def plan(self, host: str) -> HostPlan:
        """The host of this name. Raises KeyError that names those there are."""
        hosts = self.site.town.hosts
        if host not in hosts:
            raise KeyError(f"no host {host!r} in this town; it has {', '.join(hosts)}")
        return hosts[host]

    def _service(self, host: str, *services: str) -> None:
        offered = self.plan(host).services
        if not set(services) & set(offered):
            has = ", ".join(offered) or "none"
            raise ValueError(f"no service {' or '.join(services)} on {host}: it offers {has}")

    def _facts(self, fault: str, *hosts: str, **more: Any) -> dict[str, Any]:
        town = self.site.town
        named = [each for host in hosts for each in (host, self._name(host))]
        names = tuple(dict.fromkeys(named))
        wide = any("dns" in town.hosts[name].services for name in names if name in town.hosts)
        return {"fault": fault, "host": hosts[0], "hosts": names, "wide": wide, **more}

    def _name(self, party: str) -> str:
        """The host behind a name: a person's desk, the owner of an address."""
        return self.site.name_of(source_of(self.site, party))

    def _host(self, fault: str, host: str, do: Deed, undo: Deed, detail: str = "") -> Breakage:
        self.plan(host)
        return Breakage(do, undo, self._facts(fault, host, detail=detail), (fault, host))

    def _names(self, fault: str, host: str, do: Deed, undo: Deed, detail: str = "") -> Breakage:
        kind = "dns silent" if fault == "dns silent" else "dns"
        return Breakage(do, undo, self._facts(fault, host, detail=detail), (kind, host))

    def _at(
        self, fault: str, host: str, service: str, do: Any, undo: Any, detail: str = ""
    ) -> Breakage:
        self._service(host, service)
        where = [(address, SERVICES[service]) for address in self.plan(host).addresses]
        facts = self._facts(fault, host, service=service, detail=detail)
        key = fault, host, service
        return Breakage(partial(_star, do, where), partial(_star, undo, where), facts, key)

    def _road(
        self, fault: str, one: str, other: str, do: Any, undo: Any, detail: str = ""
    ) -> Breakage:
        roads = [(a, b) for a, b in product(self._addresses(one), self._addresses(other)) if a != b]
        if not roads:
            raise ValueError(f"{one} and {other} are one host: a road leads to another one")
        facts = self._facts(fault, one, other, other=other, detail=detail)
        key = fault, frozenset((one, other))
        return Breakage(partial(_star, do, roads), partial(_star, undo, roads), facts, key)

    def _addresses(self, party: str) -> tuple[str, ...]:
        plan = self.site.town.hosts.get(party)
        return plan.addresses if plan else (source_of(self.site, party),)

    def _lose(self, host: str) -> None:
        """Waits for letters that have crossed to a host: what their client hears next is lost."""

        def watch(event: Event) -> None:
            if isinstance(event, ContentTaken) and event.host == host and event.connection:
                self.network.lose_reply(event.connection)

        if host not in self._losing:
            self._losing[host] = self.site.trace.watch(watch)


def _all(deed: Callable[[str], object], host: str, breaker: Breaker) -> Deed:
    """The deed, for every address of a host."""
    return partial(_star, deed, [(address,) for address in breaker.plan(host).addresses])


def _each(deed: Callable[[str, Any], object], what: Any, addresses: tuple[str, ...]) -> None:
    for address in addresses:
        deed(address, what)


def _star(deed: Callable[..., object], calls: list[tuple[Any, ...]]) -> None:
    for arguments in calls:
        deed(*arguments)


def _nothing() -> None:
    """There is nothing to undo."""
