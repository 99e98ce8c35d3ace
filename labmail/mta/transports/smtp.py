"""smtp: to the next host, over the network.

The router gave a list of hosts, the best first; or it gave none, and the transport's own ``hosts``
are taken. They are tried in that order::

    nobody answers, or 4xx     the next host of the list
    5xx to a recipient         that recipient has failed, here and everywhere
    250 after the dot          theirs now

and when the list is at its end, ``fallback_hosts`` have their turn, and whoever is left then is put
off. A host that failed lately is not even called until its next try is due: the retry rule belongs
to the host, not to the letter.

Addresses whose hosts are the same go in one conversation, ``max_rcpt`` to an envelope.

Law: RFC 5321 §4.5.4.1 (order of addresses, §5.1), Exim specification, chapter 30, and §47.2 on
host, message and recipient errors.

Try: ``transports.make(configuration.transports[0])``.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import ClassVar

from labmail.exim.text import Text
from labmail.message.outcome import Deferred, Failed, Outcome
from labmail.smtp import Client, NoSession
from labmail.smtp.results import AFTER_DATA, AFTER_MAIL, AFTER_RCPT

from ..hosts import Host
from ..letter import Letter
from ..retry import Attempt
from ..told import octets
from .asking import Asked, Hindered
from .authenticating import log_in
from .base import Assigned, Hands, Transport, written_address
from .copies import copy, sender_of
from .hosting import call_for, hosts_for
from .writing import filtered

NOT_DUE = -54
"""Exim's number for "retry time not reached for any host"."""


class SmtpTransport(Transport):
    local: ClassVar[bool] = False

    def batches(self, assigned: Sequence[Assigned], letter: Letter) -> list[list[Assigned]]:
        """One batch for each list of hosts, and for each sender and header that goes along."""
        same: defaultdict[tuple[object, ...], list[Assigned]] = defaultdict(list)
        for each in assigned:
            address = each.address
            added, removed = tuple(address.headers_add), tuple(address.headers_remove)
            domain = "" if self["multi_domain"] in (True, "true", "yes") else each.recipient.domain
            same[(each.hosts, address.errors_to, added, removed, domain)].append(each)
        return list(same.values())

    async def serve(
        self, asked: Asked, letter: Letter, body: bytes, batch: Sequence[Assigned], hands: Hands
    ) -> list[Outcome]:
        sender = await sender_of(asked, letter, batch)
        content = await copy(asked, letter, body, batch, hands.now(), sender)
        content = await filtered(asked, content, batch, hands)
        limit = asked["message_linelength_limit"]
        if limit > 0 and longest_line(content.whole) > limit:
            raise Hindered(Failed("message has lines too long for transport", code="5.6.0"))
        delivery = Sending(self, asked, letter, sender, content.whole, batch, hands)
        await delivery.try_hosts(await hosts_for(asked, batch, hands))
        return delivery.outcomes_in_order()


@dataclass(slots=True)
class Sending:
    """One batch on its way from host to host."""

    transport: SmtpTransport
    asked: Asked
    letter: Letter
    sender: str
    content: bytes
    batch: Sequence[Assigned]
    hands: Hands
    outcomes: dict[int, Outcome] = field(default_factory=dict)
    """For the number of an address in the batch."""
    resting: list[Attempt] = field(default_factory=list)

    @property
    def waiting(self) -> list[int]:
        """Who has no last word yet."""
        every = range(len(self.batch))
        return [n for n in every if not is_settled(self.outcomes.get(n))]

    def outcomes_in_order(self) -> list[Outcome]:
        """One for each address of the batch."""
        return [
            self.outcomes.get(number) or not_due(each, self.resting)
            for number, each in enumerate(self.batch)
        ]

    async def try_hosts(self, hosts: Sequence[Host]) -> None:
        """Calls one after the other until nobody waits any more."""
        tried = 0
        for host in hosts[: self.transport["hosts_max_try_hardlimit"]]:
            if attempt := self.hands.host_waits(host):
                self.resting.append(attempt)
                continue
            if tried >= self.transport["hosts_max_try"]:
                break
            tried += 1
            await self._try(host)
            if not self.waiting:
                break

    async def _try(self, host: Host) -> None:
        waiting = self.waiting
        self.asked.context.variables |= about(host)
        call = await call_for(self.asked, host)
        try:
            client = await self.hands.call(
                self.letter, [self.batch[number] for number in waiting], host, call
            )
            self.asked.context.variables["tls_out_cipher"] = Text(client.cipher)
            await log_in(self.asked, client, host, self.hands)
        except NoSession as none:
            await self._failed(host, none.outcome)
            self.outcomes |= dict.fromkeys(waiting, none.outcome)
            return
        heard = await self._talk(client)
        await self._remember(host, heard)
        await client.quit()

    async def _talk(self, client: Client) -> list[Outcome]:
        """One conversation: the outcomes of those who were offered in it."""
        numbers: defaultdict[str, list[int]] = defaultdict(list)
        for number in self.waiting:
            numbers[written_address(self.batch[number], self.asked)].append(number)
        addresses, heard = list(numbers), []
        most = self.transport["max_rcpt"] or len(addresses)
        for at in range(0, len(addresses), most):
            if not client.connected:
                break
            sent = await self._send(client, addresses[at : at + most], numbers)
            for address, outcome in sent.items():
                self.outcomes |= dict.fromkeys(numbers[address], outcome)
                heard.append(outcome)
        return heard

    async def _send(
        self, client: Client, envelope: list[str], numbers: dict[str, list[int]]
    ) -> dict[str, Outcome]:
        wishes = {address: self.batch[numbers[address][0]].wish for address in envelope}
        sent = await client.send(
            self.sender,
            envelope,
            self.content,
            letter=self.letter.name,
            wishes=replace(self.letter.head.wishes, of=wishes),
            utf8=self.letter.utf8,
        )
        return sent.outcomes

    async def _remember(self, host: Host, outcomes: Sequence[Outcome]) -> None:
        """A host that hung up has failed; one that said no to a recipient is alive."""
        lost = [each for each in outcomes if is_host_error(each)]
        if lost:
            await self._failed(host, lost[0])
        else:
            self.hands.host_worked(host)

    async def _failed(self, host: Host, outcome: Outcome) -> None:
        if isinstance(outcome, Deferred):
            domain = self.batch[0].recipient.domain
            await self.hands.host_failed(host, domain, outcome)


def longest_line(content: bytes) -> int:
    """Octets of the longest line, without its end (RFC 5321 §4.5.3.1.6: at most 998)."""
    return max(map(len, content.split(b"\r\n")))


def about(host: Host) -> dict[str, Text]:
    """Variables that tell of the host that is called."""
    return {"host": Text(octets(host.name), True), "host_address": Text(host.address)}


def is_host_error(outcome: Outcome) -> bool:
    """Whether the host itself could not be used, rather than a letter or a recipient refused."""
    refusals = (AFTER_RCPT, AFTER_MAIL, AFTER_DATA)
    return isinstance(outcome, Deferred) and outcome.errno not in refusals


def is_settled(outcome: Outcome | None) -> bool:
    """Whether no other host could change it."""
    return outcome is not None and not isinstance(outcome, Deferred)


def not_due(assigned: Assigned, attempts: Sequence[Attempt]) -> Outcome:
    """The outcome where no host was called: all failed lately, or have failed for too long."""
    domain = assigned.recipient.domain
    if not attempts:
        return Deferred("lost the connection before this recipient's turn", -18, code="4.4.2")
    if all(attempt.expired for attempt in attempts):
        return Failed("retry timeout exceeded", code="4.4.7")
    return Deferred(f"retry time not reached for any host for '{domain}'", NOT_DUE, code="4.4.1")
