"""Routing: the routers of the configuration are asked in turn, until one takes the address.

    system_aliases   bob is not in /etc/aliases            decline ─┐
    userforward      there is no /home/bob/.forward        decline ─┤
    local_user       ask.com is not in +local_domains      not asked┤
    dnslookup        ask.com is not in +local_domains      accept ◀─┘  remote_smtp, mail.ask.com

`labmail.exim.routing` decides, for one address after the other; here the answers are gathered for a
letter: an address that is *redirected* becomes other addresses, which start again at the first
router. When nobody takes it, it is unrouteable, and the reasons of all who declined are the answer
to "why".

Everything is asked here and nothing is done: a `Routing` says what became of one address.

Law: Exim specification, §3.10 to §3.13.

Try: ``await route_all([Recipient("bob@ask.com")], guide)``.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass, field

from labmail.exim.config.configuration import Block
from labmail.exim.routing import Desk
from labmail.exim.routing.address import Address
from labmail.exim.routing.desk import Step as Note
from labmail.exim.routing.finding import Finding
from labmail.exim.routing.follow import Growth, routed
from labmail.exim.routing.outcome import (
    Accept,
    Children,
    Defer,
    Discard,
    Fail,
    Outcome,
    Rerouted,
)
from labmail.exim.text import Text

from .hosts import Host, hosts_of
from .phrases import phrase
from .recipient import Recipient
from .surroundings import LetterNames
from .systemfilter import NOTHING, Filtered
from .told import octets, words

UNROUTEABLE = "Unrouteable address"
SYSTEM_FILTER = "system-filter"
BY_FILTER = "the system filter has taken care of the letter"
TOO_OFTEN = "redirected too often: the aliases go round, or grow without end"
ASKING = frozenset({"dnslookup", "manualroute", "ipliteral", "iplookup", "queryprogram"})
"""Drivers that ask others: the trace hears that the router was chosen before it hears what it
asks."""


@dataclass(frozen=True, slots=True)
class Step:
    """What one router said that did not take the address."""

    router: str
    verb: str
    """``declined``, ``passed it on``, ``was skipped`` (a precondition kept it from being asked)."""
    why: str

    def __str__(self) -> str:
        return f"{self.router} {self.verb}: {self.why}"


@dataclass(frozen=True, slots=True)
class Routing:
    """What became of ``recipient``: the answer that ended it, and all that was said before.

    ``router`` is "" where every router declined. ``event`` names what the trace was told, the
    cause of all that follows. ``address`` has what the transport needs to know.
    """

    recipient: Recipient
    answer: Outcome
    address: Address
    router: str = ""
    steps: tuple[Step, ...] = ()
    event: str | None = None

    @property
    def declined(self) -> tuple[str, ...]:
        """One sentence for each router that did not take it."""
        return tuple(str(step) for step in self.steps)

    @property
    def transport(self) -> str:
        """The name of the transport that has it; "" if none has."""
        block = self.address.transport if isinstance(self.answer, Accept) else None
        return block.name if block is not None else ""

    @property
    def hosts(self) -> tuple[Host, ...]:
        return hosts_of(self.address)


@dataclass(slots=True)
class Chosen:
    """What `Guide` tells while it goes: this router takes the address up."""

    recipient: Recipient
    router: Block
    reasons: tuple[str, ...]
    outcome: Outcome | None
    """None before the driver asks the network."""
    steps: tuple[Step, ...]


Teller = Callable[[Chosen], "str | None"]
"""Tells the trace that a router was chosen, and gives the event's name."""


def silent(chosen: Chosen) -> str | None:
    """A teller for those who only want to know."""
    return None


class Guide:
    """Takes addresses through the routers. ``names`` asks the DNS on their behalf."""

    def __init__(
        self,
        desk: Desk,
        names: LetterNames | None = None,
        tell: Teller = silent,
        cause: str | None = None,
    ) -> None:
        self.desk, self.names, self.tell, self.cause = desk, names, tell, cause
        desk.watch = self
        self._recipient = Recipient("")
        self._told = False

    async def route(self, address: Address, recipient: Recipient) -> tuple[Routing, list[Address]]:
        """What the routers say of one address, and what it becomes."""
        self._recipient, self._told = recipient, False
        self.desk.steps = []
        if self.names is not None:
            self.names.on_behalf_of(recipient.original.address, self.cause)
        outcome, _, new = await routed(address, self.desk)
        router: Block | None = address.router  # None where nobody has taken it
        steps = tuple(declined(self.desk.steps, router.name if router is not None else ""))
        event = self.names.cause if self.names and self._told else self.cause
        if router is not None and not self._told and not isinstance(outcome, Rerouted):
            event = self.tell(self._chosen(router, outcome)) or event
        name = router.name if router is not None else ""
        return Routing(recipient, outcome, address, name, steps, event), new

    def asks(self, router: Block, address: Address) -> None:
        if router.driver not in ASKING or self.names is None:
            return
        self._told = True
        self.names.cause = self.tell(self._chosen(router, None)) or self.names.cause

    def _chosen(self, router: Block, outcome: Outcome | None) -> Chosen:
        notes = self.desk.steps or []
        mine = [note for note in notes if note.router == router.name and note.answer == "yes"]
        reasons = tuple(phrase(note) for note in mine)
        return Chosen(
            self._recipient, router, reasons, outcome, tuple(declined(notes, router.name))
        )

    def looks_for_hosts(self, domain: str) -> None:
        if self.names is not None:
            self.names.looking_for_hosts(domain)

    async def found_hosts(self, domain: str, found: Finding) -> None:
        if self.names is not None:
            await self.names.found_hosts(domain, found)


def declined(notes: Iterable[Note], taker: str) -> list[Step]:
    """Of each router that was asked before ``taker``, the note that ended it."""
    last: dict[str, Note] = {}
    for note in notes:
        if note.router != taker:
            last.pop(note.router, None)
            last[note.router] = note
    return [Step(name, _verb(note), phrase(note)) for name, note in last.items()]


def _verb(note: Note) -> str:
    return {"decline": "declined", "pass": "passed it on"}.get(note.answer, "was skipped")


@dataclass(slots=True)
class Plan:
    """What is to be done for a letter: every address at its end, and who shares an end.

    ``same`` names, for each end, the further recipients that came to it on another way, such as
    two aliases of one person: the letter is delivered once, and it counts for all of them.
    """

    ends: list[Routing] = field(default_factory=list)
    same: dict[tuple[str, str], list[Recipient]] = field(default_factory=dict)

    def add(self, routing: Routing) -> None:
        """Takes an end, or notes that there is such a one already."""
        key = _end_key(routing)
        if key in self.same:
            self.same[key].append(routing.recipient)
            return
        if isinstance(routing.answer, Accept):
            self.same[key] = []
        self.ends.append(routing)

    def sharers(self, routing: Routing) -> tuple[Recipient, ...]:
        """All recipients that meet in this end, its own first."""
        return (routing.recipient, *self.same.get(_end_key(routing), ()))


def _end_key(routing: Routing) -> tuple[str, str]:
    return routing.recipient.unique, routing.transport


async def route_all(
    recipients: Sequence[Recipient],
    guide: Guide,
    *,
    done: Collection[str] = (),
    filtered: Filtered = NOTHING,
) -> Plan:
    """Routes every address and all that they turn into.

    Addresses that are in ``done`` by their `Recipient.unique` have been served at an earlier try
    and are left out. Duplicates are found when all has been routed, as in Exim (specification,
    §3.13): two persons who forward to each other each have an end, and neither takes the other's
    letter for a duplicate. ``filtered`` is what the system filter has said before.
    """
    plan = Plan()
    new = filtered.new
    for recipient in recipients:
        if recipient.unique in done:
            continue
        family = Family(recipient)
        begin, new = family.adopt(new), ()
        if filtered.answer is not None:
            plan.add(Routing(recipient, filtered.answer, family.first, event=guide.cause))
        elif filtered.instead and not begin:
            plan.add(Routing(recipient, Discard(BY_FILTER), family.first, event=guide.cause))
        else:
            begin = begin if filtered.instead else [*begin, family.first]
            await _follow(family, deque(begin), guide, plan, done)
    return plan


async def _follow(
    family: Family,
    waiting: deque[Address],
    guide: Guide,
    plan: Plan,
    done: Collection[str],
) -> None:
    """Addresses of one family, with all that comes of them."""
    growth = Growth()
    while waiting:
        address = waiting.popleft()
        who = family.recipient(address)
        if address is not family.first and who.unique in done:
            continue
        if growth.too_many(address):
            plan.add(Routing(who, Defer(TOO_OFTEN), address))
        elif address.made:
            plan.add(Routing(who, *_made(address), event=guide.cause))
        else:
            routing, new = await guide.route(address, who)
            family.split(new)
            waiting += new
            if not isinstance(routing.answer, Children | Rerouted):
                moved = family.recipient(address)  # an `unseen` router gives it a new parent
                if moved.unique not in done:
                    plan.add(_with(routing, moved))


def _with(routing: Routing, recipient: Recipient) -> Routing:
    if recipient is routing.recipient:
        return routing
    return Routing(
        recipient, routing.answer, routing.address, routing.router, routing.steps, routing.event
    )


def _made(address: Address) -> tuple[Outcome, Address, str]:
    """A file, a program or an answer: no router is asked about it."""
    name = address.router.name if address.router is not None else SYSTEM_FILTER
    if not address.permitted:
        kind = {"|": "pipe", ">": "reply"}.get(address.text.text[:1], "file")
        return Fail(f"delivery to {kind} forbidden"), address, name
    if address.transport is None:
        return Defer(address.message or "it has no transport"), address, name
    return Accept(address.transport), address, name


class Family:
    """The recipients that stand for an address of the envelope and for all that comes of it."""

    def __init__(self, recipient: Recipient) -> None:
        self.first = Address(Text(octets(recipient.address), True))
        self.origin = recipient
        self._several: set[int] = set()
        self._kept: list[Address] = []  # an address lives as long as its number is remembered

    def adopt(self, new: Sequence[Address]) -> list[Address]:
        """Addresses that the system filter adds come of the first recipient."""
        for address in new:
            address.parent = self.first
        self.split([*new, self.first] if new else [])
        return list(new)

    def split(self, new: Sequence[Address]) -> None:
        """These have come of one address."""
        if len(new) > 1:
            self._kept += new
            self._several |= {id(each) for each in new}

    def recipient(self, address: Address) -> Recipient:
        """The word of the MTA for an address."""
        if address.parent is None:
            return self.origin
        parent = self.recipient(address.parent)
        text, named = words(address.text.text), words(address.unique)
        router = address.parent.router
        return Recipient(
            text,
            parent,
            router.name if router is not None else SYSTEM_FILTER,
            split=id(address) in self._several,
            made=address.made,
            copy=named.removeprefix(text) if named.startswith(f"{text}/") else "",
        )


async def verify(recipient: Recipient, guide: Guide) -> Routing:
    """Whether a letter for ``recipient`` could be delivered, as far as routing can tell.

    An address that is redirected to a single other one is as good as that one; to several, it is
    good: what one of them lacks is for its bounce to say (Exim specification, §44.45).
    """
    family, growth = Family(recipient), Growth()
    address = family.first
    while True:
        who = family.recipient(address)
        if growth.too_many(address):
            return Routing(who, Defer(TOO_OFTEN), address)
        routing, new = await guide.route(address, who)
        goes_on = isinstance(routing.answer, Children | Rerouted)
        if not goes_on or len(new) != 1 or new[0].made:
            return routing
        address = new[0]


__all__ = [
    "UNROUTEABLE",
    "Accept",
    "Children",
    "Chosen",
    "Defer",
    "Discard",
    "Fail",
    "Guide",
    "Plan",
    "Routing",
    "Step",
    "route_all",
    "silent",
    "verify",
]
