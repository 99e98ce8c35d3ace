"""What ``named-checkzone`` asks of a zone: things that can each be written, but not meant.

Some mistakes make sense line by line and no sense together: a name that is an alias and something
else, an MX record whose host has no address. Those that would make BIND refuse the zone are errors;
those with which it loads are warnings. The words are BIND's::

    ask.com/MX 'mail.ask.com.ask.com' has no address records (A or AAAA)   ← no final dot

Law: RFC 1034 §3.6.2 (CNAME), RFC 1035 §3.3.9 (MX), RFC 2181 §10 (NS, MX and CNAME), RFC 952 and
RFC 1123 §2.1 (host names).
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence

import dns.node
from dns.name import Name
from dns.rdatatype import RdataType

from .masterfile import Record
from .problems import Problem, Spot

_LABEL = re.compile(rb"[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?")
_SINGLE = frozenset({RdataType.SOA, RdataType.CNAME, RdataType.DNAME})
_BESIDE_CNAME = frozenset({RdataType.NSEC, RdataType.RRSIG, RdataType.KEY})
_HOSTS = frozenset({RdataType.A, RdataType.AAAA, RdataType.MX})


def clash(record: Record, node: dns.node.Node) -> Problem | None:
    """What is wrong with a record beside those that its name has already."""
    owner = _text(record.owner)
    for rdataset in node:
        if RdataType.CNAME in (rdataset.rdtype, record.rdtype) and rdataset.rdtype != record.rdtype:
            if not {rdataset.rdtype, record.rdtype} & _BESIDE_CNAME:
                what, remedy = f"{owner}: CNAME and other data", "give the alias another name"
                return Problem(what, record.spot, record.rdtype.name, remedy=remedy)
        elif rdataset.rdtype == record.rdtype:
            if record.rdtype in _SINGLE and record.rdata not in rdataset:
                what = f"{owner}: multiple RRs of singleton type"
                return Problem(what, record.spot, record.rdtype.name, "only one")
            if rdataset.ttl != record.ttl:
                what = f"TTL set to prior TTL ({rdataset.ttl})"
                expected = "one time to live for all records of one name and type"
                return Problem(what, record.spot, str(record.ttl), expected, severity="warning")
    return None


def integrity(origin: Name, file: str, records: Sequence[Record]) -> list[Problem]:
    """What is wrong with the zone as a whole."""
    return list(_Integrity(origin, file, records).problems())


def top(types: Collection[RdataType], file: str) -> Iterator[Problem]:
    """What is wrong with the top of a zone that has records of these types."""
    if RdataType.SOA not in types:
        expected, remedy = "exactly one", "@ SOA ns hostmaster ( 2026030201 1h 10m 1w 5m )"
        yield Problem("has 0 SOA records", Spot(file), "", expected, remedy)
    if RdataType.NS not in types:
        expected = "at least one at the top of the zone"
        yield Problem("has no NS records", Spot(file), "", expected, "@ NS ns")


class _Integrity:
    def __init__(self, origin: Name, file: str, records: Sequence[Record]) -> None:
        self.origin, self.file, self.records = origin, file, records
        self.types: defaultdict[Name, set[RdataType]] = defaultdict(set)
        for record in records:
            self.types[record.owner].add(record.rdtype)

    def problems(self) -> Iterator[Problem]:
        yield from top(self.types[self.origin], self.file)
        for record in self.records:
            yield from self.owner(record)
            if record.rdtype in (RdataType.NS, RdataType.MX, RdataType.SRV):
                yield from self.target(record)

    def owner(self, record: Record) -> Iterator[Problem]:
        if record.rdtype == RdataType.SOA and record.owner != self.origin:
            yield Problem("not at top of zone", record.spot, _text(record.owner), str(self.origin))
        if record.rdtype in _HOSTS and not _is_host(record.owner):
            what = f"{_text(record.owner)}: bad owner name (check-names)"
            yield Problem(what, record.spot, "", "letters, digits and hyphens", "a hyphen for _")

    def target(self, record: Record) -> Iterator[Problem]:
        """Where NS, MX and SRV lead: to a host of this zone that has an address."""
        kind, rdata = record.rdtype.name, record.rdata
        target: Name = getattr(rdata, "exchange" if record.rdtype == RdataType.MX else "target")
        if target == dns.name.root:
            return
        needed = record.rdtype == RdataType.NS and record.owner == self.origin
        subject = f"{kind} '{_text(target)}'"
        subject = subject if needed else f"{_text(record.owner)}/{subject}"
        if not _is_host(target):
            yield Problem(f"{subject}: bad name (check-names)", record.spot)
        if not target.is_subdomain(self.origin):
            return
        types = self.types.get(target, set())
        if RdataType.CNAME in types:
            expected = "the host's own name (RFC 2181 §10.3)"
            yield self.trouble(f"{subject} is a CNAME (illegal)", record, expected, needed)
        elif not types & {RdataType.A, RdataType.AAAA}:
            yield from self.addressless(subject, target, record, needed)

    def addressless(
        self, subject: str, target: Name, record: Record, needed: bool
    ) -> Iterator[Problem]:
        cut = self.cut(target)
        if cut and record.rdtype == RdataType.NS and record.owner == cut:
            what = f"{subject} has no REQUIRED GLUE address records (A or AAAA)"
            yield self.trouble(what, record)
        elif not cut and not self.wild(target):
            expected = "an A or AAAA record for it" + self.dot(target)
            what = f"{subject} has no address records (A or AAAA)"
            yield self.trouble(what, record, expected, needed)

    def dot(self, target: Name) -> str:
        """The classic: a name written in full, without its final dot, has the zone's twice."""
        tail = target.relativize(self.origin)
        doubled = (
            len(tail) > len(self.origin) - 1
            and tail.labels[1 - len(self.origin) :] == (self.origin.labels[:-1])
        )
        return f", or a final dot behind {tail}" if doubled else ""

    def cut(self, name: Name) -> Name | None:
        """The delegation that ``name`` lies below, if any."""
        while name != self.origin:
            if RdataType.NS in self.types.get(name, set()):
                return name
            name = name.parent()
        return None

    def wild(self, name: Name) -> bool:
        """Whether a wildcard gives the name an address."""
        while name != self.origin:
            name = name.parent()
            star = dns.name.Name([b"*", *name.labels])
            if self.types.get(star, set()) & {RdataType.A, RdataType.AAAA}:
                return True
        return False

    def trouble(
        self, what: str, record: Record, expected: str = "", error: bool = False
    ) -> Problem:
        severity = "error" if error else "warning"
        return Problem(what, record.spot, "", expected, severity=severity)  # type: ignore[arg-type]


def _is_host(name: Name) -> bool:
    labels: Iterable[bytes] = name.labels[:-1]
    if name.is_wild():
        labels = name.labels[1:-1]
    return all(_LABEL.fullmatch(label) for label in labels)


def _text(name: Name) -> str:
    return name.to_text(omit_final_dot=True)
