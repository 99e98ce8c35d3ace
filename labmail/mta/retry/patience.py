"""Patience: how long a failure may last before a letter is given back.

An outcome says *not now*; the hints say since when that has been so. A failure of a host counts for
the host, whoever writes to it; any other counts for the address::

    Connection refused, no answer, closed      T:mail.ask.com:128.10.30.2
    450 to RCPT, a mailbox that is full        T:bob@ask.com
    no answer from the name server             R:ask.com

Law: Exim specification, §32.2 and §32.10; RFC 5321 §4.5.4.1.
"""

from __future__ import annotations

import errno
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import NamedTuple

from labmail.exim.retrying import Case, Failure, find_rule
from labmail.exim.text import Text
from labmail.message.outcome import Deferred, Failed, Outcome

from ..delivery.holding import is_held_back
from ..hosts import Host
from ..orders import Orders
from ..recipient import Recipient
from ..routing.routing import Routing
from ..told import octets
from ..transports.crowding import CROWDED
from ..transports.sending import NOT_DUE, is_host_error
from .hints import Hints, host_key
from .retry import Attempt, RetryRule

NOT_YET = -53
"""Exim's number in the log: the address's own next try is not due."""
NOT_YET_ROUTED = -52
"""The same where it could not be routed: the routers are not asked again before its time."""
TIMED_OUT = "retry timeout exceeded"
WITHOUT_A_RULE = 900.0
"""Seconds to wait where no hint speaks of the failure."""


class Known(NamedTuple):
    """What is known of a failure, and the rule that holds for it."""

    attempt: Attempt
    rule: RetryRule


@dataclass(slots=True)
class Patience:
    """Reads and keeps the hints during one attempt to deliver a letter of ``sender``."""

    orders: Orders
    hints: Hints
    now: Callable[[], float]
    """The time, in POSIX seconds."""
    sender: str = ""
    _asked: dict[int, list[Known]] = field(default_factory=dict)

    async def judge(self, routing: Routing, outcome: Outcome) -> Outcome:
        """The outcome; Failed in place of Deferred where patience is at an end."""
        if not isinstance(outcome, Deferred):
            return outcome
        known = await self._known(routing, outcome)
        if known and all(each.attempt.expired for each in known):
            return Failed(f"{outcome.why}: {TIMED_OUT}", outcome.host, outcome.address, "4.4.7")
        return outcome

    async def next_try(self, routing: Routing, outcome: Deferred) -> tuple[float, tuple[str, ...]]:
        """When an address is due again (POSIX seconds), and what the rule says to that."""
        known = await self._known(routing, outcome)
        if not known:
            return self.now() + WITHOUT_A_RULE, ()
        first = min(known, key=lambda each: each.attempt.next_try)
        return first.attempt.next_try, first.rule.explain(first.attempt)

    def forget(self, routing: Routing) -> None:
        """The address was served: its failures do not count any more."""
        self.hints.worked(f"T:{routing.recipient.key}")

    def found_ways(self, ends: Iterable[Routing]) -> None:
        """What could be routed now: that it once could not does not count any more, unless others
        of the same domain still cannot."""
        fit: set[str] = set()
        still: set[str] = set()
        for routing in ends:
            into = fit if routing.transport else still
            into.update(keys_of_routing(routing.recipient))
        for key in fit - still:
            self.hints.worked(key)

    async def host_failed(
        self, host: Host, domain: str, outcome: Deferred, began: float | None = None
    ) -> Attempt:
        """Remembers that a host could not be used; says what follows. The call ``began`` then."""
        rule = await self.rule(outcome, domain, host)
        key, chance = host_key(host), self.orders.chance
        return self.hints.failed(
            key, self.now(), outcome.why, rule, chance, began, errno=outcome.errno
        )

    async def rule(self, outcome: Deferred, key: str, host: Host | None = None) -> RetryRule:
        """The rule that holds for a failure of an address, or of a host for a domain."""
        case = Case(
            octets(key),
            failure_of(outcome, host),
            host.name if host else "",
            Text(octets(self.sender), True),
        )
        with self.orders.asking() as context:
            found = await find_rule(self.orders.retries, case, context)
        return RetryRule.of(found, float(self.orders.main("retry_interval_max")))

    async def _known(self, routing: Routing, outcome: Deferred) -> list[Known]:
        """What is known of this failure: of the hosts, or of the address itself."""
        if id(routing) not in self._asked:
            self._asked[id(routing)] = await self._look_up(routing, outcome)
        return self._asked[id(routing)]

    def _waits(self, host: Host) -> bool:
        return self.hints.waits(host_key(host), self.now()) is not None

    async def _look_up(self, routing: Routing, outcome: Deferred) -> list[Known]:
        if outcome.errno == CROWDED or is_held_back(outcome):
            return []
        recipient = routing.recipient
        hosts = routing.hosts if routing.transport else ()
        if outcome.errno == NOT_DUE and not (hosts and all(map(self._waits, hosts))):
            return []  # one was busy: nobody has failed
        if hosts and (is_host_error(outcome) or outcome.errno == NOT_DUE):
            pairs = [(self.hints.find(host_key(host)), host) for host in hosts]
            return [
                Known(attempt, await self.rule(outcome, recipient.domain, host))
                for attempt, host in pairs
                if attempt
            ]
        key = f"T:{recipient.key}" if routing.transport else key_of_routing(routing, self.hints)
        rule = await self.rule(outcome, recipient.original.address)
        attempt = self.hints.find(key)
        if outcome.errno not in (NOT_YET, NOT_YET_ROUTED):
            now, chance = self.now(), self.orders.chance
            attempt = self.hints.failed(key, now, outcome.why, rule, chance, errno=outcome.errno)
        return [Known(attempt, rule)] if attempt else []


def key_of_routing(routing: Routing, hints: Hints) -> str:
    """Under what it is remembered that an address could not be routed: its domain, if the router
    does not look at the rest (``retry_use_local_part``)."""
    recipient, router = routing.recipient, routing.address.router
    if router is None:  # nobody was asked, since one of these is known
        return next(filter(hints.find, keys_of_routing(recipient)), f"R:{recipient.key}")
    whole = router["retry_use_local_part"] or not recipient.domain
    return f"R:{recipient.key if whole else recipient.domain}"


def keys_of_routing(recipient: Recipient) -> tuple[str, str]:
    """All under which something may be remembered of the way to an address."""
    return f"R:{recipient.key}", f"R:{recipient.domain}"


def failure_of(outcome: Deferred, host: Host | None = None) -> Failure:
    """A failure as retry rules tell failures apart (Exim specification, §32.3)."""
    found = "" if host is None else "A" if host.preference is None else "MX"
    if outcome.errno in CONNECTING:
        return Failure("timeout", found, connecting=True)
    if outcome.errno == errno.ECONNREFUSED:
        return Failure("refused", found)
    if outcome.errno in REPLIES:
        said = REPLY.search(outcome.why)
        return Failure(REPLIES[outcome.errno], reply=said[1] if said else "")
    kind = KINDS.get(outcome.errno, "*")
    return Failure(kind, found if kind == "timeout" else "")


CONNECTING = frozenset({errno.ETIMEDOUT, errno.EHOSTUNREACH, errno.ENETUNREACH})
REPLIES = {-44: "rcpt", -45: "mail", -46: "data"}
"""Exim's numbers for a reply 4xx to RCPT, to MAIL, and to DATA or after it."""
KINDS = {
    -18: "lost_connection",
    -22: "quota",
    errno.EDQUOT: "quota",
    -33: "lookup",
    -38: "tls_required",
    -42: "auth_failed",
}
REPLY = re.compile(r": 4(\d\d)[ -]")
