"""Routing: the routers are asked in turn, until one takes the address.

    system_aliases   bob is not in /etc/aliases            decline ─┐
    userforward      there is no /home/bob/.forward        decline ─┤
    local_user       ask.com is not in +local_domains      not asked┤
    dnslookup        ask.com is not in +local_domains      accept ◀─┘  remote_smtp, mail.ask.com

An address that is *redirected* becomes other addresses, which start again at the first router. When
nobody takes it, it is unrouteable, and the reasons of all who declined are the answer to "why".

Everything is asked here and nothing is done: a `Routing` says what became of one address.

Law: Exim specification, §3.10 to §3.12.

Try: ``await route(Recipient("bob@ask.com"), routers, context)``.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field, replace

from .preconditions import Unmet, examine
from .recipient import Recipient
from .routers.base import Context, Router
from .routers.verdict import Accept, Answer, Decline, Defer, Discard, Fail, Pass, Redirect

UNROUTEABLE = "Unrouteable address"
MOST_GENERATIONS = 100
MOST_ADDRESSES = 20_000
"""How deep, and to how many addresses, the recipients of one letter may be redirected."""
TOO_OFTEN = Defer("redirected too often: the aliases go round, or grow without end")


@dataclass(frozen=True, slots=True)
class Step:
    """What one router said: ``answer`` is None where a precondition kept it from being asked."""

    router: str
    answer: Answer | None
    why: str

    def __str__(self) -> str:
        verb = {Decline: "declined", Pass: "passed it on"}.get(type(self.answer), "was skipped")
        return f"{self.router} {verb}: {self.why}"


@dataclass(frozen=True, slots=True)
class Routing:
    """What became of ``recipient``: the answer that ended it, and all that was said before.

    ``router`` is "" where every router declined. ``event`` names what the trace was told, the
    cause of all that follows. ``onward`` is where an ``unseen`` router sent a copy on.
    """

    recipient: Recipient
    answer: Accept | Redirect | Discard | Fail | Defer
    router: str = ""
    steps: tuple[Step, ...] = ()
    event: str | None = None
    onward: int | None = None

    @property
    def declined(self) -> tuple[str, ...]:
        """One sentence for each router that did not take it."""
        return tuple(str(step) for step in self.steps)


@dataclass(slots=True)
class Chosen:
    """What `route` tells while it goes: this router takes the address up."""

    recipient: Recipient
    router: Router
    reasons: tuple[str, ...]
    answer: Answer | None
    """None before the driver asks the network."""
    steps: tuple[Step, ...]


Teller = Callable[[Chosen], "str | None"]
"""Tells the trace that a router was chosen, and gives the event's name."""


def silent(chosen: Chosen) -> str | None:
    """A teller for those who only want to know."""
    return None


async def route(
    recipient: Recipient, routers: Sequence[Router], context: Context, tell: Teller = silent
) -> Routing:
    """Asks the routers about one address, from its first router on, until one decides."""
    steps: list[Step] = []
    event: str | None = None
    for number, router in enumerate(routers):
        if number < recipient.first_router:
            continue
        met = await examine(router, recipient, context)
        if isinstance(met, Unmet):
            steps.append(Step(router.name, None, met.why))
            continue
        chosen = Chosen(recipient, router, met.reasons, None, tuple(steps))
        inner = replace(context, person=met.person)
        if router.asks:
            event = tell(chosen) or event
            inner = inner.because(event)
        answer = await router.route(recipient, inner)
        event = getattr(answer, "event", None) or event
        if not isinstance(answer, Decline | Pass):
            if not router.asks:
                chosen.answer = answer
                event = tell(chosen) or event
            onward = number + 1 if router.unseen and isinstance(answer, Accept) else None
            return Routing(recipient, answer, router.name, tuple(steps), event, onward)
        steps.append(Step(router.name, answer, answer.why))
        if router.no_more and isinstance(answer, Decline):
            return _nowhere(recipient, router.cannot_route_message, steps, event)
    return _nowhere(recipient, "", steps, event)


def _nowhere(
    recipient: Recipient, message: str, steps: Sequence[Step], event: str | None
) -> Routing:
    return Routing(recipient, Fail(message or UNROUTEABLE), "", tuple(steps), event)


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
    answer = routing.answer
    return routing.recipient.unique, answer.transport if isinstance(answer, Accept) else ""


async def route_all(
    recipients: Sequence[Recipient],
    routers: Sequence[Router],
    context: Callable[[Recipient], Context],
    tell: Teller = silent,
    *,
    done: Collection[str] = (),
) -> Plan:
    """Routes every address and all that they turn into.

    ``context`` gives the surroundings for a recipient. Addresses that are in ``done`` by their
    `Recipient.unique` have been served at an earlier try and are left out. Duplicates are found
    when all has been routed, as in Exim (specification, §3.13): two persons who forward to each
    other each have an end, and neither takes the other's letter for a duplicate.
    """
    plan, waiting = Plan(), deque(recipients)
    room = len(recipients) + MOST_ADDRESSES
    while waiting:
        recipient = waiting.popleft()
        if recipient.unique in done:
            continue
        if room < 0 and recipient.generated:
            plan.add(Routing(recipient, TOO_OFTEN))
            continue
        routing = await route(recipient, routers, context(recipient), tell)
        children = _children(routing)
        room -= len(children)
        if children and recipient.generation >= MOST_GENERATIONS:
            routing, children = replace(routing, answer=TOO_OFTEN), []
        waiting += children
        if not isinstance(routing.answer, Redirect):
            plan.add(routing)
    return plan


def _children(routing: Routing) -> list[Recipient]:
    parent, answer = routing.recipient, routing.answer
    if isinstance(answer, Redirect):
        several = len(answer.children) > 1
        return [parent.child(address, routing.router, split=several) for address in answer.children]
    if routing.onward is not None:
        return [parent.child(parent.address, routing.router, first_router=routing.onward)]
    return []


async def verify(recipient: Recipient, routers: Sequence[Router], context: Context) -> Routing:
    """Whether a letter for ``recipient`` could be delivered, as far as routing can tell.

    An address that is redirected to a single other one is as good as that one; to several, it is
    good: what one of them lacks is for its bounce to say (Exim specification, §44.45).
    """
    routing = await route(recipient, routers, context)
    while isinstance(routing.answer, Redirect) and len(routing.answer.children) == 1:
        if routing.recipient.generation >= MOST_GENERATIONS:
            return replace(routing, answer=TOO_OFTEN)
        child = routing.recipient.child(routing.answer.children[0], routing.router)
        routing = await route(child, routers, context)
    return routing
