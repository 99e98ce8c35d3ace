"""A zone handed over to another server, whole: AXFR, and IXFR answered in the same way.

A secondary asks for everything that the zone has. It is let in by ``allow-transfer``, or it is told
REFUSED and nothing else; what a stranger could learn, every host of a company by name, is why. The
records go over TCP in as many messages as they need, and the SOA record comes first and last: who
has not seen it twice has not got all::

    AXFR ask.com ?  ──▶   SOA 2026030202
                    ◀──   NS, MX, A, A, …
                    ◀──   … A, SOA 2026030202

IXFR asks for the changes since a version. A server may send the whole instead, and this one does;
where the asker has the newest version, it is told so by a single SOA record.

Law: RFC 5936 (AXFR), RFC 1995 §2 and §4 (IXFR), RFC 8945 §5.3.1 (signatures).
Try: ``dig axfr ask.com`` at the endpoint of a lab's name server.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import dns.flags
import dns.message
import dns.name
import dns.opcode
import dns.rdataclass
from dns.edns import EDECode
from dns.message import Message
from dns.name import Name
from dns.rcode import Rcode
from dns.rdata import Rdata
from dns.rdataclass import IN
from dns.rdatatype import RdataType
from dns.rrset import RRset
from dns.serial import Serial

from .answering import PAYLOAD, Response, signer
from .text import plain
from .zone import Zone
from .zones import Broken, Forward, Zones

MESSAGE = 20480
"""Octets of records in one message, about (BIND's transfer-message-size)."""
LARGEST = 65535


@dataclass(frozen=True, slots=True)
class Handover:
    """A transfer that is allowed: the zone as it is at this moment, and for whom."""

    query: Message
    zone: Zone
    kind: str
    """``AXFR`` or ``IXFR``, as was asked."""
    whole: bool = True
    """False: the asker has it already, and gets the SOA record alone."""


def is_asked(query: Message) -> bool:
    """Whether a query asks for a zone and not for a record."""
    asked = query.question[0] if len(query.question) == 1 else None
    return (
        asked is not None
        and query.opcode() == dns.opcode.QUERY
        and asked.rdtype in (RdataType.AXFR, RdataType.IXFR)
        and asked.rdclass == IN
        and query.edns <= 0
    )


def decide(query: Message, zones: Zones, client: str, *, stream: bool) -> Response | Handover:
    """What comes of the wish for a zone: the transfer, or an answer that says no.

    ``stream``: it came over TCP. The errors are those of BIND, in its order.
    """
    question, key = query.question[0], signer(query)
    response = Response(_reply(query), question.name, question.rdtype, key=key)
    kind, name = question.rdtype.name, plain(question.name)
    known = _version(query)
    if kind == "IXFR" and known is None:
        return response.fail(Rcode.FORMERR, EDECode.OTHER, "IXFR request missing SOA")
    zone = zones.served.get(question.name)
    if zone is None or isinstance(zone, Forward):
        why = f"'{name}/IN': non-authoritative zone"
        return response.fail(Rcode.NOTAUTH, EDECode.NOT_AUTHORITATIVE, why)
    if isinstance(zone, Broken):
        return response.fail(Rcode.SERVFAIL, EDECode.OTHER, f"zone {name} {zone.why}")
    if not zones.may_copy(client, zone, key):
        why = f"zone transfer '{name}/{kind}/IN' denied"
        return response.fail(Rcode.REFUSED, EDECode.PROHIBITED, why)
    if kind == "AXFR" and not stream:
        return response.fail(Rcode.FORMERR, EDECode.OTHER, "attempted AXFR over UDP")
    has_it = known is not None and not Serial(zone.serial) > Serial(known)
    return Handover(query, zone, kind, whole=stream and not has_it)


def refuse(query: Message, why: str) -> Response:
    """The answer of a server that has too much to do: BIND, too, says SERVFAIL."""
    question = query.question[0]
    response = Response(_reply(query), question.name, question.rdtype)
    return response.fail(Rcode.SERVFAIL, EDECode.OTHER, why)


def _version(query: Message) -> int | None:
    """The version that an IXFR says it has (RFC 1995 §3)."""
    for rrset in query.authority:
        if rrset.rdtype == RdataType.SOA and rrset.name == query.question[0].name:
            return int(rrset[0].serial)
    return None


def octets(handover: Handover) -> Iterator[bytes]:
    """The messages of a transfer, one after the other, signed if the query was.

    Raises `dns.exception.TooBig` for a record that no message can hold.
    """
    context = None
    signed = handover.query.had_tsig
    for message in _messages(handover):
        yield message.to_wire(max_size=LARGEST, multi=signed, tsig_ctx=context, want_shuffle=False)
        context = message.tsig_ctx


def _messages(handover: Handover) -> Iterator[Message]:
    message, room = _reply(handover.query), MESSAGE
    message.flags |= dns.flags.AA
    for owner, ttl, rdata in records(handover):
        size = _size(owner, rdata)
        if size > room and message.answer:
            yield message
            message, room = _reply(handover.query), MESSAGE
            message.flags |= dns.flags.AA
            message.question = []
        _add(message, owner, ttl, rdata)
        room -= size
    yield message


def _size(owner: Name, rdata: Rdata) -> int:
    """Octets that a record takes at most; names that repeat will take fewer."""
    data = rdata.to_wire()
    return len(owner) + sum(map(len, owner.labels)) + 10 + len(data or b"")


def _add(message: Message, owner: Name, ttl: int, rdata: Rdata) -> None:
    last = message.answer[-1] if message.answer else None
    same = last is not None and last.name == owner and last.rdtype == rdata.rdtype
    if last is None or not same or rdata.rdtype == RdataType.SOA:
        last = RRset(owner, IN, rdata.rdtype)
        last.ttl = ttl
        message.answer.append(last)
    last.add(rdata)


def _reply(query: Message) -> Message:
    return dns.message.make_response(query, False, PAYLOAD, pad=0)


def records(handover: Handover) -> Iterator[tuple[Name, int, Rdata]]:
    """Every record: SOA, the rest in the order of names (RFC 4034 §6.1), and SOA again."""
    zone = handover.zone
    soa = zone.records(zone.origin, RdataType.SOA)
    assert soa is not None
    top = (zone.origin, soa.ttl, soa[0])
    yield top
    if handover.whole:
        for owner in sorted(zone.data.nodes):
            for rdataset in zone.data.nodes[owner]:
                if rdataset.rdtype != RdataType.SOA:
                    yield from ((owner, rdataset.ttl, rdata) for rdata in rdataset)
        yield top
