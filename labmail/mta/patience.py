"""Patience: how long a failure may last before a letter is given back.

An outcome says *not now*; the hints say since when that has been so. A failure of a host counts for
the host, whoever writes to it; any other counts for the address::

    Connection refused, no answer, closed      T:mail.ask.com:128.10.30.2
    450 to RCPT, a mailbox that is full        T:bob@ask.com
    no answer from the name server             R:bob@ask.com

Law: Exim specification, §32.2 and §32.10; RFC 5321 §4.5.4.1.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from labmail.message.outcome import Deferred, Failed, Outcome

from .hints import Hints, host_key
from .retry import Attempt
from .routers.verdict import Accept
from .routing import Routing
from .transports.smtp import NOT_DUE, is_host_error

NOT_YET = -53
"""Exim's number in the log: the address's own next try is not due."""
TIMED_OUT = "retry timeout exceeded"
WITHOUT_A_RULE = 900.0
"""Seconds to wait where no hint speaks of the failure."""


@dataclass(slots=True)
class Patience:
    """Reads and keeps the hints during one attempt. ``now`` tells the time, in POSIX seconds."""

    hints: Hints
    now: Callable[[], float]
    _asked: dict[int, list[Attempt]] = field(default_factory=dict)

    def judge(self, routing: Routing, outcome: Outcome) -> Outcome:
        """The outcome; Failed in place of Deferred where patience is at an end."""
        if not isinstance(outcome, Deferred):
            return outcome
        attempts = self._attempts(routing, outcome)
        if attempts and all(attempt.expired for attempt in attempts):
            return Failed(f"{outcome.why}: {TIMED_OUT}", outcome.host, outcome.address, "4.4.7")
        return outcome

    def next_try(self, routing: Routing, outcome: Deferred) -> tuple[float, tuple[str, ...]]:
        """When an address is due again (POSIX seconds), and what the rule says to that."""
        attempts = self._attempts(routing, outcome)
        if not attempts:
            return self.now() + WITHOUT_A_RULE, ()
        first = min(attempts, key=lambda attempt: attempt.next_try)
        return first.next_try, self.hints.rule.explain(first)

    def forget(self, routing: Routing) -> None:
        """The address was served: its failures do not count any more."""
        for kind in "TR":
            self.hints.worked(f"{kind}:{routing.recipient.key}")

    def _attempts(self, routing: Routing, outcome: Deferred) -> list[Attempt]:
        """What is known of this failure: of the hosts, or of the address itself."""
        if id(routing) not in self._asked:
            self._asked[id(routing)] = self._look_up(routing, outcome)
        return self._asked[id(routing)]

    def _look_up(self, routing: Routing, outcome: Deferred) -> list[Attempt]:
        accepted = isinstance(routing.answer, Accept)
        hosts = routing.answer.hosts if isinstance(routing.answer, Accept) else ()
        if hosts and (is_host_error(outcome) or outcome.errno == NOT_DUE):
            known = [self.hints.find(host_key(host)) for host in hosts]
            return [attempt for attempt in known if attempt]
        key = f"{'T' if accepted else 'R'}:{routing.recipient.key}"
        if outcome.errno == NOT_YET:
            attempt = self.hints.find(key)
            return [attempt] if attempt else []
        return [self.hints.failed(key, self.now(), outcome.why)]
