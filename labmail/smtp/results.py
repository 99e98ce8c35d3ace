"""Results: what a server's answers, and its silences, mean for each recipient.

Only the first digit of a reply matters to whoever keeps the letter (RFC 5321 §4.2.1): 2 takes it
over, 4 leaves it in the queue, 5 sends it back. No answer is like 4: nobody can know whether the
other side has it, so it is tried again, and may arrive twice (RFC 1047)::

    2yz after the dot  ─▶ Delivered          it is theirs now
    4yz · silence      ─▶ Deferred           keep it, try later
    5yz                ─▶ Failed             give it back

The numbers in `Deferred.errno` are those that Exim shows as ``defer (N)`` in its main log: the
system's own where there is one, else negative.

Try: ``refusal(Reply(451, "later"), "RCPT TO:<bob@ask.com>", "mail.ask.com", "128.10.30.2")``.
"""

from __future__ import annotations

import errno
import os
import ssl
from dataclasses import dataclass, field, replace

from labmail.message.outcome import Deferred, Delivered, Failed, Outcome

from .replies import Reply

CLOSED, NONSENSE, AFTER_RCPT, AFTER_MAIL, AFTER_DATA = -18, -19, -44, -45, -46
"""Exim's numbers: the host hung up; what it said is no reply; a 4yz reply to RCPT, to MAIL, to DATA
or behind the dot."""


END = "end of data"
AHEAD = "pipelined "
"""What is said of a command that was sent before its predecessors were answered (RFC 2920)."""
OF_ONE = "LMTP error after DATA"
"""How the outcome of one recipient begins, whom a store refuses when it has the letter."""


class NoSession(Exception):
    """No conversation came about, or it cannot go on; ``outcome`` is that of every recipient.

    ``tls`` is what went wrong, where that was the handshake of TLS, or the first answer behind it.
    """

    def __init__(self, outcome: Deferred | Failed, tls: Exception | None = None) -> None:
        super().__init__(outcome.why)
        self.outcome, self.tls = outcome, tls


@dataclass(frozen=True, slots=True)
class Sent:
    """What became of one letter: an outcome for each recipient, in the order given."""

    outcomes: dict[str, Outcome] = field(default_factory=dict)
    reply: Reply | None = None
    """The server's last word about it: behind the dot, or where it was refused."""

    @property
    def delivered(self) -> tuple[str, ...]:
        """The recipients for whom the server has taken it over."""
        return tuple(r for r, outcome in self.outcomes.items() if isinstance(outcome, Delivered))


def refusal(reply: Reply, after: str, host: str, address: str) -> Deferred | Failed:
    """The outcome of a reply that is not 2yz, said ``after`` a command (or ``end of data``)."""
    said = as_heard(reply)
    why = f"SMTP error from remote mail server after {after}: {said}"
    if reply.permanent:
        return Failed(why, host, address, reply.enhanced or "5.0.0", said)
    code, number = reply.enhanced or "4.0.0", _number(after) if reply.temporary else 0
    return Deferred(why, number, host, address, code, spoken=True)


def as_heard(reply: Reply) -> str:
    r"""A reply as it crossed the wire, each line with its number.

    >>> as_heard(Reply(550, "unknown\nuser", "5.1.1"))
    '550-5.1.1 unknown\n550 5.1.1 user'
    """
    return "\n".join(replace(reply, utf8=True).lines())


def _number(after: str) -> int:
    numbers = {"MAIL": AFTER_MAIL, "RCPT": AFTER_RCPT, "DATA": AFTER_DATA, "end": AFTER_DATA}
    return numbers.get(after.removeprefix(AHEAD).partition(" ")[0], 0)


def silence(error: Exception, after: str, host: str, address: str) -> Deferred:
    """The outcome where there was no answer: ``error`` came in place of it, ``after`` a command."""
    if isinstance(error, TimeoutError):
        why = f"SMTP timeout after {after}: {os.strerror(errno.ETIMEDOUT)}"
        return Deferred(why, errno.ETIMEDOUT, host, address, "4.4.2", spoken=True)
    if isinstance(error, ssl.SSLError):
        return Deferred(f"TLS failed after {after}: {error}", 0, host, address, "4.7.5")
    if isinstance(error, ConnectionError):
        moment = END if after.startswith(END) else after
        why = f"Remote host closed connection in response to {moment}"
        return Deferred(why, CLOSED, host, address, "4.4.2", spoken=True)
    why = f"Malformed SMTP reply in response to {after}: {error}"
    return Deferred(why, NONSENSE, host, address, "4.5.0", spoken=True)


def no_connection(error: OSError, host: str, address: str) -> Deferred:
    """The outcome where no connection came about.

    >>> no_connection(ConnectionRefusedError(111, "…"), "mail.ask.com", "128.10.30.2").why
    'Connection refused'
    """
    timed_out = isinstance(error, TimeoutError)
    number = errno.ETIMEDOUT if timed_out else error.errno or errno.EHOSTUNREACH
    return Deferred(os.strerror(number), number, host, address, "4.4.1")
