"""Following an address and all that it becomes, until everything has an end.

`-bt` shows the whole tree; a verification is content with less: an alias that leads to one address
is followed, one that leads to several is good as it is.

Law: Exim specification, §5.3 (-bt, -bv), §43.44 (redirection while verifying).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from labmail.exim.text import EMPTY, Text

from .address import Address
from .desk import SENDER
from .outcome import Accept, Children, Defer, Fail, Outcome, Rerouted
from .qualifying import recipient_domain, rewritten, sender_domain
from .walk import Walked, walk

if TYPE_CHECKING:
    from .desk import Desk


GENERATIONS, MOST_LATE = 10, 1000
"""Addresses with more ancestors than this are late ones; so many may come of one address. Lists may
be as long as they like: what doubles with each generation soon has many late ones."""

MOST = 100_000
"""Addresses that may come of one."""

GROWS = "each of the addresses that it makes makes more; look for the router that meets its own"


class Growth:
    """Counts what comes of an address, and says when it grows without end."""

    def __init__(self) -> None:
        self.all = self.late = 0

    def too_many(self, address: Address) -> bool:
        self.all += 1
        self.late += sum(1 for _ in address.ancestors) > GENERATIONS
        return self.all > MOST or self.late > MOST_LATE


class End(NamedTuple):
    """Where one branch ended: an address with what became of it. ``outcome`` is None for a file,
    a program or an answer."""

    address: Address
    outcome: Outcome | None


class Followed:
    """All that came of an address, in the order in which it was found out."""

    def __init__(self, address: str, *, changed: bool = False) -> None:
        self.address = address
        self.changed = changed
        """A rewriting rule has made it what it is."""
        self.ends: list[End] = []
        self.code = 0
        """0: all is well; 1: something has to wait; 2: something failed."""

    def note(self, end: End) -> None:
        self.ends.append(end)
        if isinstance(end.outcome, Fail):
            self.code = 2
        elif isinstance(end.outcome, Defer):
            self.code = self.code or 1


async def follow(given: Text, desk: Desk, *, full: bool = True) -> Followed:
    """``full``: every branch to its end. Otherwise until the answer is certain."""
    recipient, written = desk.purpose != SENDER, given.text
    if "@" not in given.text:
        domain = recipient_domain(desk) if recipient else sender_domain(desk)
        given = given.like(f"{given.text}@{domain}")
    asked, given = given, await rewritten(desk, given, recipient=recipient)
    told = Followed(given.text, changed=given is not asked)
    if not given.text:
        return told
    first = Address(given)
    first.unique = written
    waiting, growth = [first], Growth()
    while waiting:
        address = waiting.pop(0)
        if growth.too_many(address):
            told.note(End(address, Defer("redirection makes ever more addresses", GROWS)))
            break
        if address.made:
            told.note(End(address, None))
            continue
        outcome, queued, new = await routed(address, desk)
        waiting[:0] = new
        if queued is not None:
            told.note(End(address, Accept(address.transport)))
        if not isinstance(outcome, (Accept, Children, Rerouted)):
            told.note(End(address, outcome))
        if not full and _certain(outcome, waiting):
            break
    return told


async def routed(address: Address, desk: Desk) -> Walked:
    """One address through the routers, with what strings may ask about its sender."""
    known = desk.context.variables
    sender = known.get("sender_address", EMPTY)
    if desk.purpose == SENDER:
        known["sender_address"] = EMPTY
    known["return_path"] = sender if address.errors_to is None else Text(address.errors_to)
    try:
        outcome = await _percent_hack(address, desk)
        return await walk(address, desk) if outcome is None else Walked(outcome, None, [])
    finally:
        known["sender_address"] = sender


def _certain(outcome: Outcome, waiting: list[Address]) -> bool:
    if isinstance(outcome, (Fail, Defer)):
        return True
    if isinstance(outcome, Rerouted):
        return False
    return len(waiting) != 1 or waiting[0].made


async def _percent_hack(address: Address, desk: Desk) -> Defer | None:
    """user%else@here: an old way to say user@else by way of here. A list that cannot be read keeps
    everybody waiting, and Exim has no words for it."""
    listed = desk.context.settings.get("percent_hack_domains")
    if not listed:
        return None
    from labmail.exim.errors import Deferred
    from labmail.exim.expansion.lists import match_domain

    try:
        while True:
            found = await match_domain(desk.context, address.domain, Text(listed), expand=True)
            found.leave_numbers(desk.context)
            if not found or "%" not in address.caseful.text:
                break
            local, _, domain = address.caseful.text.rpartition("%")
            older = Address(address.text, address.parent)
            address.parent = older
            address.text = address.text.like(f"{local}@{domain}")
            address.unique = address.text.text
    except Deferred as later:
        desk.log(later.help or later.message, "MAIN PANIC")
        return Defer("unknown error", later.message)
    return None


__all__ = ["End", "Followed", "Growth", "follow", "routed"]
