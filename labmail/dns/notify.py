"""NOTIFY: a primary says that a zone has changed, so that nobody has to wait for the next refresh.

It is a word, not a proof. The secondary answers that it has heard, and then asks for the SOA record
as it would have done later. So it listens only to its primaries and to whom ``allow-notify`` names;
otherwise anybody could keep it busy::

    128.10.30.1 ── NOTIFY ask.com SOA 2026030202 ──▶ secondary     then: SOA ?  AXFR ?
                ◀───────────── NOERROR ─────────────

Told are the hosts of the zone's NS records, but not the one that its SOA record calls the primary,
and the servers of ``also-notify``.

Law: RFC 1996. Try: ``heard(query, zones, "128.10.30.1")``.
"""

from __future__ import annotations

from dataclasses import dataclass

import dns.flags
import dns.message
import dns.opcode
from dns.message import Message
from dns.name import Name
from dns.rcode import Rcode
from dns.rdataclass import IN
from dns.rdatatype import RdataType
from dns.rdtypes.ANY.SOA import SOA
from dns.serial import Serial

from .answering import PAYLOAD, signer
from .peers import Peer
from .zone import Zone
from .zoneclause import ZoneClause
from .zones import Zones

MOST_TOLD = 100
"""Name servers of a zone that are told: a zone that was copied may name any number of strangers."""


@dataclass(frozen=True, slots=True)
class Heard:
    """What a server makes of a NOTIFY: the answer, and whether it looks at the primary now."""

    reply: Message
    zone: Name
    serial: int | None
    refresh: bool
    why: str


def announcement(zone: Zone, number: int) -> Message:
    """The message that says: this zone has changed (RFC 1996 §3.6). ``number`` is its id."""
    query = dns.message.make_query(zone.origin, RdataType.SOA, id=number, flags=dns.flags.AA)
    query.set_opcode(dns.opcode.NOTIFY)
    soa = zone.records(zone.origin, RdataType.SOA)
    assert soa is not None
    query.answer.append(soa)
    return query


def heard(query: Message, zones: Zones, client: str) -> Heard:
    """What comes of a NOTIFY from ``client``; the codes are BIND's."""
    asked = query.question[0]
    serial = _serial(query, asked.name)

    def so(rcode: Rcode, why: str, refresh: bool = False) -> Heard:
        reply = dns.message.make_response(query, False, PAYLOAD, pad=0)
        reply.set_rcode(rcode)
        if rcode == Rcode.NOERROR:
            reply.flags |= dns.flags.AA
        return Heard(reply, asked.name, serial, refresh, why)

    clause = zones.clause(asked.name)
    if asked.rdtype != RdataType.SOA or asked.rdclass != IN:
        return so(Rcode.FORMERR, "Nothing: its question section contains no SOA")
    if clause is None or clause.kind not in ("primary", "secondary"):
        return so(Rcode.NOTAUTH, "Nothing: this server is not authoritative for it")
    if clause.kind == "primary":
        return so(Rcode.NOERROR, "Nothing: this server is its primary, and knows best")
    if not _may_tell(clause, zones, client, signer(query)):
        return so(Rcode.REFUSED, "Nothing: refused notify from non-primary")
    held = zones.served.get(asked.name)
    if isinstance(held, Zone) and serial is not None and not newer(serial, held.serial):
        return so(Rcode.NOERROR, f"Nothing: zone is up to date, serial {held.serial}")
    return so(Rcode.NOERROR, "The primary is asked for its version at once", refresh=True)


def newer(theirs: int, ours: int) -> bool:
    """Whether a serial counts as greater, round the end of 32 bits (RFC 1982 §3.2).

    >>> newer(2026030202, 2026030201), newer(1, 4294967295), newer(5, 5)
    (True, True, False)
    """
    return bool(Serial(theirs) > Serial(ours))


def _serial(query: Message, zone: Name) -> int | None:
    """The hint that a NOTIFY gives (RFC 1996 §3.7)."""
    for rrset in query.answer:
        if rrset.name == zone and rrset.rdtype == RdataType.SOA and isinstance(rrset[0], SOA):
            return int(rrset[0].serial)
    return None


def _may_tell(clause: ZoneClause, zones: Zones, client: str, key: Name | None) -> bool:
    allowed = clause.allow_notify or zones.conf.allow_notify
    known = any(peer.address == client for peer in clause.primaries)
    return known or allowed.allows(client, zones.address, key)


def hosts(zone: Zone, zones: Zones) -> tuple[Name, ...]:
    """The name servers to tell: of the NS records, without the primary itself (RFC 1996 §2.3)."""
    if _how(zone, zones) in ("no", "explicit"):
        return ()
    records = zone.records(zone.origin, RdataType.NS)
    targets = [rdata.target for rdata in records] if records else []
    return tuple(target for target in targets if target != zone.soa.mname)[:MOST_TOLD]


def also(zone: Zone, zones: Zones) -> tuple[Peer, ...]:
    """The servers that the configuration names beside them."""
    clause = zones.clause(zone.origin)
    own = clause.also_notify if clause else None
    if _how(zone, zones) == "no":
        return ()
    return zones.conf.also_notify if own is None else own


def _how(zone: Zone, zones: Zones) -> str:
    """``notify`` of the zone, or else of the server."""
    clause = zones.clause(zone.origin)
    how = (clause.notify if clause else None) or zones.conf.notify
    if how == "primary-only":
        return "yes" if clause is not None and clause.kind == "primary" else "no"
    return how
