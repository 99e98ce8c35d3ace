"""Delivery: one attempt to serve everybody whom a letter still waits for.

    route     every waiting address, and what it turns into             routing
    group     addresses that can travel together                        transports
    do        hand each batch to its transport                          smtp, mda
    settle    one outcome for each address: journal, log, trace         settling

Outcomes are settled batch by batch, as they come: when the power fails between two batches, the
journal knows who is done. What becomes of the letter as a whole is for the queue to say.

Law: Exim specification, §3.14 to §3.17.
"""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace

from labmail.message.outcome import Deferred, Delivered, Failed, Outcome
from labmail.smtp import Wish
from labmail.trace import Chapter

from . import events
from .hands import OfficeHands
from .letter import Letter
from .office import Office, leg_of
from .once import AskOnce
from .patience import NOT_YET
from .recipient import Recipient
from .routers.base import Context
from .routers.verdict import Accept, Defer, Discard, Fail, Redirect
from .routing import Chosen, Routing, route_all
from .settling import Result, Settling
from .transports.base import Assigned, Transport

DEFERRED_BY_ROUTER = -1
"""Exim's number in the log where a router put an address off."""
REMOTE_AT_ONCE = 4
"""How many batches go out at the same time for one letter (Exim's ``remote_max_parallel``)."""


class Delivery:
    """One attempt for one letter. ``force`` looks at no retry time."""

    def __init__(self, office: Office, letter: Letter, body: bytes, *, force: bool = False) -> None:
        self.office, self.letter, self.body = office, letter, body
        self.cause, self.force = letter.event, force
        self.resolver = AskOnce(office.resolver)
        self.hands = OfficeHands(office, letter, force=force)

    async def run(self, waiting: Sequence[Recipient]) -> Result:
        """Serves the recipients ``waiting``; says what became of them."""
        settings = self.office.settings
        plan = await route_all(
            waiting, settings.routers, self._context, self._tell, done=self.letter.head.done
        )
        self.settling = Settling(
            self.office, self.letter, plan, waiting, self.hands.calls, self.cause
        )
        await self.settling.note_finished()
        await self._settle(*self._ended(plan.ends))
        local, remote = self._batches(plan.ends)
        for transport, batch in local:
            await self.office.wholly(self._serve(transport, batch))
        limit = asyncio.Semaphore(REMOTE_AT_ONCE)
        await asyncio.gather(*(self._serve_far(*each, limit) for each in remote))
        return self.settling.result

    # ── routing ──────────────────────────────────────────────────────────────────────────────────

    def _context(self, recipient: Recipient) -> Context:
        return self.office.context(
            recipient,
            sender=self.letter.sender,
            letter=self.letter.name,
            cause=self.cause,
            resolver=self.resolver,
        )

    def _tell(self, chosen: Chosen) -> str | None:
        """Tells which router takes an address, unless it is what the last attempt told."""
        recipient, answer = chosen.recipient, chosen.answer
        if self.letter.routed.get(recipient.unique) == chosen.router.name:
            return self.cause
        self.letter.routed[recipient.unique] = chosen.router.name
        accepted = answer if isinstance(answer, Accept) else None
        leg: Chapter = "route" if accepted is None and chosen.router.asks else "take"
        return self.office.tell(
            events.Routed,
            self.letter,
            recipient=recipient.original.address,
            cause=self.cause,
            leg=leg_of(self.letter, leg),
            router=chosen.router.name,
            address=recipient.address,
            because=_because(chosen),
            declined=tuple(str(step) for step in chosen.steps),
            transport=accepted.transport if accepted else _name(chosen),
            children=answer.children if isinstance(answer, Redirect) else (),
            total=len(self.office.settings.routers),
        )

    # ── what needs no transport ──────────────────────────────────────────────────────────────────

    def _ended(self, ends: Sequence[Routing]) -> tuple[list[Routing], list[Outcome]]:
        """The ends that routing alone decides, and their outcomes."""
        done: list[Routing] = []
        outcomes: list[Outcome] = []
        for routing in ends:
            if (outcome := self._outcome(routing)) is not None:
                done.append(routing)
                outcomes.append(outcome)
        return done, outcomes

    def _outcome(self, routing: Routing) -> Outcome | None:
        match routing.answer:
            case Fail(text=text):
                return Failed(text or "Unrouteable address", code="5.1.1")
            case Defer(text=text):
                return Deferred(text, DEFERRED_BY_ROUTER, code="4.3.0")
            case Discard():
                return Delivered(":blackhole:")
            case Accept(transport=name):
                if name not in self.office.settings.transports:
                    known = f'transport "{name}" not found in {routing.router} router'
                    return Deferred(known, DEFERRED_BY_ROUTER, code="4.3.5")
                attempt = self.office.hints.waits(f"T:{routing.recipient.key}", self.office.now())
                if attempt and not self.force:
                    return Deferred("Retry time not yet reached", NOT_YET, code="4.2.0")
        return None

    # ── transports ───────────────────────────────────────────────────────────────────────────────

    def _batches(
        self, ends: Sequence[Routing]
    ) -> tuple[list[tuple[Transport, list[Routing]]], list[tuple[Transport, list[Routing]]]]:
        """What the transports do, batch by batch: first here, then far away."""
        groups: defaultdict[str, list[Routing]] = defaultdict(list)
        for routing in ends:
            if isinstance(routing.answer, Accept) and not self.settling.is_settled(routing):
                groups[routing.answer.transport].append(routing)
        here: list[tuple[Transport, list[Routing]]] = []
        away: list[tuple[Transport, list[Routing]]] = []
        for name, group in groups.items():
            transport = self.office.settings.transports[name]
            pairs = [(self._assign(routing), routing) for routing in group]
            by_identity = {id(each): routing for each, routing in pairs}
            for batch in transport.batches([each for each, _ in pairs], self.letter):
                routings = [by_identity[id(each)] for each in batch]
                (here if transport.local else away).append((transport, routings))
        return here, away

    def _assign(self, routing: Routing) -> Assigned:
        answer = routing.answer
        assert isinstance(answer, Accept)
        sharers = self.settling.plan.sharers(routing)
        return Assigned(
            recipient=routing.recipient,
            router=routing.router,
            hosts=answer.hosts,
            person=answer.person,
            originals=tuple(each.original.address for each in sharers),
            event=routing.event,
            wish=handed_on(routing.recipient, self.letter),
        )

    async def _serve_far(
        self, transport: Transport, batch: Sequence[Routing], limit: asyncio.Semaphore
    ) -> None:
        async with limit:
            outcomes = await self._do(transport, batch)
        await self.office.wholly(self.settling.settle(batch, outcomes, transport))

    async def _serve(self, transport: Transport, batch: Sequence[Routing]) -> None:
        await self.settling.settle(batch, await self._do(transport, batch), transport)

    async def _do(self, transport: Transport, batch: Sequence[Routing]) -> list[Outcome]:
        """The deed. A transport that breaks puts its batch off; it never takes the letter along."""
        assigned = [self._assign(routing) for routing in batch]
        try:
            return await transport.deliver(self.letter, self.body, assigned, self.hands)
        except Exception as error:
            problem = f"{transport.name} transport failed: {type(error).__name__}: {error}"
            self.office.logs.panic(problem, self.letter.id)
            return [Deferred(problem, DEFERRED_BY_ROUTER, code="4.3.0") for _ in batch]

    async def _settle(self, done: Sequence[Routing], outcomes: Sequence[Outcome]) -> None:
        if done:
            await self.office.wholly(self.settling.settle(done, outcomes, None))


def handed_on(recipient: Recipient, letter: Letter) -> Wish:
    """What the next host is asked to report about ``recipient``.

    Where one address has become several, the success of each is not what the sender asked about
    (RFC 3461 §5.2.7.3); that it was expanded is reported here.
    """
    wish = letter.wish(recipient.original.address)
    if not recipient.expanded or not wish.success:
        return wish
    left = tuple(each for each in wish.notify if each != "SUCCESS")
    return replace(wish, notify=left or ("NEVER",))


def _because(chosen: Chosen) -> str:
    """Why this router: its preconditions, and what its driver found."""
    found = getattr(chosen.answer, "why", "")
    reasons = [*chosen.reasons, *([found] if found else [])]
    return ", and ".join(reasons) if reasons else "it takes every address"


def _name(chosen: Chosen) -> str:
    transport = chosen.router.transport
    return transport if isinstance(transport, str) else ""
