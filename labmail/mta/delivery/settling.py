"""Settling: what an outcome means for an address, and for the recipient it came from.

    Delivered   in the journal, then announced; its failures are forgotten
    Deferred    the retry rule is asked: a time for the next try, or, when its patience is at an
                end, Failed with "retry timeout exceeded"
    Failed      announced, and for the bounce. It is journalled when the bounce is safe

The journal comes first: a crash behind it costs a log line, a crash before it a second copy.

A recipient that was redirected is done when all that it was turned into is done.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence

from labmail.message.outcome import Deferred, Delivered, Failed, Outcome

from .. import events
from ..letter import Letter
from ..office import Office, leg_of
from ..recipient import Recipient
from ..reports.bounce import Loss
from ..reports.confirmation import Action, Success
from ..reports.warning import Delay
from ..retry.patience import Patience
from ..routing.planning import Plan
from ..routing.routing import Routing
from ..told import words
from ..transports.base import Transport
from .announcing import Announcing
from .holding import FIRST_PASS, is_held_back
from .onetime import member
from .result import Result, Tally


class Settling:
    """Settles the ends of one plan."""

    def __init__(
        self,
        office: Office,
        letter: Letter,
        plan: Plan,
        waiting: Sequence[Recipient],
        calls: dict[str, str | None],
        cause: str | None,
    ) -> None:
        self.office, self.letter, self.plan, self.waiting = office, letter, plan, waiting
        self.cause = cause
        self.announcing = Announcing(office, letter, calls, self._tell)
        self.patience = Patience(office.orders, office.hints, office.now, letter.sender)
        self.result = Result()
        self._numbers = {id(routing): number for number, routing in enumerate(plan.ends)}
        self._settled: set[int] = set()
        self.tallies: defaultdict[str, Tally] = defaultdict(Tally)
        for number, routing in enumerate(plan.ends):
            for recipient in plan.sharers(routing):
                self.tallies[recipient.original.unique].open.add(number)

    def is_settled(self, routing: Routing) -> bool:
        """Whether this end has had its outcome."""
        return self._numbers[id(routing)] in self._settled

    async def note_finished(self) -> None:
        """Notes recipients all of whose addresses were served at an earlier try."""
        await self._journal(
            each.unique for each in self.waiting if not self.tallies[each.unique].open
        )

    async def settle(
        self, batch: Sequence[Routing], outcomes: Sequence[Outcome], transport: Transport | None
    ) -> None:
        """One outcome for each end of ``batch``."""
        pairs = [
            (each, await self.patience.judge(each, outcome))
            for each, outcome in zip(batch, outcomes, strict=True)
        ]
        done: list[str] = []
        for routing, outcome in pairs:
            self._settled.add(self._numbers[id(routing)])
            if isinstance(outcome, Delivered):
                self._note_success(routing, outcome)
                done += self._close(routing, lost=False)
            elif isinstance(outcome, Failed):
                self.result.failed += self._close(routing, lost=True)
        await self._journal(done)
        for routing, outcome in pairs:
            if isinstance(outcome, Delivered):
                self.patience.forget(routing)
                self.announcing.delivered(routing, outcome, transport, self.office.now())
            elif isinstance(outcome, Failed):
                self._lose(routing, outcome, transport)
            elif outcome is not FIRST_PASS:
                await self._put_off(routing, outcome, transport)

    def _close(self, routing: Routing, *, lost: bool) -> list[str]:
        """Crosses an end off for all who share it; the names of what is done by that.

        A recipient who lost something on the way is done when its bounce is safe, not before.
        """
        number = self._numbers[id(routing)]
        names: list[str] = []
        for recipient in self.plan.sharers(routing):
            original = recipient.original.unique
            tally = self.tallies[original]
            tally.open.discard(number)
            tally.lost = tally.lost or lost
            names.append(recipient.unique)
            if not tally.open:
                (self.result.failed if tally.lost else names).append(original)
                if tally.reached is not None:
                    self.result.successes.append(tally.reached)
        return names

    def _note_success(self, routing: Routing, outcome: Delivered) -> None:
        """What is to be reported about those who share an end that was served, if they are asked.

        One end that lies in a mailbox says more than one that went on; whoever went on to a host
        that reports itself says nothing here (RFC 3461 §5.2).
        """
        for recipient in self.plan.sharers(routing):
            name = recipient.original.address
            wish, tally = self.letter.wish(name), self.tallies[recipient.original.unique]
            action = action_of(outcome, recipient)
            before = tally.reached.action if tally.reached else ""
            if wish.success and action and before not in ("delivered", "expanded"):
                reply = outcome.why if action == "relayed" else ""
                host = outcome.host or "" if action == "relayed" else ""
                tally.reached = Success(
                    recipient=name, action=action, host=host, reply=reply, wish=wish
                )

    async def _journal(self, names: Iterable[str]) -> None:
        new = [name for name in dict.fromkeys(names) if name not in self.letter.head.done]
        if not new:
            return
        self.letter.head.done |= frozenset(new)
        await note_done(self.office, self.letter, new)

    # ── telling ──────────────────────────────────────────────────────────────────────────────────

    def _lose(self, routing: Routing, outcome: Failed, transport: Transport | None) -> None:
        """Says that it failed, and notes it for the bounce."""
        told = self.announcing.failed(routing, outcome, transport)
        self.result.lost_event = told or self.result.lost_event
        wish = self.letter.wish(routing.recipient.original.address)
        if not wish.failure or routing.address.ignores_errors:
            self.result.untold.append(routing.recipient.original.address)
            return
        errors_to = routing.address.errors_to
        loss = Loss(
            routing.recipient,
            "local delivery failed" if outcome.local else outcome.why,
            outcome.code,
            outcome.host or "",
            outcome.reply or "",
            wish,
            outcome.printed,
            None if errors_to is None else words(errors_to),
            outcome.address or "" if outcome.reply else "",
            hidden=self._hides(routing.recipient.made_by),
        )
        self.result.losses.append(loss)

    def _hides(self, router: str) -> bool:
        """Whether what this router makes of an address is nobody's business."""
        blocks = (each for each in self.office.orders.routers if each.name == router)
        return any(
            bool(each["hide_child_in_errmsg"]) for each in blocks if each.driver == "redirect"
        )

    async def _put_off(
        self, routing: Routing, outcome: Deferred, transport: Transport | None
    ) -> None:
        due, rule = await self.patience.next_try(routing, outcome)
        names = {recipient.original.address for recipient in self.plan.sharers(routing)}
        if is_held_back(outcome):  # what it waits for besides is as it was
            due = max(due, *(self.letter.next_tries.get(name, due) for name in names))
        wait = max(due - self.office.now(), 0.0)
        known = names <= set(self.letter.next_tries)
        self.announcing.put_off(routing, outcome, transport, wait, rule, known=known)
        if outcome.freeze or getattr(routing.answer, "freeze", False):
            self.result.freeze = outcome.why
        if new := member(routing, due):
            self.result.members.append(new)
        self.result.delays.append(
            Delay(
                routing.recipient,
                outcome.why,
                self.letter.wish(routing.recipient.original.address),
                outcome.host or "" if outcome.spoken else "",
            )
        )
        for name in names:
            self.result.put_off[name] = min(due, self.result.put_off.get(name, due))

    def _tell(
        self, routing: Routing, kind: type[events.AddressEvent], **fields: object
    ) -> str | None:
        """Tells it for every recipient that shares this end; gives the last event."""
        fields["cause"] = fields.get("cause") or routing.event or self.cause
        told = None
        fields.setdefault("leg", leg_of(self.letter, "take"))
        for recipient in self.plan.sharers(routing):
            tally = self.tallies[recipient.original.unique]
            name = recipient.known_as
            told = self.result.told[name] = self.office.tell(
                kind,
                self.letter,
                recipient=name,
                id=self.letter.id,
                address=recipient.address,
                transport=routing.transport,
                open=self._open(recipient),
                lost=tally.lost,
                **fields,
            )
        return told

    def _open(self, recipient: Recipient) -> int:
        """How much is not done yet of what the author's recipient was turned into: at this try,
        and of what took its place in the envelope."""
        tally = self.tallies[recipient.original.unique]
        if not self.letter.head.once:
            return len(tally.open)
        ours = (each for each in self.letter.waiting if each.known_as == recipient.known_as)
        tallies = (self.tallies.get(each.unique) for each in ours)
        return sum(1 if tally is None else len(tally.open) for tally in tallies)


def action_of(outcome: Delivered, recipient: Recipient) -> Action | None:
    """What a report would call this success; None where the next host will report it."""
    if recipient.expanded:
        return "expanded"
    if outcome.host is None:
        return "delivered"
    return None if outcome.reports else "relayed"


async def note_done(office: Office, letter: Letter, names: Sequence[str]) -> None:
    """Writes to the journal; a journal that cannot be written is told, and mail goes on."""
    try:
        await office.spool.note_done(letter.id, names)
    except OSError as error:
        office.logs.panic(f"cannot note who is done: {error.strerror}", letter.id)
