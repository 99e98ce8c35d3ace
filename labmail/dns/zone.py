"""A zone: a part of the tree of names that one server answers for, and what it says to a question.

A question meets one of five cases, and `Zone.look` tells which (RFC 1034 §4.3.2, step 3)::

    ask.com.  ── www  A           Data         here is what you asked for
              ── ftp  CNAME www   Alias        another name; ask again for that one
              ── sales  NS ns2…   Delegation   another server answers below here
              ── www  (MX?)       NoData       the name exists, but has no such record
              ── wwww             NoName       there is no such name (NXDOMAIN)

A name exists also when only something below it does (an empty non-terminal, RFC 8020), and
``*.ask.com`` answers for names that do not exist (RFC 4592).

Law: RFC 1034 §4.3, RFC 2308, RFC 4592. Try: ``load("db.ask.com", origin, read_text)``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

import dns.name
import dns.rdatatype
import dns.zone
from dns.name import Name
from dns.rdataclass import IN
from dns.rdatatype import RdataType
from dns.rdtypes.ANY.SOA import SOA
from dns.rrset import RRset

from . import check, masterfile
from .masterfile import Record
from .problems import Problem, errors

_STAR = dns.name.Name([b"*"])


@dataclass(frozen=True, slots=True)
class Data:
    """The records asked for: one set, or every set of the name for a question of type ANY."""

    rrsets: tuple[RRset, ...]


@dataclass(frozen=True, slots=True)
class Alias:
    """The name is an alias: the CNAME record, and the name that it leads to."""

    rrset: RRset
    target: Name


@dataclass(frozen=True, slots=True)
class Delegation:
    """Another zone begins here: its NS records."""

    rrset: RRset


@dataclass(frozen=True, slots=True)
class NoData:
    """The name exists, but has no record of this type."""


@dataclass(frozen=True, slots=True)
class NoName:
    """The name does not exist."""


Found = Data | Alias | Delegation | NoData | NoName


class Zone:
    """A loaded zone. ``data`` is dnspython's zone object, with absolute names; never changed."""

    def __init__(
        self, data: dns.zone.Zone, file: str = "", warnings: Iterable[Problem] = ()
    ) -> None:
        assert data.origin is not None
        self.origin: Name = data.origin
        self.data, self.file, self.warnings = data, file, tuple(warnings)
        self._names = {name for owner in data.nodes for name in _up_to(owner, self.origin)}

    @property
    def soa(self) -> SOA:
        """The data of its SOA record: version, times and the name of the primary."""
        rdataset = self.data.get_rdataset(self.origin, RdataType.SOA)
        assert rdataset is not None
        soa: SOA = rdataset[0]
        return soa

    @property
    def serial(self) -> int:
        """The version number of the zone, from its SOA record."""
        return int(self.soa.serial)

    def __len__(self) -> int:
        return sum(len(rdataset) for _, rdataset in self.data.iterate_rdatasets())

    def look(self, name: Name, rdtype: RdataType) -> Found:
        """What the zone has to say about a name that lies in it."""
        if (cut := self._delegation(name)) and not (cut.name == name and rdtype == RdataType.DS):
            return Delegation(cut)
        if name in self._names:
            return self._at(name, name, rdtype)
        wildcard = _STAR.derelativize(self._encloser(name))
        return self._at(wildcard, name, rdtype) if wildcard in self._names else NoName()

    def records(self, name: Name, rdtype: RdataType) -> RRset | None:
        """The records of exactly this name and type, glue included."""
        rdataset = self.data.get_rdataset(name, rdtype)
        return _rrset(name, rdataset) if rdataset else None

    def negative(self, *, remember: bool = True) -> RRset:
        """The SOA record for an answer of "no", its TTL how long to believe it (RFC 2308 §3)."""
        soa = self._soa()
        soa.ttl = min(soa.ttl, soa[0].minimum) if remember else 0
        return soa

    def _soa(self) -> RRset:
        soa = self.records(self.origin, RdataType.SOA)
        assert soa is not None
        return soa

    def _at(self, node: Name, name: Name, rdtype: RdataType) -> Found:
        """What the node says; ``name`` is the name asked for, which a wildcard stands in for."""
        rdatasets = self.data.get_node(node) or ()
        if rdtype == RdataType.ANY and rdatasets:
            return Data(tuple(_rrset(name, rdataset) for rdataset in rdatasets))
        for rdataset in rdatasets:
            if rdataset.rdtype == rdtype:
                return Data((_rrset(name, rdataset),))
            if rdataset.rdtype == RdataType.CNAME:
                return Alias(_rrset(name, rdataset), rdataset[0].target)
        return NoData()

    def _delegation(self, name: Name) -> RRset | None:
        """The NS records of the highest cut between the zone's top and ``name``, or at it."""
        for place in reversed(list(_up_to(name, self.origin))[:-1]):
            if rrset := self.records(place, RdataType.NS):
                return rrset
        return None

    def _encloser(self, name: Name) -> Name:
        """The longest part of the name that exists (RFC 4592 §3.3.1)."""
        return next(place for place in _up_to(name, self.origin) if place in self._names)


def load(
    path: str,
    origin: Name,
    read_text: Callable[[str], str],
    directory: str = "/etc/bind",
    *,
    copied: bool = False,
) -> tuple[Zone | None, tuple[Problem, ...]]:
    """Reads and checks a zone file. Gives the zone (None if it has errors) and all problems.

    Of a zone that is ``copied`` from a primary only the top is checked: the rest is not ours.
    """
    content = masterfile.read(path, origin, read_text, directory)
    data, problems = build(origin, content.records)
    problems = content.problems + problems
    if copied:
        problems += check.top({r.rdtype for r in content.records if r.owner == origin}, path)
    elif not errors(problems):
        problems += check.integrity(origin, path, content.records)
    zone = None if errors(problems) else Zone(data, path, problems)
    return zone, tuple(problems)


def build(origin: Name, records: Iterable[Record]) -> tuple[dns.zone.Zone, list[Problem]]:
    """Puts records into a zone object; those that do not go together are told as problems."""
    data = dns.zone.Zone(origin, relativize=False)
    return data, [problem for record in records if (problem := put(data, record))]


def put(data: dns.zone.Zone, record: Record) -> Problem | None:
    """Adds one record to a zone object, unless it clashes with what is there."""
    node = data.find_node(record.owner, create=True)
    problem = check.clash(record, node)
    if problem is None or problem.severity == "warning":
        covers = record.rdata.covers()
        rdataset = node.find_rdataset(IN, record.rdtype, covers, create=True)
        rdataset.add(record.rdata, rdataset.ttl if len(rdataset) else record.ttl)
    return problem


def _rrset(name: Name, rdataset: dns.rdataset.Rdataset) -> RRset:
    rrset = RRset(name, IN, rdataset.rdtype)
    rrset.update(rdataset)
    rrset.ttl = rdataset.ttl
    return rrset


def _up_to(name: Name, top: Name) -> Iterable[Name]:
    """The name, its parent, and so on up to ``top``."""
    while name != top:
        yield name
        name = name.parent()
    yield top
