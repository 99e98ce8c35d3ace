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
from collections import Counter, defaultdict
from collections.abc import Sequence
from functools import partial

from labmail.exim.routing.outcome import Accept
from labmail.message.outcome import Deferred, Outcome
from labmail.trace import Chapter

from .. import events
from ..letter import Letter
from ..office import Office, leg_of
from ..recipient import Recipient
from ..retry.patience import keys_of_routing
from ..routing.planning import route_all
from ..routing.routing import Chosen, Routing
from ..transports import make
from ..transports.asking import Hindered
from ..transports.base import Assigned, Transport
from ..transports.crowding import CROWDED
from .decided import DEFERRED_BY_ROUTER, decided
from .hands import OfficeHands
from .holding import LOCAL_ONLY, Holding, HoldingGuide
from .manner import AT_ONCE, Manner
from .result import Result
from .settling import Settling
from .systemfilter import system_filter
from .turns import as_routed, by_generation, in_turn
from .wishes import handed_on
from .words import because, children_of, transport_of


class Delivery:
    """One attempt for one letter."""

    def __init__(
        self, office: Office, letter: Letter, body: bytes, manner: Manner = AT_ONCE
    ) -> None:
        self.office, self.letter, self.body = office, letter, body
        self.cause, self.force = letter.event, manner.force
        self.holding = Holding(office.orders, manner)
        self.names = office.names(letter.name, letter.event)
        self.context = office.context(letter, body, self.names)
        self.hands = OfficeHands(office, letter, self.context, force=manner.force)
        self._transports: dict[str, Transport] = {}
        self._times = Counter(letter.head.recipients)
        """How often the envelope names an address."""

    async def run(self, waiting: Sequence[Recipient]) -> Result:
        """Serves the recipients ``waiting``; says what became of them."""
        logs, about = self.office.logs, self.letter.id
        desk = self.office.orders.desk(self.context, log=partial(logs.noted, message_id=about))
        guide = HoldingGuide(self.holding, desk, self.names, self._tell, self.cause)
        filtered = await system_filter(self.office.orders, self.letter, self.context)
        for note in filtered.notes:
            logs.main(note, about)
        done = self.letter.head.done
        plan = await route_all(waiting, guide, done=done, filtered=filtered, early=self._is_early)
        self.settling = Settling(
            self.office, self.letter, plan, waiting, self.hands.calls, self.cause
        )
        self.settling.patience.found_ways(plan.ends)
        await self.settling.note_finished()
        await self._settle(*self._ended(plan.ends))
        local, remote = self._batches(plan.ends)
        for transport, batch in local:
            await self.office.wholly(self._serve(transport, batch))
        limit = asyncio.Semaphore(max(1, self.office.orders.main("remote_max_parallel")))
        try:
            await asyncio.gather(*(self._serve_far(*each, limit) for each in remote))
        finally:
            line = self.office.lines.over(self.letter.id)
        if line is not None:
            await self.office.lines.give(line, line.letters + 1)
        return self.settling.result

    # ── routing ──────────────────────────────────────────────────────────────────────────────────

    def _tell(self, chosen: Chosen) -> str | None:
        """Tells which router takes an address, unless it is what the last attempt told."""
        recipient, outcome = chosen.recipient, chosen.outcome
        if self.letter.routed.get(recipient.unique) == chosen.router.name:
            return self.cause
        self.letter.routed[recipient.unique] = chosen.router.name
        leg: Chapter = "route" if outcome is None else "take"
        return self.office.tell(
            events.Routed,
            self.letter,
            recipient=recipient.known_as,
            cause=self.cause,
            leg=leg_of(self.letter, leg),
            router=chosen.router.name,
            address=recipient.address,
            because=because(chosen),
            declined=tuple(str(step) for step in chosen.steps),
            transport=transport_of(chosen),
            children=children_of(chosen),
            total=len(self.office.orders.routers),
        )

    # ── what needs no transport ──────────────────────────────────────────────────────────────────

    def _ended(self, ends: Sequence[Routing]) -> tuple[list[Routing], list[Outcome]]:
        """The ends that routing alone decides, and their outcomes."""
        done: list[Routing] = []
        outcomes: list[Outcome] = []
        accepted = [each for each in in_turn(ends) if isinstance(each.answer, Accept)]
        for routing in (*as_routed(ends), *accepted):
            if (outcome := self._decided(routing)) is not None:
                done.append(routing)
                outcomes.append(outcome)
        return done, outcomes

    def _decided(self, routing: Routing) -> Outcome | None:
        waits = None if self.force else self.office.hints.waits
        return decided(routing, waits, self.office.now())

    def _is_early(self, recipient: Recipient) -> bool:
        """Whether an address could not be routed, and its next try is not due. Only queue runs
        look: a letter that has just come in is tried all the same."""
        if self.force or not self.holding.manner.queue_run:
            return False
        now, hints = self.office.now(), self.office.hints
        return any(hints.waits(key, now) for key in keys_of_routing(recipient))

    # ── transports ───────────────────────────────────────────────────────────────────────────────

    def _batches(
        self, ends: Sequence[Routing]
    ) -> tuple[list[tuple[Transport, list[Routing]]], list[tuple[Transport, list[Routing]]]]:
        """What the transports do, batch by batch: first here, then far away."""
        groups: defaultdict[str, list[Routing]] = defaultdict(list)
        for routing in in_turn(ends):
            if isinstance(routing.answer, Accept) and not self.settling.is_settled(routing):
                groups[routing.transport].append(routing)
        here: list[tuple[Transport, list[Routing]]] = []
        away: list[tuple[Transport, list[Routing]]] = []
        for group in groups.values():
            transport = self._transport(group[0])
            pairs = [(self._assign(routing), routing) for routing in group]
            by_identity = {id(each): routing for each, routing in pairs}
            for batch in transport.batches([each for each, _ in pairs], self.letter):
                routings = [by_identity[id(each)] for each in batch]
                (here if transport.local else away).append((transport, routings))
        return here, away

    def _transport(self, routing: Routing) -> Transport:
        """The transport that a router gave an address to, made once for an attempt."""
        block = routing.address.transport
        if block.name not in self._transports:
            self._transports[block.name] = make(block)
        return self._transports[block.name]

    def _assign(self, routing: Routing) -> Assigned:
        sharers = self.settling.plan.sharers(routing)
        return Assigned(
            recipient=routing.recipient,
            address=routing.address,
            router=routing.router,
            hosts=routing.hosts,
            originals=tuple(
                name
                for name in (each.original.address for each in sorted(sharers, key=by_generation))
                for _ in range(self._times[name] or 1)
            ),
            event=routing.event,
            wish=handed_on(routing.recipient, self.letter),
        )

    async def _serve_far(
        self, transport: Transport, batch: Sequence[Routing], limit: asyncio.Semaphore
    ) -> None:
        later = [await self.holding.before_sending(each.recipient.domain) for each in batch]
        await self._hold_back(transport, [(r, o) for r, o in zip(batch, later, strict=True) if o])
        now = [each for each, outcome in zip(batch, later, strict=True) if outcome is None]
        if not now:
            return
        async with limit:
            outcomes = await self._do(transport, now)
        await self.office.wholly(self.settling.settle(now, outcomes, transport))

    async def _hold_back(
        self, transport: Transport, held: Sequence[tuple[Routing, Deferred]]
    ) -> None:
        """Those who are not sent now; who waits for which host is remembered, so that a queue run
        sends them down one line."""
        if not held:
            return
        for routing, outcome in held:
            if outcome is not LOCAL_ONLY:
                self.hands.wait_for(transport.name, routing.hosts)
        routings, outcomes = [each for each, _ in held], [each for _, each in held]
        await self.office.wholly(self.settling.settle(routings, outcomes, transport))

    async def _serve(self, transport: Transport, batch: Sequence[Routing]) -> None:
        await self.settling.settle(batch, await self._do(transport, batch), transport)

    async def _do(self, transport: Transport, batch: Sequence[Routing]) -> list[Outcome]:
        """The deed. A transport that breaks puts its batch off; it never takes the letter along."""
        assigned = [self._assign(routing) for routing in batch]
        try:
            if transport["max_parallel"] is not None:
                return await self._if_there_is_room(transport, assigned)
            return await transport.deliver(self.letter, self.body, assigned, self.hands)
        except Exception as error:
            problem = f"{transport.name} transport failed: {type(error).__name__}: {error}"
            self.office.logs.panic(problem, self.letter.id)
            return [Deferred(problem, DEFERRED_BY_ROUTER, code="4.3.0") for _ in batch]

    async def _if_there_is_room(
        self, transport: Transport, batch: Sequence[Assigned]
    ) -> list[Outcome]:
        """The deed, if there is a place for it."""
        try:
            async with self.office.crowds.place(transport.asked(batch, self.hands)):
                return await transport.deliver(self.letter, self.body, batch, self.hands)
        except Hindered as hindered:
            outcome = hindered.outcome
            if not isinstance(outcome, Deferred) or outcome.errno != CROWDED:
                which = f"{transport.name} transport ({batch[0].recipient.address})"
                problem = f"Failed to expand max_parallel option in {which}: {outcome.why}"
                self.office.logs.panic(problem, self.letter.id)
            return [outcome] * len(batch)

    async def _settle(self, done: Sequence[Routing], outcomes: Sequence[Outcome]) -> None:
        if done:
            await self.office.wholly(self.settling.settle(done, outcomes, None))
