"""Sending: one batch of addresses on its way from host to host.

    host_waits?       it failed lately, and its next try is not due: the next
    busy?             it is in serialize_hosts, and another letter is with it: the next
    call              nobody answers, TLS or a login that must be cannot be had: the next
    MAIL RCPT DATA    each address is served, refused, or put off: those go on to the next
    hang up           or hand the line to the next letter

Law: Exim specification, §30.5, §47.2 (host,
message and recipient errors); RFC 5321 §5.1.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from labmail.exim.text import Text
from labmail.message.outcome import Deferred, Delivered, Failed, Outcome, Signs
from labmail.smtp import Client, NoSession
from labmail.smtp.results import AFTER_DATA, AFTER_MAIL, AFTER_RCPT, OF_ONE

from ..delivery.lines import Busy, Line
from ..hosts import Host
from ..letter import Letter
from ..retry.retry import Attempt
from ..told import octets, words
from .asking import EXPANDING, Asked, Hindered
from .authenticating import log_in
from .base import Assigned, Hands, written_address
from .batching import marked
from .hosting import call_for, helo_for

NOT_DUE = -54
"""Exim's number for "retry time not reached for any host"."""
CLOSED = -18
OWN_AFFAIRS = (-37, -42, -48, EXPANDING)
"""Exim's numbers for what the log tells with the letter only: TLS broke, a login, a string."""
MIXED = (
    "some host address lookups failed and retry time not reached for other hosts or connection "
    "limit reached"
)


@dataclass(slots=True)
class Sending:
    """One batch on its way."""

    asked: Asked
    letter: Letter
    sender: str
    content: bytes
    size: int
    """What SIZE= will say."""
    batch: Sequence[Assigned]
    hands: Hands
    outcomes: dict[int, Outcome] = field(default_factory=dict)
    """For the number of an address in the batch."""
    resting: list[Attempt] = field(default_factory=list)
    """What is known of hosts that were not called, since their next try is not due."""
    busy: bool = False
    """Whether a host was not called since it is in conversation."""

    @property
    def waiting(self) -> list[int]:
        """Who has no last word yet."""
        every = range(len(self.batch))
        return [n for n in every if not is_settled(self.outcomes.get(n))]

    def outcomes_in_order(self) -> list[Outcome]:
        """One for each address of the batch."""
        return [
            self.outcomes.get(number) or not_called(each, self.resting, self.busy)
            for number, each in enumerate(self.batch)
        ]

    def begin_again(self) -> None:
        """Other hosts have their turn: what the first ones said does not count any more."""
        for number in self.waiting:
            self.outcomes.pop(number, None)
        self.resting.clear()
        self.busy = False

    async def try_hosts(self, hosts: Sequence[Host]) -> None:
        """Calls one after the other until nobody waits any more."""
        tried, left = 0, list(hosts[: self.asked["hosts_max_try_hardlimit"]])
        while left and self.waiting:
            host = left.pop(0)
            if attempt := await self.hands.host_waits(host):
                self.resting.append(attempt)
                continue
            if tried >= self.asked["hosts_max_try"]:
                break
            try:
                await self._try(host, more=bool(left))
            except Busy:
                self.busy = True
            else:
                tried += 1
        if any(is_unusable(self.outcomes.get(number)) for number in self.waiting):
            self.hands.wait_for(self.asked.block.name, hosts)

    # ── one host ─────────────────────────────────────────────────────────────────────────────────

    async def _try(self, host: Host, *, more: bool) -> None:
        """One host. ``more``: others come behind it. Raises `Busy`."""
        waiting = self.waiting
        self.asked.context.variables |= about(host)
        try:
            line = await self._call(host, waiting)
        except NoSession as none:
            self._log_unless_quiet(host, none.outcome)
            await self._failed(host, none.outcome)
            self.outcomes |= dict.fromkeys(waiting, none.outcome)
            return
        heard = await self._talk(line.client)
        await self._remember(host, heard, more)
        most = self.asked["connection_max_messages"]
        if line.client.cipher and await self.asked.for_host("hosts_nopass_tls", host):
            most = 1
        await self.hands.hang_up(line, most)

    async def _call(self, host: Host, waiting: Sequence[int]) -> Line:
        """A conversation in which we have said who we are. Raises `NoSession`, `Busy`."""
        call = await call_for(self.asked, host)
        try:
            helo = await helo_for(self.asked)
        except Hindered as hindered:
            outcome = hindered.outcome
            self.hands.log(f"H={host.name} [{host.address}]: {outcome.why}")
            raise NoSession(replace(outcome, host=host.name, address=host.address)) from None
        batch = [self.batch[number] for number in waiting]
        line = await self.hands.call(self.letter, batch, host, replace(call, helo=helo))
        line.client.one_by_one = await self.asked.for_host("hosts_avoid_pipelining", host)
        self.asked.context.variables |= about_tls(line.client.signs)
        if line.letters == 1:
            try:
                await log_in(self.asked, line.client, host, self.hands)
            except NoSession:
                self.hands.broken(line)
                raise
        return line

    def _log_unless_quiet(self, host: Host, outcome: Deferred | Failed) -> None:
        """The log hears of a host that could not be used, but for what is our own affair."""
        if isinstance(outcome, Failed) or outcome.errno not in OWN_AFFAIRS:
            self.hands.host_trouble(host, outcome)

    async def _talk(self, client: Client) -> list[Outcome]:
        """One conversation: the outcomes of those who were offered in it."""
        numbers: defaultdict[str, list[int]] = defaultdict(list)
        for number in self.waiting:
            numbers[written_address(self.batch[number], self.asked)].append(number)
        addresses, heard = list(numbers), list[Outcome]()
        most = self.asked["max_rcpt"] or len(addresses)
        submitter = await self._submitter(client)
        for at in range(0, len(addresses), most):
            if not client.connected:
                break
            if at:
                client.signs = replace(client.signs, again=True)
            sent = await self._send(client, addresses[at : at + most], numbers, submitter)
            served = [number for address in sent for number in numbers[address]]
            outcomes = [sent[address] for address in sent for _ in numbers[address]]
            self.outcomes |= zip(served, in_turn(outcomes), strict=True)
            heard += sent.values()
        return heard

    async def _submitter(self, client: Client) -> str | None:
        """What AUTH= says with MAIL: who is known to have written the letter (RFC 4954 §5)."""
        forced = self.asked["authenticated_sender_force"]
        if client.user is None and not forced:
            return None
        told = await self.asked.text("authenticated_sender")
        if told is None or not told.text:
            return None
        client.signs = replace(client.signs, auth_sender=words(told.text))
        return words(told.text)

    async def _send(
        self,
        client: Client,
        envelope: list[str],
        numbers: dict[str, list[int]],
        submitter: str | None,
    ) -> dict[str, Outcome]:
        wishes = {address: self.batch[numbers[address][0]].wish for address in envelope}
        sent = await client.send(
            self.sender,
            envelope,
            self.content,
            letter=self.letter.name,
            wishes=replace(self.letter.head.wishes, of=wishes),
            utf8=self.letter.utf8,
            submitter=submitter,
            size=self.size,
            ignore_quota=self.asked["lmtp_ignore_quota"],
        )
        return sent.outcomes

    async def _remember(self, host: Host, outcomes: Sequence[Outcome], more: bool) -> None:
        """A host that hung up has failed; one that said no to a recipient is alive."""
        later = [each for each in outcomes if isinstance(each, Deferred)]
        lost = [each for each in later if is_host_error(each)]
        if lost or (later and (more or is_of_the_letter(later[0]))):
            self.hands.host_trouble(host, later[0])
        if lost:
            await self._failed(host, lost[0])
        else:
            self.hands.host_worked(host)

    async def _failed(self, host: Host, outcome: Outcome) -> None:
        if isinstance(outcome, Deferred):
            domain = self.batch[0].recipient.domain
            await self.hands.host_failed(host, domain, outcome)


def in_turn(outcomes: Sequence[Outcome]) -> list[Outcome]:
    """Outcomes of one envelope: the first that was served has the copy, the others share it."""
    served = [number for number, each in enumerate(outcomes) if isinstance(each, Delivered)]
    shared = dict(zip(served, marked([outcomes[number] for number in served]), strict=True))
    return [shared.get(number, each) for number, each in enumerate(outcomes)]


def about(host: Host) -> dict[str, Text]:
    """Variables that tell of the host that is called."""
    return {"host": Text(octets(host.name), True), "host_address": Text(host.address)}


def about_tls(signs: Signs) -> dict[str, Text]:
    """Variables that tell how the conversation is ciphered."""
    told = {
        "tls_out_cipher": signs.cipher,
        "tls_out_bits": signs.cipher.rpartition(":")[2] or "0",
        "tls_out_certificate_verified": "1" if signs.verified == "yes" else "0",
        "tls_out_peerdn": signs.peer_dn,
        "tls_out_sni": signs.sni,
    }
    return {name: Text(octets(value), True) for name, value in told.items()}


def is_host_error(outcome: Outcome) -> bool:
    """Whether the host itself could not be used, rather than a letter or a recipient refused."""
    if not isinstance(outcome, Deferred) or is_of_the_letter(outcome):
        return False
    return outcome.errno != AFTER_RCPT and not outcome.why.startswith(OF_ONE)


def is_of_the_letter(outcome: Deferred) -> bool:
    """Whether it was the letter as a whole that was put off."""
    return outcome.errno in (AFTER_MAIL, AFTER_DATA)


def is_unusable(outcome: Outcome | None) -> bool:
    """Whether an address waits for a host, and for nothing else."""
    return outcome is None or is_host_error(outcome)


def is_settled(outcome: Outcome | None) -> bool:
    """Whether no other host could change it."""
    return outcome is not None and not isinstance(outcome, Deferred)


def not_called(assigned: Assigned, attempts: Sequence[Attempt], busy: bool) -> Outcome:
    """The outcome where no host was called: all failed lately, or have failed for too long; or
    some are ``busy``."""
    domain = assigned.recipient.domain
    if busy:
        why = MIXED if attempts else "connection limit reached for all hosts"
        return Deferred(f"{why} for '{domain}'", NOT_DUE, code="4.4.1")
    if not attempts:
        return Deferred("lost the connection before this recipient's turn", CLOSED, code="4.4.2")
    if all(attempt.expired for attempt in attempts):
        return Failed("retry timeout exceeded", code="4.4.7")
    return Deferred(f"retry time not reached for any host for '{domain}'", NOT_DUE, code="4.4.1")
