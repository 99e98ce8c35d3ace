"""The post office: what the parts of one MTA share, and the few things they all do.

Nothing decides here. Reception, queue and delivery are handed an `Office`: it knows where files,
logs and hints are, which clock hangs on the wall, and how to tell the trace about a letter.
"""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import Callable, Coroutine, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, ParamSpec, TypeVar

from labmail.dns import Resolver
from labmail.exim.routing import RECIPIENT
from labmail.exim.text import Text
from labmail.mda import StoreWorker
from labmail.smtp import Limits
from labmail.trace import Chapter, Event, Recorder
from labmail.world import Chance, Clock, HostFiles, Network, Programs

from .delivery.lines import Lines
from .letter import Letter
from .log import Logs
from .orders import Orders
from .retry.hints import Hints
from .routing.routing import Guide
from .settings import Settings
from .spool import Spool
from .spool.ids import MessageIds
from .surroundings import LetterNames
from .told import facts, octets, told
from .transports.crowding import Crowds

if TYPE_CHECKING:
    from labmail.exim.expansion.context import Context

P = ParamSpec("P")
T = TypeVar("T")


@dataclass(slots=True, kw_only=True)
class Office:
    """One MTA's belongings."""

    name: str
    """The host's name, as events tell it."""
    addresses: tuple[str, ...]
    """The host's lab addresses; the first is the one it calls others from."""
    orders: Orders
    """The configuration in force."""
    settings: Settings
    files: HostFiles
    clock: Clock
    network: Network
    chance: Chance
    trace: Recorder
    resolver: Resolver
    workers: Mapping[str, StoreWorker]
    """For each kind of mailbox of this host, who fills them."""
    spool: Spool
    logs: Logs
    hints: Hints
    ids: MessageIds
    programs: Programs
    """What pipes, filters and ``${run}`` may start."""
    client_tls: ssl.SSLContext | None = None
    """Whom we believe, for transports that use STARTTLS."""
    take: Callable[[Letter], None] = lambda letter: None
    """Takes a letter of the MTA's own that is safe in the spool: the queue does."""
    lines: Lines = field(default_factory=Lines)
    """Conversations with other hosts, and the letters that wait for one."""
    crowds: Crowds = field(default_factory=Crowds)
    """The deliveries that go on, where a transport says how many may."""
    deeds: set[asyncio.Task[Any]] = field(default_factory=set)
    """What must not be broken off in the middle."""
    _limits: tuple[Orders, Limits] | None = None

    @property
    def limits(self) -> Limits:
        """How much of everything is taken from a client: what the configuration says counts, as far
        as the host allows it."""
        if self._limits is None or self._limits[0] is not self.orders:
            self._limits = self.orders, self.orders.limits(self.settings.limits)
        return self._limits[1]

    def now(self) -> float:
        """POSIX seconds of the lab's clock."""
        return self.clock.time()

    async def disk(self, work: Callable[P, T], *args: P.args, **_: P.kwargs) -> T:
        """Does blocking disk work in a worker."""
        return await asyncio.get_running_loop().run_in_executor(None, work, *args)

    async def wholly(self, work: Coroutine[Any, Any, T]) -> T:
        """Does ``work`` to its end even when whoever waits for it is told to stop.

        A letter that was put into a mailbox and is not noted as delivered would arrive twice.
        """
        task = asyncio.ensure_future(work)
        self.deeds.add(task)
        task.add_done_callback(self.deeds.discard)
        return await asyncio.shield(task)

    def tell(self, kind: type[Event], letter: Letter, /, **fields: Any) -> str | None:
        """Tells the trace about a letter; gives the event's name, None when nobody listens."""
        if not self.trace.on:
            return None
        return self.trace.tell(kind, host=self.name, letter=letter.name, **fields).name or None

    def names(self, letter: str | None = None, cause: str | None = None) -> LetterNames:
        """The DNS, asked on behalf of a letter."""
        return LetterNames(self.resolver, letter, None, cause)

    def context(self, letter: Letter, body: bytes, names: LetterNames | None = None) -> Context:
        """What strings of the configuration can ask about a letter."""
        made = self.orders.context(message=told(letter, body), names=names)
        made.variables.update(facts(letter))
        return made

    def guide_for_asking(
        self,
        *,
        sender: str = "",
        letter: str | None = None,
        cause: str | None = None,
        purpose: str = RECIPIENT,
    ) -> Guide:
        """Takes addresses through the routers to see whether they are good; nothing is delivered
        and nothing told but what the DNS is asked."""
        names = self.names(letter, cause)
        context = self.orders.context(names=names)
        context.variables["sender_address"] = Text(octets(sender), True)
        return Guide(self.orders.desk(context, purpose=purpose), names, cause=cause)


def leg_of(letter: Letter, otherwise: Chapter) -> Chapter:
    """The chapter of the journey: a letter without a sender is on its way back."""
    return "return" if letter.is_bounce else otherwise
