"""Writing a zone file: how a secondary keeps its copy, in the text form that BIND writes.

Names are in the order of the tree, and each is written relative to the name above it that exists;
a time to live is said when it changes::

    $ORIGIN .
    $TTL 3600   ; 1 hour
    ask.com                     IN SOA  ns.ask.com. hostmaster.ask.com. (
                                2026030201 ; serial
                                …
                        NS      ns.ask.com.
    $ORIGIN ask.com.
    mail                        A       128.10.30.2

Law: RFC 1035 §5.1; BIND 9's ``masterfile-format text``. Try: ``print(write(zone))``.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

import dns.name
from dns.name import Name
from dns.rdata import GenericRdata, Rdata
from dns.rdataset import Rdataset
from dns.rdatatype import RdataType
from dns.rdtypes.ANY.SOA import SOA

from .zone import Zone

TAB = 8
OWNER, DATA = 24, 32
"""Columns at which the type and the data begin."""
_UNITS = (("week", 604800), ("day", 86400), ("hour", 3600), ("minute", 60), ("second", 1))


def write(zone: Zone) -> str:
    """The text of a zone file with everything that the zone has."""
    return "\n".join(_Writer(zone).lines()) + "\n"


def duration(seconds: int) -> str:
    """Seconds in words.

    >>> duration(3600), duration(90061)
    ('1 hour', '1 day 1 hour 1 minute 1 second')
    """
    parts = []
    for word, size in _UNITS:
        count, seconds = divmod(seconds, size)
        if count:
            parts.append(f"{count} {word}{'s' if count > 1 else ''}")
    return " ".join(parts) or "0 seconds"


class _Writer:
    def __init__(self, zone: Zone) -> None:
        self.zone = zone
        self.names = sorted(zone.data.nodes)
        self.origin: Name | None = None
        self.ttl: int | None = None
        self.branches = _branches(self.names, zone.origin)

    def lines(self) -> Iterator[str]:
        for name in self.names:
            rdatasets = sorted(self.zone.data.nodes[name], key=_soa_first)
            if not any(rdatasets):
                continue
            yield from self._move_to(self._above(name))
            shown = self._owner(name)
            for rdataset in rdatasets:
                if rdataset.ttl != self.ttl:
                    self.ttl = rdataset.ttl
                    yield f"$TTL {self.ttl}\t; {duration(self.ttl)}"
                for rdata in rdataset:
                    yield self._record(shown, rdata)
                    shown = ""

    def _above(self, name: Name) -> Name:
        """What ``name`` is written relative to: the nearest name above it where the tree forks."""
        if name == self.zone.origin:
            return dns.name.root
        above = name.parent()
        while above not in self.branches:
            above = above.parent()
        return above

    def _move_to(self, origin: Name) -> Iterator[str]:
        if origin != self.origin:
            self.origin = origin
            yield f"$ORIGIN {origin}"

    def _owner(self, name: Name) -> str:
        assert self.origin is not None
        return name.relativize(self.origin).to_text() if name != self.origin else "."

    def _record(self, owner: str, rdata: Rdata) -> str:
        origin = None if self.origin == dns.name.root else self.origin
        kind = f"IN {rdata.rdtype.name}" if isinstance(rdata, SOA) else rdata.rdtype.name
        line = _pad(owner, OWNER) + kind
        return _pad(line, DATA) + _data(rdata, origin)


def _pad(text: str, column: int) -> str:
    """Goes on to a column, by tabs; by one blank where it has been passed."""
    at = len(text.expandtabs(TAB))
    if at >= column:
        return text + " "
    return text + "\t" * -(-(column - at) // TAB)


def _data(rdata: Rdata, origin: Name | None) -> str:
    if isinstance(rdata, SOA):
        return _soa(rdata, origin)
    if isinstance(rdata, GenericRdata):  # a type of no name (RFC 3597 §5)
        return f"\\# {len(rdata.data)} ( {rdata.data.hex()} )" if rdata.data else "\\# 0"
    return rdata.to_text(origin=origin, relativize=origin is not None)


def _soa(soa: SOA, origin: Name | None) -> str:
    names = [name.choose_relativity(origin, origin is not None) for name in (soa.mname, soa.rname)]
    lines = [f"{names[0]} {names[1]} (", f"{soa.serial:<10} ; serial"]
    for word in ("refresh", "retry", "expire", "minimum"):
        value = getattr(soa, word)
        lines.append(f"{value:<10} ; {word} ({duration(value)})")
    return ("\n" + "\t" * (DATA // TAB)).join([*lines, ")"])


def _soa_first(rdataset: Rdataset) -> bool:
    return bool(rdataset.rdtype != RdataType.SOA)


def _branches(names: list[Name], top: Name) -> set[Name]:
    """Names that others are written relative to: those that exist, and where two names part.

    BIND keeps names in a tree of trees, and a tree begins below each of these.
    """
    found = {top, *names}
    found |= {name.parent() for name in names if name.is_wild()}
    for name, following in pairwise(names):
        _, _, common = name.fullcompare(following)
        found.add(name.split(common)[1])
    return found
