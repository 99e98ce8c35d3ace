"""Planning: for each recipient of a letter, all that it turns into, and who shares an end.

    team@ask.com ──▶ bob@ask.com   ──▶ Bob's mailbox ◀── bob@ask.com, who was written to as well
                 ──▶ carol@ask.com ──▶ Carol's mailbox
                 ──▶ |/bin/count   ──▶ a program

The routers are asked about one address after the other; here the answers are gathered for a letter.

Law: Exim specification, §3.13 (duplicate addresses), §3.14 (router outcomes).

Try: ``await route_all([Recipient("team@ask.com")], guide)``.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field, replace

from labmail.exim.routing.address import Address
from labmail.exim.routing.follow import Growth
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

from ..delivery.systemfilter import NOTHING, Filtered
from ..recipient import Recipient
from ..told import octets, words
from .routing import Guide, Routing

SYSTEM_FILTER = "system-filter"
BY_FILTER = "the system filter has taken care of the letter"
TOO_EARLY = "retry time not reached"
TOO_OFTEN = "redirected too often: the aliases go round, or grow without end"


@dataclass(slots=True)
class Plan:
    """What is to be done for a letter: every address at its end, and who shares an end.

    ``same`` names, for each end, the further recipients that came to it on another way, such as
    two aliases of one person: the letter is delivered once, and it counts for all of them.
    """

    ends: list[Routing] = field(default_factory=list)
    same: dict[tuple[str, str], list[Recipient]] = field(default_factory=dict)

    copied: dict[str, Routing] = field(default_factory=dict)
    """For a domain, how all of its recipients are routed."""

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
    early: Callable[[Recipient], bool] = lambda recipient: False,
) -> Plan:
    """Routes every address and all that they turn into.

    Addresses that are in ``done`` by their `Recipient.unique` have been served at an earlier try
    and are left out. Duplicates are found when all has been routed, as in Exim (specification,
    §3.13): two persons who forward to each other each have an end, and neither takes the other's
    letter for a duplicate. ``filtered`` is what the system filter has said before. About those who
    are ``early``, whether the envelope names them or a router has made them, no router is asked.
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
            await _follow(family, deque(begin), guide, plan, done, early)
    return plan


async def _follow(
    family: Family,
    waiting: deque[Address],
    guide: Guide,
    plan: Plan,
    done: Collection[str],
    early: Callable[[Recipient], bool],
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
        elif early(who):
            plan.add(Routing(who, Defer(TOO_EARLY), address, event=guide.cause))
        else:
            routing, new = await _route(address, who, guide, plan)
            family.split(new)
            waiting += new
            if not isinstance(routing.answer, Children | Rerouted):
                moved = family.recipient(address)  # an `unseen` router gives it a new parent
                if moved.unique not in done:
                    plan.add(_with(routing, moved))


async def _route(
    address: Address, who: Recipient, guide: Guide, plan: Plan
) -> tuple[Routing, list[Address]]:
    """Asks the routers, or copies what they have said of another recipient of the domain."""
    domain = address.domain.text
    begins = address.parent is None
    if begins and domain in plan.copied:
        return guide.copy(address, who, plan.copied[domain]), []
    routing, new = await guide.route(address, who)
    if begins and not new and may_be_copied(routing):
        plan.copied[domain] = routing
    return routing, new


def may_be_copied(routing: Routing) -> bool:
    """Whether all recipients of the domain go the same way (``same_domain_copy_routing``)."""
    address = routing.address
    router = address.router
    if not isinstance(routing.answer, Accept) or router is None or not address.hosts:
        return False
    alone = address.headers_add or address.headers_remove or address.errors_to is not None
    option = "same_domain_copy_routing"
    return option in router.options and bool(router[option]) and not alone


def _with(routing: Routing, recipient: Recipient) -> Routing:
    if recipient is routing.recipient:
        return routing
    return replace(routing, recipient=recipient)


def _made(address: Address) -> tuple[Outcome, Address, str]:
    """A file, a program or an answer: no router is asked about it."""
    name = address.router.name if address.router is not None else SYSTEM_FILTER
    if not address.permitted:
        kind = {"|": "pipe", ">": "reply"}.get(address.text.text[:1], "file")
        return Fail(f"delivery to {kind} forbidden"), address, name
    if address.transport is None:
        return Defer(address.message or "it has no transport"), address, name
    return Accept(address.transport), address, name


def begun(recipient: Recipient) -> Address:
    """An address of the envelope, as the routers are asked about it."""
    address = Address(Text(octets(recipient.address), True))
    if recipient.once and recipient.once.errors_to:
        address.errors_to = octets(recipient.once.errors_to)
    return address


class Family:
    """The recipients that stand for an address of the envelope and for all that comes of it."""

    def __init__(self, recipient: Recipient) -> None:
        self.first = begun(recipient)
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
