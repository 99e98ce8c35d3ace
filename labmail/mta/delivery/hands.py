"""The hands of the transports: they fill mailboxes, call other hosts and remember failures.

A transport decides, and these do: through `labmail.mda` and `labmail.smtp`, with a line in the log
and an event for the trace. One pair of hands serves one attempt for one letter.
"""

from __future__ import annotations

import copy
import itertools
import ssl
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any, TypeVar

from labmail.exim.expansion.context import Budget
from labmail.exim.text import Text
from labmail.message.outcome import Deferred, Failed, Outcome
from labmail.smtp import Client
from labmail.store import Delivery
from labmail.world import Ran

from .. import events
from ..hosts import Host
from ..letter import Letter
from ..office import Office, leg_of
from ..reports.reporting import Reporter
from ..retry.hints import host_key
from ..retry.patience import Patience
from ..retry.retry import Attempt
from ..transports.base import Assigned
from ..transports.calling import Call
from ..transports.securing import Trust, secured
from ..transports.variables import about
from .lines import Busy, Key, Line

if TYPE_CHECKING:
    from labmail.exim.expansion.context import Context

T = TypeVar("T")


class OfficeHands:
    """Does for one letter what transports decide."""

    def __init__(
        self, office: Office, letter: Letter, context: Context, *, force: bool = False
    ) -> None:
        self.office, self.letter, self.force = office, letter, force
        self._context, self._numbers = context, itertools.count(1)
        self.hostname = office.orders.hostname
        self.sender_domain = office.orders.sender_domain
        self.configuration = office.orders.configuration
        self.programs, self.files = office.programs, office.files
        self.patience = Patience(office.orders, office.hints, office.now, letter.sender)
        self.calls: dict[str, str | None] = {}
        """For the address of a host the event of the last call to it."""
        self._began: dict[str, float] = {}
        """For the hint of a host when it was called last."""

    def now(self) -> float:
        return self.office.now()

    def context(self, batch: Sequence[Assigned], transport: str) -> Context:
        """What strings may ask about these addresses: a context of their own, since several
        transports are at work at the same time."""
        made = copy.copy(self._context)
        known = {**self._context.variables, **about(batch, self.letter.sender)}
        known["transport_name"] = Text(transport)
        known["sending_ip_address"] = Text(self.office.addresses[0])
        made.variables, made.budget, made.numeric = known, Budget(), ()
        return made

    def next_number(self) -> int:
        return next(self._numbers)

    def log(self, text: str) -> None:
        self.office.logs.main(text, self.letter.id)

    async def run(
        self,
        argv: Sequence[str],
        given: bytes,
        *,
        environment: Mapping[str, str] | None = None,
        folder: str = "/",
        patience: float = 60.0,
        most: int = 1 << 20,
    ) -> Ran:
        def work() -> Ran:
            return self.programs.run(
                argv, given, environment=environment, folder=folder, patience=patience, most=most
            )

        return await self.office.disk(work)

    async def submit(self, content: bytes, recipients: Sequence[str], cause: str | None) -> str:
        report = await Reporter(self.office).answer(self.letter, content, recipients, cause)
        self.office.take(report)
        return report.id

    async def disk(self, work: Callable[..., T], *args: Any) -> T:
        return await self.office.disk(work, *args)

    async def store(self, kind: str, batch: Sequence[Delivery]) -> list[Outcome]:
        if kind not in self.office.workers:
            problem = f"this host has no message store of the kind {kind}"
            return [Deferred(problem, code="4.3.5") for _ in batch]
        return await self.office.workers[kind].deliver(batch)

    async def call(self, letter: Letter, batch: Sequence[Assigned], host: Host, call: Call) -> Line:
        office, key = self.office, key_of(host, call)
        if call.alone and office.lines.busy(key, letter.id):
            raise Busy
        recipients = tuple(dict.fromkeys(each.recipient.known_as for each in batch))
        told = office.tell(
            events.Delivering,
            letter,
            recipient=recipients[0] if len(recipients) == 1 else None,
            cause=batch[0].event,
            leg=leg_of(letter, "take"),
            transport=call.transport,
            target=host.name,
            address=host.address,
            recipients=recipients,
        )
        self.calls[host.address] = told
        line = await office.lines.take(key, letter.id)
        if line is not None:
            line.client.signs = replace(line.client.signs, again=True)
            return line
        office.lines.knock(key, host_key(host), letter.id)
        self._began[host_key(host)] = self.now()
        try:
            line = Line(key, await self._connect(letter, host, call, told))
        except BaseException:
            office.lines.failed(key)
            raise
        office.lines.heard(letter.id)
        return line

    async def _connect(self, letter: Letter, host: Host, call: Call, told: str | None) -> Client:
        office = self.office

        async def connect(tls: ssl.SSLContext | None) -> Client:
            return await Client.connect(
                office.network,
                call.interface or office.addresses[0],
                host.address,
                call.port,
                helo=call.helo or self.hostname,
                host=office.name,
                trace=office.trace,
                target=host.name,
                letter=letter.name,
                cause=told,
                timeout=call.command_timeout,
                connect_timeout=call.connect_timeout,
                final_timeout=call.final_timeout,
                esmtp=call.esmtp,
                lmtp=call.lmtp,
                tls=tls,
                tls_name=call.secrecy.name,
            )

        trust = Trust(office.client_tls, self.files, self.now())
        return await secured(connect, call, host, trust, self.log)

    async def hang_up(self, line: Line, most: int) -> None:
        self.office.lines.served(line.key, self.letter.id)
        await self.office.lines.give(line, most)

    def broken(self, line: Line) -> None:
        self.office.lines.failed(line.key)

    def wait_for(self, transport: str, hosts: Sequence[Host]) -> None:
        for host in hosts:
            self.office.lines.put_off(Key(transport, host.name, host.address), self.letter.id)

    async def host_waits(self, host: Host) -> Attempt | None:
        if self.force:
            return None
        await self.office.lines.news(host_key(host), self.letter.id)
        return self.office.hints.waits(host_key(host), self.now())

    def host_trouble(self, host: Host, outcome: Deferred | Failed) -> None:
        colon = ":" if isinstance(outcome, Failed) or outcome.spoken else ""
        self.log(f"H={host.name} [{host.address}]{colon} {outcome.why}")

    async def host_failed(self, host: Host, domain: str, outcome: Deferred) -> Attempt:
        began = self._began.get(host_key(host))
        attempt = await self.patience.host_failed(host, domain, outcome, began)
        self.office.lines.heard(self.letter.id)
        return attempt

    def host_worked(self, host: Host) -> None:
        self.office.hints.worked(host_key(host))


def key_of(host: Host, call: Call) -> Key:
    """What letters must have in common to go down one line."""
    return Key(call.transport, host.name, host.address)
