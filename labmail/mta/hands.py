"""The hands of the transports: they fill mailboxes, call other hosts and remember failures.

A transport decides, and these do: through `labmail.mda` and `labmail.smtp`, with a line in the log
and an event for the trace. One pair of hands serves one attempt for one letter.
"""

from __future__ import annotations

from collections.abc import Sequence

from labmail.message.outcome import Deferred, Outcome
from labmail.smtp import Client
from labmail.store import Delivery

from . import events
from .hints import host_key
from .hosts import Host
from .letter import Letter
from .office import Office, leg_of
from .retry import Attempt
from .transports.base import Assigned, SmtpOptions


class OfficeHands:
    """Does for one letter what transports decide."""

    def __init__(
        self, office: Office, letter: Letter, context: Context, *, force: bool = False
    ) -> None:
        self.office, self.letter, self.force = office, letter, force
        self._context = context
        self.hostname = office.orders.hostname
        self.calls: dict[str, str | None] = {}
        """For the address of a host the event of the last call to it."""

    def now(self) -> float:
        return self.office.now()

    async def store(self, kind: str, batch: Sequence[Delivery]) -> list[Outcome]:
        if kind not in self.office.workers:
            problem = f"this host has no message store of the kind {kind}"
            return [Deferred(problem, code="4.3.5") for _ in batch]
        return await self.office.workers[kind].deliver(batch)

    async def call(
        self, letter: Letter, batch: Sequence[Assigned], host: Host, transport: SmtpOptions
    ) -> Client:
        office = self.office
        recipients = tuple(dict.fromkeys(each.recipient.original.address for each in batch))
        told = office.tell(
            events.Delivering,
            letter,
            recipient=recipients[0] if len(recipients) == 1 else None,
            cause=batch[0].event,
            leg=leg_of(letter, "take"),
            transport=transport.name,
            target=host.name,
            address=host.address,
            recipients=recipients,
        )
        self.calls[host.address] = told
        client = await Client.connect(
            office.network,
            office.addresses[0],
            host.address,
            host.port or transport.port,
            helo=self.hostname,
            host=office.name,
            trace=office.trace,
            target=host.name,
            letter=letter.name,
            cause=told,
            timeout=transport.timeout,
        )
        if transport.starttls and office.client_tls and "STARTTLS" in client.extensions:
            await client.starttls(office.client_tls, host.name)
        return client

    def host_waits(self, host: Host) -> Attempt | None:
        if self.force:
            return None
        return self.office.hints.waits(host_key(host), self.now())

    def host_failed(self, host: Host, problem: str) -> Attempt:
        colon = ":" if problem.startswith(("SMTP", "Remote")) else ""
        line = f"H={host.name} [{host.address}]{colon} {problem}"
        self.office.logs.main(line, self.letter.id)
        return self.office.hints.failed(host_key(host), self.now(), problem)

    def host_worked(self, host: Host) -> None:
        self.office.hints.worked(host_key(host))
