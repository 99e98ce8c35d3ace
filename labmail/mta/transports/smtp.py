"""smtp: to the next host, over the network.

The router gave a list of hosts, the best first. They are tried in that order::

    nobody answers, or 4xx     the next host of the list
    5xx to a recipient         that recipient has failed, here and everywhere
    250 after the dot          theirs now

and when the list is at its end, whoever is left is put off. A host that failed lately is not even
called until its next try is due: the retry rule belongs to the host, not to the letter.

Addresses whose hosts are the same go in one conversation, ``max_rcpt`` to an envelope.

Law: RFC 5321 §4.5.4.1 (order of addresses, §5.1), Exim specification, chapter 30, and §47.2 on
host, message and recipient errors.

Try: ``SmtpTransport(name="remote_smtp")``.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import ClassVar

from labmail.message.outcome import Deferred, Failed, Outcome
from labmail.smtp import Client, NoSession
from labmail.smtp.results import AFTER_DATA, AFTER_MAIL, AFTER_RCPT

from ..header import join
from ..letter import Letter
from ..retry import Attempt
from ..routers.verdict import Host
from .base import Assigned, Hands, Transport

NOT_DUE = -54
"""Exim's number for "retry time not reached for any host"."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SmtpTransport(Transport):
    port: int = 25
    max_rcpt: int = 100
    timeout: float = 300.0
    """Seconds to wait for each answer."""
    starttls: bool = False
    """Whether a host that offers STARTTLS is taken at its word. Off: letters between the lab's
    hosts can be read on the wire, which is what the first lessons are about."""

    driver: ClassVar[str] = "smtp"

    def batches(self, assigned: Sequence[Assigned], letter: Letter) -> list[list[Assigned]]:
        """One batch for each list of hosts."""
        same: defaultdict[tuple[Host, ...], list[Assigned]] = defaultdict(list)
        for each in assigned:
            same[each.hosts].append(each)
        return list(same.values())

    async def deliver(
        self, letter: Letter, body: bytes, batch: Sequence[Assigned], hands: Hands
    ) -> list[Outcome]:
        content = join(letter.fields, body)
        outcomes: dict[str, Outcome] = {}
        waiting, asked = list(batch), []
        for host in batch[0].hosts:
            if attempt := hands.host_waits(host):
                asked.append(attempt)
                continue
            try:
                client = await hands.call(letter, waiting, host, self)
            except NoSession as none:
                if isinstance(none.outcome, Deferred):
                    hands.host_failed(host, none.outcome.why)
                outcomes |= {each.address: none.outcome for each in waiting}
                continue
            outcomes |= await self._talk(client, host, letter, content, waiting, hands)
            waiting = [each for each in waiting if _open(outcomes.get(each.address))]
            if not waiting:
                break
        for each in waiting:
            if each.address not in outcomes:
                outcomes[each.address] = not_due(each, asked)
        return [outcomes[each.address] for each in batch]

    async def _talk(
        self,
        client: Client,
        host: Host,
        letter: Letter,
        content: bytes,
        waiting: Sequence[Assigned],
        hands: Hands,
    ) -> dict[str, Outcome]:
        """One conversation: the outcomes of those who were offered in it."""
        outcomes: dict[str, Outcome] = {}
        addresses = list(dict.fromkeys(each.address for each in waiting))
        wishes = {each.address: each.wish for each in waiting}
        for at in range(0, len(addresses), self.max_rcpt):
            if not client.connected:
                break
            envelope = addresses[at : at + self.max_rcpt]
            sent = await client.send(
                letter.sender,
                envelope,
                content,
                letter=letter.name,
                wishes=replace(letter.head.wishes, of=wishes),
                utf8=letter.utf8,
            )
            outcomes |= sent.outcomes
        self._remember(host, outcomes, hands)
        await client.quit()
        return outcomes

    def _remember(self, host: Host, outcomes: dict[str, Outcome], hands: Hands) -> None:
        """A host that hung up has failed; one that said no to a recipient is alive."""
        lost = [each for each in outcomes.values() if is_host_error(each)]
        if lost and isinstance(lost[0], Deferred):
            hands.host_failed(host, lost[0].why)
        else:
            hands.host_worked(host)


def is_host_error(outcome: Outcome) -> bool:
    """Whether the host itself could not be used, rather than a letter or a recipient refused."""
    refusals = (AFTER_RCPT, AFTER_MAIL, AFTER_DATA)
    return isinstance(outcome, Deferred) and outcome.errno not in refusals


def _open(outcome: Outcome | None) -> bool:
    return outcome is None or isinstance(outcome, Deferred)


def not_due(assigned: Assigned, attempts: Sequence[Attempt]) -> Outcome:
    """The outcome where no host was called: all failed lately, or have failed for too long."""
    domain = assigned.recipient.domain
    if not attempts:
        return Deferred("lost the connection before this recipient's turn", -18, code="4.4.2")
    if all(attempt.expired for attempt in attempts):
        return Failed("retry timeout exceeded", code="4.4.7")
    return Deferred(f"retry time not reached for any host for '{domain}'", NOT_DUE, code="4.4.1")
