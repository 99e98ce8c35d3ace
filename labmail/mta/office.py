"""The post office: what the parts of one MTA share, and the few things they all do.

Nothing decides here. Reception, queue and delivery are handed an `Office`: it knows where files,
logs and hints are, which clock hangs on the wall, and how to tell the trace about a letter.
"""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import Callable, Coroutine, Mapping
from dataclasses import dataclass, field
from typing import Any, ParamSpec, TypeVar

from labmail.mda import StoreWorker
from labmail.trace import Chapter, Event, Recorder
from labmail.world import Chance, Clock, HostFiles, Network

from .etc import Etc
from .hints import Hints
from .ids import MessageIds
from .letter import Letter
from .log import Logs
from .recipient import Recipient
from .routers.base import Context, Resolver
from .settings import Settings
from .spool import Spool

P = ParamSpec("P")
T = TypeVar("T")


@dataclass(slots=True, kw_only=True)
class Office:
    """One MTA's belongings."""

    name: str
    """The host's name, as events tell it."""
    addresses: tuple[str, ...]
    """The host's lab addresses; the first is the one it calls others from."""
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
    etc: Etc
    ids: MessageIds
    client_tls: ssl.SSLContext | None = None
    """Whom we believe, for transports that use STARTTLS."""
    deeds: set[asyncio.Task[Any]] = field(default_factory=set)
    """What must not be broken off in the middle."""

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

    def context(
        self,
        recipient: Recipient,
        *,
        sender: str,
        letter: str | None = None,
        cause: str | None = None,
        resolver: Resolver | None = None,
        verifying: bool = False,
    ) -> Context:
        """What routers may look at when they are asked about ``recipient``."""
        return Context(
            hostname=self.settings.primary_hostname,
            addresses=frozenset(self.addresses),
            qualify_domain=self.settings.home_domain,
            etc=self.etc,
            resolver=resolver or self.resolver,
            sender=sender,
            verifying=verifying,
            letter=letter,
            recipient=recipient.original.address,
            cause=cause,
        )

    def context_for_asking(self, recipient: Recipient) -> Context:
        """The same where there is no letter, and nothing will be delivered."""
        return self.context(recipient, sender="", verifying=True)


def leg_of(letter: Letter, otherwise: Chapter) -> Chapter:
    """The chapter of the journey: a letter without a sender is on its way back."""
    return "return" if letter.is_bounce else otherwise
