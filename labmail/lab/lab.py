"""The lab: a town that runs.

`Lab` is what a notebook holds. It starts one thread with one event loop; in it live the servers of
every host, on the lab's clock and network. The methods here only hand the caller's wish over and
wait, so that a blocking client in a cell can talk to the servers; each has an ``.aio`` twin.

    with Lab("two_companies") as lab:              # ready in well under a second
        alice, bob = lab.user("alice@example.com"), lab.user("bob@ask.com")
        letter = alice.send(to="bob@ask.com", subject="Lunch on Friday?")
        bob.fetch()
        print(lab.story(letter))

A lab that is closed, garbage-collected, or whose kernel ends leaves no thread, no port and no file
behind. A second lab of the same town takes the place of the first.
"""

from __future__ import annotations

import weakref
from collections.abc import Callable, Mapping
from pathlib import Path
from types import TracebackType
from typing import Any

from labmail.exim.routing.why import Explanation

from ..message import Shown
from ..trace import Story
from ..world import Interval, LabLoop, LoopThread, Pump, ThinLoop
from .capturing import Capturing
from .clock import LabClock
from .control import no_channel, open_channel
from .engine import bound_by, check_engine
from .explaining.walking import at_host
from .faults import Faults
from .home import Home
from .host import LabHost
from .person import Person
from .show_town import show_town
from .showable import Showable
from .site import Site
from .talk import Answering, Conversation
from .talk.parties import check_service, source_of
from .town import SERVICES, HostPlan, Town, load_town
from .twin import twin

_running: dict[str, weakref.ref[Lab]] = {}


class Lab(Showable):
    """A town that runs. ``town`` is the name of one, the path of a town file, or a `Town`.

    With ``live`` the clock is the machine's; otherwise it is frozen and moves only when told to.
    ``root`` is a folder that keeps the hosts' files from start to start; without it they live in a
    temporary folder that goes with the lab. With ``wire="sockets"`` each connection between two
    hosts is a real one on loopback, not one in memory; nothing else is different. With
    ``threads=False`` there are neither threads nor sockets, and so no doors: each call runs the lab
    and returns when all is quiet, as in a browser's tab. With ``remember`` only so many events of
    the trace stay in memory, for a lab that serves for weeks; older ones are in
    ``trace/events.jsonl`` under ``root`` alone, and without one are forgotten. With
    ``engine="exim4"`` the mail hosts run the real program of that name, on the machine's clock; it
    takes Linux and root, see `labmail.engines`.

    Raises `TownError` for a town that cannot be used, `HomeError` for such a folder, ValueError for
    wishes that do not go together.
    """

    def __init__(
        self,
        town: str | Path | Town = "two_companies",
        *,
        live: bool = False,
        root: Any = None,
        wire: str = "memory",
        threads: bool = True,
        remember: int | None = None,
        engine: str = "labmail",
    ) -> None:
        self.town = town if isinstance(town, Town) else load_town(town)
        if live and not threads:
            raise ValueError("a live clock needs a thread: take live=True or threads=False")
        check_engine(engine, threads=threads)
        predecessor = _running.get(self.town.name, lambda: None)()
        if predecessor is not None:
            predecessor.close()
        self._engine = engine
        self._live, self._wire, self._threads = live or engine != "labmail", wire, threads
        self._remember = remember
        self._home = Home(root)
        try:
            self._home.check_town(self.town)
            self._open()
        except BaseException:
            self._home.close()
            raise
        _running[self.town.name] = weakref.ref(self)

    def _open(self) -> None:
        thread = self._runner()
        site = None
        try:
            site = thread.call(self._start())
        finally:
            if site is None:
                thread.stop()
        self._thread, self._site = thread, site
        self.clock = LabClock(site.world.clock, thread, bound=bound_by(self._engine))
        self.faults = Faults(site, thread)
        self._hosts = {name: LabHost(host, thread) for name, host in site.hosts.items()}
        self._users = {a: Person(user, site, thread) for a, user in self.town.users.items()}
        self._channel = open_channel(self) if self._threads else no_channel
        self._end = weakref.finalize(self, _end, site, thread, self._home, self._channel)

    async def _start(self) -> Site:
        return await Site.start(
            self.town, self._home, self._wire, self._remember, engine=self._engine
        )

    def _runner(self) -> LoopThread:
        if not self._threads:
            return Pump(ThinLoop())
        return LoopThread(LabLoop(live=self._live), f"labmail {self.town.name}")

    # -- what there is

    @property
    def is_open(self) -> bool:
        """Whether the lab runs."""
        return self._end.alive and self._thread.alive

    @property
    def root(self) -> Path:
        """The real folder that holds a folder for each host."""
        return self._home.path

    @property
    def hosts(self) -> Mapping[str, LabHost]:
        """The hosts by name."""
        return self._hosts

    @property
    def users(self) -> Mapping[str, Person]:
        """The people by address."""
        return self._users

    def host(self, name: str) -> LabHost:
        """The host of this name. Raises KeyError that names those there are."""
        return _find(self._hosts, name, "host")

    def user(self, address: str) -> Person:
        """The person with this address. Raises KeyError that names those there are."""
        return _find(self._users, address, "user")

    @property
    def services(self) -> list[tuple[str, str, str, int]]:
        """Host, service, lab address and port of everything that listens, in the town's order."""
        return [
            (host.name, service, host.address, SERVICES[service])
            for host in self.town.hosts.values()
            for service in host.services
        ]

    @property
    def trace(self) -> Any:
        """Everything that happened: a `labmail.trace.Recorder`."""
        return self._site.trace

    # -- what can be done

    @twin
    async def endpoint(self, host: str, service: str, client: str | None = None) -> tuple[str, int]:
        """Opens a door to a service and tells where: a real host and port on loopback.

        Whoever comes through it speaks for the lab address ``client``, or for the town's visitor.
        Raises KeyError where there is no such host, ValueError where it has no such service.
        """
        return await self._site.endpoint(self._plan(host), service, client)

    @twin
    async def run(self, until: Callable[[], bool] | None = None, within: Interval = "3m") -> None:
        """Lets everything happen that is due ``within`` this time; stops when all is quiet."""
        await self._site.run(until, within)

    @twin
    async def settle(self) -> None:
        """Waits until nothing is under way at this instant."""
        await self._site.world.clock.settle()

    @twin
    async def talk(
        self, host: str, service: str = "smtp", client: str | None = None
    ) -> Conversation:
        """Calls a service by hand: connects, hears the greeting, and waits for what you say.

        ``client`` is whom you speak for: a host's name, a lab address, or somebody's address for
        her desk; without it, the town's visitor. Raises KeyError, ValueError, and OSError as
        `endpoint` and the network do.
        """
        plan, source = self._plan(host), source_of(self._site, client)
        check_service(plan, service)
        return await Conversation.open(self._site, self._thread, plan, service, source)

    @twin
    async def answer(self, host: str, service: str = "smtp") -> Answering:
        """Lets you answer a service by hand: its own server steps aside until you close.

        Raises KeyError, ValueError as `talk` does.
        """
        plan = self._plan(host)
        check_service(plan, service)
        return await Answering.begin(self._site, self._thread, plan, service)

    @twin
    async def down(self, host: str) -> None:
        """Switches a host off, until `up`; see `Faults.down` for one that ends with a ``with``."""
        self._site.breaker.begin(self._site.breaker.down(host))

    @twin
    async def up(self, host: str) -> None:
        """Switches it on again."""
        self._site.breaker.end_all("down", self._plan(host).name)

    @twin
    async def refuse(self, host: str, service: str) -> None:
        """Lets a host refuse connections to a service, until `allow`."""
        self._site.breaker.begin(self._site.breaker.refuse(host, service))

    @twin
    async def allow(self, host: str, service: str) -> None:
        """Takes `refuse` back."""
        self._site.breaker.end_all("refuse", self._plan(host).name, service)

    def capture(self, path: str | Path) -> Capturing:
        """Writes what crosses the network into a pcap file, until ``stop`` or the ``with`` ends.

        Raises OSError where the file cannot be written, RuntimeError where another is under way.
        """
        return Capturing(self._site, self._thread, path)

    @twin
    async def explain(
        self, address: str, *, at: Any = None, router: str | None = None, sender: str | None = None
    ) -> Explanation:
        """Why a letter to ``address`` would go where it would go from the host ``at``: every router
        asked, its answer, and the option that decided, with file and line; with ``router``, also
        what would have to change for that one to take it.

        ``at`` is a host or its name, and can be left out where only one host has mail; ``sender``
        whom the letter would be from. Raises KeyError, BadAddress, ConfigError, ValueError for a
        router that there is not.
        """
        host = self.host(at_host(self.town, at))
        return await host.explain_route.aio(address, router=router, sender=sender)

    def story(self, letter: Any) -> Story:
        """The story of a letter, or of the letter of this name: question and answer."""
        return self._site.story(getattr(letter, "name", letter))

    def reset(self) -> None:
        """Back to the beginning: empty mailboxes and queues, the clock at its start."""
        self._shut()
        self._home.clear()
        self._open()

    # -- the end

    def close(self) -> None:
        """Stops every server and removes a temporary folder. Safe to call twice."""
        self._end()
        if _running.get(self.town.name, lambda: None)() is self:
            del _running[self.town.name]

    def _shut(self) -> None:
        self._end.detach()
        self._channel()
        _stop(self._site, self._thread)

    def __enter__(self) -> Lab:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def show(self) -> Shown:
        """The companies of the town, their hosts and people."""
        state = "it runs" if self.is_open else "it is closed"
        return show_town(self.town, state, self._site.is_down)

    def __repr__(self) -> str:
        state = "runs" if self.is_open else "is closed"
        return f"<Lab {self.town.name} {state}: {len(self._hosts)} hosts, {len(self._users)} users>"

    def _plan(self, host: str) -> HostPlan:
        return _find(self.town.hosts, host, "host")


def _stop(site: Site, thread: LoopThread) -> None:
    """Stops the servers; where the lab's own thread collects the lab, the loop's end must do."""
    try:
        if thread.alive and not thread.here:
            thread.call(site.stop(), timeout=10)
    finally:
        thread.stop()
        site.trace.close()


def _end(site: Site, thread: LoopThread, home: Home, channel: Callable[[], None]) -> None:
    try:
        channel()
        _stop(site, thread)
    finally:
        home.close()


def _find(known: Mapping[str, Any], name: str, what: str) -> Any:
    if name not in known:
        raise KeyError(f"no {what} {name!r} in this town; it has {', '.join(known)}")
    return known[name]
