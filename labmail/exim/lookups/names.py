"""Who answers for the DNS: what `dnsdb`, host lists and routers ask of a resolver.

On the command line that is the resolver of ``/etc/resolv.conf``, in a lab the one of the host. Both
say what became of a question by one of five words:

    ok        there are records
    nodata    the name is there, but has no records of that kind
    nxdomain  there is no such name
    again     no answer, or a server that could not find out: ask later
    fail      a server that refused

Law: RFC 1035 §4.1.1 (response codes), RFC 2308 (nodata), RFC 4035 §3.2.3 (authenticated data).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple, Protocol


class Record(NamedTuple):
    """One record: whose, of which kind, for how many seconds, and its data as dnspython's class."""

    owner: str
    rdtype: str
    ttl: int
    rdata: Any


class NameAnswer(NamedTuple):
    """What became of a question; ``authenticated``: the server vouches for it by DNSSEC."""

    status: str
    records: Sequence[Record] = ()
    authenticated: bool = False

    def of(self, rdtype: str) -> list[Record]:
        """The records of one kind."""
        return [record for record in self.records if record.rdtype == rdtype]


class Names(Protocol):
    """A resolver. It never raises: what went wrong is in the status."""

    async def query(
        self, name: str, rdtype: str, *, wait: float | None = None, rounds: int | None = None
    ) -> NameAnswer:
        """The records of one kind; ``wait``: seconds for each server, ``rounds``: how often."""
