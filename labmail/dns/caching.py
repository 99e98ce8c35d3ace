"""What a name server remembers of what others told it, and for how long.

Each record comes with a time to live, the seconds for which it may be repeated without asking
again. Whoever repeats it says how many are left. "There is no such name" and "no such type" may be
repeated too, for as long as the zone's SOA record says::

    09:00  asked:  ask.com.  3600  MX 10 mail.ask.com.
    09:20  again:  ask.com.  2400  MX 10 mail.ask.com.      remembered, nobody was asked
    10:00  again:  asked anew

A mistake in a zone lives as long as the truth would have. A server that fails, or says nothing,
is not remembered at all.

The lab's servers remember only where ``named.conf`` has ``max-cache-ttl`` (docs/quirks.md).

Law: RFC 1034 §3.6 and §4.3.4, RFC 2181 §8, RFC 2308 §5.
Try: ``Cache(clock.time).put(question, reply, longest=86400, longest_no=10800)``.
"""

from __future__ import annotations

import copy
from collections.abc import Callable, Hashable, Iterator
from dataclasses import dataclass

from dns.message import Message
from dns.rcode import Rcode
from dns.rdatatype import RdataType
from dns.rrset import RRset

MOST = 10_000
"""Answers that are remembered at a time; the one that was learned first makes room."""
LONGEST_NO = 10_800
"""Seconds for which a "no" is remembered at most (BIND's max-ncache-ttl)."""


@dataclass(frozen=True, slots=True)
class _Known:
    """An answer, when it came, and when it is forgotten; times in seconds of the lab's clock."""

    reply: Message
    since: float
    until: float


class Cache:
    """Answers of other servers by question; ``time`` is the clock that they age by."""

    def __init__(self, time: Callable[[], float]) -> None:
        self._time = time
        self._known: dict[Hashable, _Known] = {}

    def __len__(self) -> int:
        return len(self._known)

    def get(self, question: Hashable) -> Message | None:
        """The answer with what is left of its times to live, or None if it must be asked for."""
        known, now = self._known.get(question), self._time()
        if known is None:
            return None
        if now >= known.until:
            del self._known[question]
            return None
        return _aged(known.reply, int(now - known.since))

    def put(self, question: Hashable, reply: Message, *, longest: int, longest_no: int) -> None:
        """Remembers an answer for its time to live, ``longest`` or ``longest_no`` s at most."""
        left = lifetime(reply, longest, longest_no)
        if left <= 0:
            return
        self._known.pop(question, None)
        if len(self._known) >= MOST:
            del self._known[next(iter(self._known))]
        now = self._time()
        self._known[question] = _Known(copy.deepcopy(reply), now, now + left)

    def clear(self) -> None:
        """Forgets everything, as ``rndc flush`` does."""
        self._known.clear()


def lifetime(reply: Message, longest: int, longest_no: int) -> int:
    """The seconds for which an answer may be repeated; 0 for one that may not."""
    if reply.rcode() not in (Rcode.NOERROR, Rcode.NXDOMAIN):
        return 0
    soas = [rrset for rrset in reply.authority if rrset.rdtype == RdataType.SOA]
    times = [rrset.ttl for rrset in reply.answer]
    if soas:
        times += [min(soa.ttl, soa[0].minimum) for soa in soas]
        longest = min(longest, longest_no)
    elif not reply.answer:
        times += [rrset.ttl for rrset in reply.authority]
    return min(longest, *times) if times else 0


def _aged(reply: Message, by: int) -> Message:
    """A copy that can be given away."""
    aged = copy.deepcopy(reply)
    for rrset in _records(aged):
        rrset.ttl = max(0, rrset.ttl - by)
    return aged


def _records(reply: Message) -> Iterator[RRset]:
    yield from (*reply.answer, *reply.authority, *reply.additional)
