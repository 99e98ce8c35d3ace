"""Announcing: what became of an address, in a line of the log and an event of the trace.

    =>  ->   delivered, here or to the next host       HandedOver, Stored, Piped, Replied, Discarded
    ==       put off, and when it is tried again       PutOff
    **       failed                                    GivenUp

The log is the record and comes first. Several recipients may share an end: a line is written once,
the event is told for each of them.

Law: Exim specification, §53.7 to §53.12.

Try: ``Announcing(office, letter, plan, …).failed(routing, Failed("550 no"), transport)``.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from labmail.exim.routing.outcome import Discard
from labmail.message.outcome import Deferred, Delivered, Failed, Outcome

from .. import events, log
from ..hosts import Host
from ..log.signs import of_host
from ..retry.patience import NOT_YET, NOT_YET_ROUTED, TIMED_OUT
from ..told import words
from ..transports.sending import NOT_DUE

if TYPE_CHECKING:
    from ..letter import Letter
    from ..office import Office
    from ..recipient import Recipient
    from ..routing.routing import Routing
    from ..transports.base import Transport

Tell = Callable[..., "str | None"]
"""Tells an event for every recipient that shares an end; gives the last event's name."""


@dataclass(slots=True)
class Announcing:
    """Says what becomes of the addresses of one letter. ``calls`` has for the address of a host
    the event of the last call to it."""

    office: Office
    letter: Letter
    calls: dict[str, str | None]
    tell: Tell

    def delivered(
        self, routing: Routing, outcome: Delivered, transport: Transport | None, now: float
    ) -> None:
        """An address was served."""
        if isinstance(routing.answer, Discard):
            self._log(log.discarded(routing.recipient, routing.router), transport)
            self.tell(routing, events.Discarded, router=routing.router)
            return
        host = Host(outcome.host, outcome.address or "") if outcome.host else None
        line = log.delivery(
            as_served(routing, transport),
            router=routing.router,
            transport=(outcome.signs and outcome.signs.transport) or routing.transport,
            host=host,
            reply=outcome.why if host else "",
            again=outcome.again,
            signs=outcome.signs,
            letter=self.letter,
            path=self._path(routing),
            now=now,
            shadow=outcome.signs.shadow if outcome.signs else "",
            wanted=self.office.logs.selection,
        )
        self._log(line, transport)
        self._note(f"{log.address(routing.recipient)}: {routing.transport} transport succeeded")
        if host is not None:
            self._handed_over(routing, host, outcome.why)
        else:
            self._stored(routing, outcome, transport)

    def _handed_over(self, routing: Routing, host: Host, reply: str) -> None:
        self.tell(
            routing,
            events.HandedOver,
            target=host.name,
            target_address=host.address,
            reply=reply,
            cause=self.calls.get(host.address) or routing.event,
        )

    def _stored(self, routing: Routing, outcome: Delivered, transport: Transport | None) -> None:
        driver = transport.driver if transport is not None else ""
        if driver in ("pipe", "lmtp"):
            self.tell(routing, events.Piped, program=outcome.why)
            return
        if driver == "autoreply":
            self.tell(routing, events.Replied, reply=outcome.why)
            return
        place = outcome.file or ""
        self.tell(
            routing,
            events.Stored,
            store=getattr(transport, "kind", ""),
            mailbox=place.rpartition("/new/")[0] or place,
            file=place,
            uid=outcome.uid or "",
        )

    def failed(self, routing: Routing, outcome: Failed, transport: Transport | None) -> str | None:
        """An address is given up; gives the event that tells it."""
        asked = outcome.why != TIMED_OUT
        line = log.failure(
            as_served(routing, transport),
            outcome.why,
            router=routing.router if asked else "",
            transport=routing.transport if asked else "",
            host=self._at(outcome) if outcome.reply else "",
            letter=self.letter,
            path=self._path(routing),
            signs=outcome.signs,
            wanted=self.office.logs.selection,
        )
        self._log(line, transport)
        self._note(line[3:] if routing.router else f"routing failed for {line[3:]}")
        return self.tell(
            routing,
            events.GivenUp,
            leg="return",
            problem=outcome.why,
            reasons=routing.declined if not routing.router else (),
            timed_out=outcome.why.endswith(TIMED_OUT),
            cause=self.calls.get(outcome.address or "") or routing.event,
        )

    def put_off(
        self,
        routing: Routing,
        outcome: Deferred,
        transport: Transport | None,
        wait: float,
        rule: Sequence[str],
        *,
        known: bool,
    ) -> None:
        """An address is tried again in ``wait`` seconds, as ``rule`` has it. That its time has not
        come yet is no news where it is ``known``."""
        line = log.deferral(
            as_served(routing, transport),
            outcome.why,
            errno=outcome.errno,
            router=routing.router,
            transport=routing.transport,
            host=self._at(outcome) if outcome.spoken else "",
            signs=outcome.signs,
            wanted=self.office.logs.selection,
        )
        early = outcome.errno in (NOT_DUE, NOT_YET, NOT_YET_ROUTED)
        self._log(line, transport, when="retry_defer" if early else "")
        if not early:
            self._note(line[3:])
        if early and known:
            return
        self.tell(
            routing,
            events.PutOff,
            problem=outcome.why,
            wait=wait,
            rule=rule,
            cause=self.calls.get(outcome.address or "") or routing.event,
        )

    def _at(self, outcome: Outcome) -> str:
        """The host that had its say: ``H=mail.ask.com [128.10.30.2]``; "" where none had."""
        if not outcome.host:
            return ""
        signs = outcome.signs
        return of_host(outcome.host, outcome.address or "", signs, self.office.logs.selection)[0]

    def _path(self, routing: Routing) -> str:
        bounces = routing.address.errors_to
        return self.letter.sender if bounces is None else words(bounces)

    def _log(self, line: str, transport: Transport | None, *, when: str = "") -> None:
        if transport is None or not transport["disable_logging"]:
            self.office.logs.main(line, self.letter.id, when=when)

    def _note(self, text: str) -> None:
        """A line in the letter's own log."""
        self.office.logs.note(self.letter.id, text)


def as_served(routing: Routing, transport: Transport | None) -> Recipient:
    """The address as the transport was given it: without what routers took off its local part,
    unless another host hears it with that (``rcpt_include_affixes``)."""
    recipient, address = routing.recipient, routing.address
    prefix, suffix = address.prefix.text, address.suffix.text
    if recipient.made or transport is None:
        return recipient
    if transport["rcpt_include_affixes"] and not transport.local:
        return recipient
    local, at, domain = recipient.address.rpartition("@")
    if not (prefix or suffix) or local[:1] == '"':
        return recipient
    bare = f"{local[len(prefix) : len(local) - len(suffix)]}{at}{domain}"
    return recipient.child(bare, routing.router)
