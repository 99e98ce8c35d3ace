"""What an answer adds unasked: the addresses of the hosts that its records name.

Whoever learns that mail.ask.com takes mail for ask.com will want the address of mail.ask.com next.
Where a zone is handed to other servers, their addresses (*glue*) are not only kind but needed: how
else would one reach ns.sales.ask.com to ask it about itself?

Law: RFC 1034 §4.2.1 (glue) and §4.3.2, step 6. RFC 1035 §3.3.9 and §3.3.11 (MX, NS).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from dns.name import Name
from dns.rdatatype import RdataType
from dns.rrset import RRset

from .values import PORT, Endpoint
from .zone import Data, Zone
from .zones import ADDRESSES, Served

_NAMING_HOSTS = {RdataType.NS: "target", RdataType.MX: "exchange", RdataType.SRV: "target"}


def name_servers(zone: Zone, answer: Iterable[RRset]) -> list[RRset]:
    """The NS records of the zone, unless they are the answer themselves."""
    servers = zone.records(zone.origin, RdataType.NS)
    return [] if servers is None or servers in answer else [servers]


def addresses(rrsets: Iterable[RRset], answer: Iterable[RRset], zone: Zone) -> list[RRset]:
    """The addresses of hosts of this zone that NS, MX and SRV records name."""
    found: list[RRset] = []
    for target in targets(rrsets):
        for rdtype in ADDRESSES if target.is_subdomain(zone.origin) else ():
            data = zone.look(target, rdtype)
            if isinstance(data, Data):
                found += [rrset for rrset in data.rrsets if rrset not in answer]
    return found


def glue(servers: RRset, *places: Served | None) -> list[RRset]:
    """The addresses of the name servers of a delegation, from the first zone that has them."""
    found: list[RRset] = []
    for target in targets([servers]):
        for rdtype in ADDRESSES:
            known = (place.records(target, rdtype) for place in places if isinstance(place, Zone))
            found += [rrset for rrset in known if rrset is not None][:1]
    return found


def endpoints(rrsets: Iterable[RRset]) -> tuple[Endpoint, ...]:
    """Where to ask: the addresses in A and AAAA records, port 53."""
    return tuple(
        (rdata.address, PORT) for rrset in rrsets for rdata in rrset if rdata.rdtype in ADDRESSES
    )


def targets(rrsets: Iterable[RRset]) -> Iterator[Name]:
    """The hosts that NS, MX and SRV records name, each once."""
    seen: set[Name] = set()
    for rdata in (rdata for rrset in rrsets for rdata in rrset):
        if rdata.rdtype not in _NAMING_HOSTS:
            continue
        target: Name = getattr(rdata, _NAMING_HOSTS[rdata.rdtype])
        if target not in seen:
            seen.add(target)
            yield target
