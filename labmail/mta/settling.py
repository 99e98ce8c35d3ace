"""Settling: what an outcome means for an address, and for the recipient it came from.

    Delivered   journal, "=>" in the log, told; its failures are forgotten
    Deferred    the retry rule is asked: "==" and a time for the next try, or, when its patience is
                at an end, Failed with "retry timeout exceeded"
    Failed      "**" in the log; for the bounce. It is journalled when the bounce is safe

The journal comes first: a crash behind it costs a log line, a crash before it a second copy.

A recipient that was redirected is done when all that it was turned into is done.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from labmail.exim.routing.outcome import Discard
from labmail.message.outcome import Deferred, Delivered, Failed, Outcome

from . import events, log
from .bounce import Loss
from .confirmation import Action, Success
from .hosts import Host
from .letter import Letter
from .office import Office, leg_of
from .patience import NOT_YET, TIMED_OUT, Patience
from .planning import Plan
from .recipient import Recipient
from .routing import Routing
from .told import words
from .transports.base import Transport
from .transports.sending import NOT_DUE


@dataclass(slots=True)
class Tally:
    """What is still open for one recipient of the envelope: ends, by their number in the plan."""

    open: set[int] = field(default_factory=set)
    lost: bool = False
    reached: Success | None = None
    """What can be reported of those ends that were served, if the sender wants to know."""


@dataclass(slots=True)
class Result:
    """What an attempt came to."""

    losses: list[Loss] = field(default_factory=list)
    failed: list[str] = field(default_factory=list)
    """What the journal will say about the losses, once the bounce is safe."""
    untold: list[str] = field(default_factory=list)
    """Recipients that failed, and whose sender wants no report of that (RFC 3461)."""
    successes: list[Success] = field(default_factory=list)
    """What the sender wants to hear of those who were served."""
    put_off: dict[str, float] = field(default_factory=dict)
    """For each recipient that waits, when its next try is due (POSIX seconds)."""
    told: dict[str, str | None] = field(default_factory=dict)
    """For each recipient, the event that its story goes on from."""
    lost_event: str | None = None
    """The last event that told of a loss: the cause of the bounce."""
    freeze: str = ""
    """Why nobody should try again until somebody has looked; "" if trying may help."""


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
        self.calls, self.cause = calls, cause
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
                self._delivered(routing, outcome, transport)
            elif isinstance(outcome, Failed):
                self._failed(routing, outcome)
            else:
                await self._put_off(routing, outcome)

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

    def _delivered(self, routing: Routing, outcome: Delivered, transport: Transport | None) -> None:
        self.patience.forget(routing)
        if isinstance(routing.answer, Discard):
            self._log(log.discarded(routing.recipient, routing.router))
            self._tell(routing, events.Discarded, router=routing.router)
            return
        host = Host(outcome.host, outcome.address or "") if outcome.host else None
        line = log.delivery(
            routing.recipient,
            router=routing.router,
            transport=transport.name if transport else "",
            host=host,
            reply=outcome.why if host else "",
            again=outcome.again,
        )
        self._log(line)
        if host:
            self._tell(
                routing,
                events.HandedOver,
                target=host.name,
                target_address=host.address,
                reply=outcome.why,
                cause=self.calls.get(host.address) or routing.event,
            )
        else:
            self._stored(routing, outcome, transport)

    def _stored(self, routing: Routing, outcome: Delivered, transport: Transport | None) -> None:
        driver = transport.driver if transport is not None else ""
        if driver in ("pipe", "lmtp"):
            self._tell(routing, events.Piped, program=outcome.why)
            return
        if driver == "autoreply":
            self._tell(routing, events.Replied, reply=outcome.why)
            return
        place = outcome.file or ""
        mailbox = place.rpartition("/new/")[0] or place
        self._tell(
            routing,
            events.Stored,
            store=getattr(transport, "kind", ""),
            mailbox=mailbox,
            file=place,
            uid=outcome.uid or "",
        )

    def _failed(self, routing: Routing, outcome: Failed) -> None:
        asked = outcome.why != TIMED_OUT
        at = f"H={outcome.host} [{outcome.address}]" if outcome.host and outcome.reply else ""
        line = log.failure(
            routing.recipient,
            outcome.why,
            router=routing.router if asked else "",
            transport=self._transport(routing) if asked else "",
            host=at,
        )
        self._log(line)
        declined = routing.declined if not routing.router else ()
        told = self._tell(
            routing,
            events.GivenUp,
            leg="return",
            problem=outcome.why,
            reasons=declined,
            timed_out=outcome.why.endswith(TIMED_OUT),
            cause=self.calls.get(outcome.address or "") or routing.event,
        )
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
        )
        self.result.losses.append(loss)

    async def _put_off(self, routing: Routing, outcome: Deferred) -> None:
        due, rule = await self.patience.next_try(routing, outcome)
        at = f"H={outcome.host} [{outcome.address}]" if outcome.host and outcome.spoken else ""
        line = log.deferral(
            routing.recipient,
            outcome.why,
            errno=outcome.errno,
            router=routing.router,
            transport=self._transport(routing),
            host=at,
        )
        self._log(line)
        if outcome.freeze or getattr(routing.answer, "freeze", False):
            self.result.freeze = outcome.why
        names = {recipient.original.address for recipient in self.plan.sharers(routing)}
        known = names <= set(self.letter.next_tries)
        if outcome.errno not in (NOT_DUE, NOT_YET) or not known:
            self._tell(
                routing,
                events.PutOff,
                problem=outcome.why,
                wait=max(due - self.office.now(), 0.0),
                rule=rule,
                cause=self.calls.get(outcome.address or "") or routing.event,
            )
        for recipient in self.plan.sharers(routing):
            name = recipient.original.address
            self.result.put_off[name] = min(due, self.result.put_off.get(name, due))

    def _transport(self, routing: Routing) -> str:
        return routing.transport

    def _log(self, line: str) -> None:
        self.office.logs.main(line, self.letter.id)

    def _tell(
        self, routing: Routing, kind: type[events.AddressEvent], **fields: object
    ) -> str | None:
        """Tells it for every recipient that shares this end; gives the last event."""
        fields["cause"] = fields.get("cause") or routing.event or self.cause
        told = None
        fields.setdefault("leg", leg_of(self.letter, "take"))
        for recipient in self.plan.sharers(routing):
            tally = self.tallies[recipient.original.unique]
            name = recipient.original.address
            told = self.result.told[name] = self.office.tell(
                kind,
                self.letter,
                recipient=name,
                id=self.letter.id,
                address=recipient.address,
                transport=self._transport(routing),
                open=len(tally.open),
                lost=tally.lost,
                **fields,
            )
        return told


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
        await office.disk(office.spool.note_done, letter.id, names)
    except OSError as error:
        office.logs.panic(f"cannot write {letter.id}-J: {error.strerror}", letter.id)
