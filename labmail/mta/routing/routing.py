"""Routing: the routers of the configuration are asked in turn, until one takes the address.

    system_aliases   bob is not in /etc/aliases            decline ─┐
    userforward      there is no /home/bob/.forward        decline ─┤
    local_user       ask.com is not in +local_domains      not asked┤
    dnslookup        ask.com is not in +local_domains      accept ◀─┘  remote_smtp, mail.ask.com

`labmail.exim.routing` decides; `Guide` takes an address there, listens, and gives the answer in the
words of the MTA. When nobody takes an address, it is unrouteable, and the reasons of all who
declined are the answer to "why". Everything is asked here and nothing is done.

Law: Exim specification, §3.10 to §3.12.

Try: ``await Guide(desk).route(Address(Text("bob@ask.com")), Recipient("bob@ask.com"))``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace

from labmail.exim.config.configuration import Block
from labmail.exim.routing import Desk
from labmail.exim.routing.address import Address, lower
from labmail.exim.routing.finding import Finding
from labmail.exim.routing.follow import routed
from labmail.exim.routing.outcome import (
    Accept,
    Outcome,
    Rerouted,
)
from labmail.exim.routing.steps import Step as Note

from ..hosts import Host, hosts_of
from ..recipient import Recipient
from ..surroundings import LetterNames
from .phrases import phrase

UNROUTEABLE = "Unrouteable address"
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
    reasons: tuple[str, ...] = ()
    """Why ``router`` was asked: the conditions that held."""

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
        name = router.name if router is not None else ""
        steps, reasons = tuple(declined(self.desk.steps, name)), self._reasons(name)
        event = self.names.cause if self.names and self._told else self.cause
        if router is not None and not self._told and not isinstance(outcome, Rerouted):
            event = self.tell(Chosen(recipient, router, reasons, outcome, steps)) or event
        return Routing(recipient, outcome, address, name, steps, event, reasons), new

    def copy(self, address: Address, recipient: Recipient, earlier: Routing) -> Routing:
        """The routing of another address of the same domain, where the router allows that
        (``same_domain_copy_routing``): nobody is asked again."""
        self._recipient = recipient
        router = earlier.address.router
        address.router, address.transport = router, earlier.address.transport
        address.hosts = list(earlier.address.hosts)
        address.local_part = address.caseful.like(lower(address.caseful.text))
        told = Chosen(recipient, router, earlier.reasons, None, earlier.steps)
        event = self.tell(told) or self.cause
        return replace(earlier, recipient=recipient, address=address, event=event)

    def asks(self, router: Block, address: Address) -> None:
        if router.driver not in ASKING or self.names is None:
            return
        self._told = True
        steps = tuple(declined(self.desk.steps or [], router.name))
        chosen = Chosen(self._recipient, router, self._reasons(router.name), None, steps)
        self.names.cause = self.tell(chosen) or self.names.cause

    def _reasons(self, router: str) -> tuple[str, ...]:
        """The conditions of a router that held."""
        notes = self.desk.steps or []
        mine = [note for note in notes if note.router == router and note.answer == "yes"]
        return tuple(phrase(note) for note in mine)

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
