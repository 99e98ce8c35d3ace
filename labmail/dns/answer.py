"""What a name server answers: a question, the zones and who asks go in, a message comes out.

Nothing here touches a socket. The steps are those of RFC 1034 §4.3.2: find the zone, look the name
up in it, follow an alias to the next name, put the records that the asker will want next into the
additional section. Where the answer ends in a name that only other servers know, the `Response`
says whom to ask, and `recursion` goes on from there::

    question ──▶ answer ──▶ Response ──▶ message
                              │  ▲
                     forward  ▼  │ join
                          other servers

Law: RFC 1034 §4.3, RFC 1035 §4.1, RFC 2308, RFC 6604 (the code of a chain is that of its end),
RFC 6891 (EDNS), RFC 8914 (Extended DNS Errors, which tell the asker why).
Try: ``answer(dns.message.make_query("ask.com", "MX"), zones, "192.0.2.1").message``.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import dns.edns
import dns.flags
import dns.message
import dns.opcode
import dns.rdataclass
import dns.rdatatype
from dns.edns import EDECode
from dns.message import Message
from dns.name import Name
from dns.rcode import Rcode
from dns.rdatatype import RdataType

from . import additional
from .text import plain
from .zone import Alias, Data, Delegation, Found, NoName, Zone
from .zones import Broken, Forward, Zones

PAYLOAD = 1232
"""Octets of a UDP answer that pass every network whole: what this server offers and uses."""
MOST_ALIASES = 11
"""Names that one answer follows from alias to alias (BIND's max-query-restarts)."""


@dataclass
class Response:
    """An answer on its way: the message, and what is still missing in it.

    ``name`` is the name whose records are wanted now: the question's, or where aliases led.
    ``forward`` says whom to ask about it; None: the message is complete.
    """

    message: Message
    name: Name
    rdtype: RdataType
    forward: Forward | None = None
    seen: set[Name] = field(default_factory=set)

    def fail(self, rcode: Rcode, code: EDECode, why: str) -> Response:
        """Answers with an error, and tells the asker why if it speaks EDNS."""
        self.message.set_rcode(rcode)
        self.forward = None
        if self.message.edns >= 0:
            options = [*self.message.options, dns.edns.EDEOption(code, why)]
            payload = self.message.request_payload
            self.message.use_edns(0, self.message.ednsflags, PAYLOAD, payload, options)
        return self

    def stop(self, rcode: Rcode, code: EDECode, why: str) -> Response:
        """Ends with an error, unless aliases have been found already: those are still true."""
        return self if self.message.answer else self.fail(rcode, code, why)

    def follow(self, target: Name) -> bool:
        """Goes on to the name that an alias leads to; False in a loop, or after too many."""
        self.seen.add(self.name)
        self.name = target
        return target not in self.seen and len(self.seen) <= MOST_ALIASES

    @property
    def wants_recursion(self) -> bool:
        return bool(self.message.flags & dns.flags.RD)


def answer(query: Message, zones: Zones, client: str) -> Response:
    """The answer to ``query``, a message that is no response, from ``client``, an address."""
    recursive = zones.may_recurse(client)
    reply = dns.message.make_response(query, recursive, PAYLOAD, pad=0)
    if len(query.question) != 1:
        return Response(reply, dns.name.root, RdataType.NONE).fail(
            Rcode.FORMERR, EDECode.OTHER, "a query has one question"
        )
    question = query.question[0]
    response = Response(reply, question.name, question.rdtype)
    return _refusal(query, response) or walk(response, zones, client)


def _refusal(query: Message, response: Response) -> Response | None:
    """The answer to a question that this server does not take up at all."""
    question, rdtype = query.question[0], response.rdtype
    if query.opcode() != dns.opcode.QUERY:
        why = f"only queries, no {dns.opcode.to_text(query.opcode())}"
        return response.fail(Rcode.NOTIMP, EDECode.NOT_SUPPORTED, why)
    if query.edns > 0:
        return response.fail(Rcode.BADVERS, EDECode.NOT_SUPPORTED, "only EDNS version 0")
    if question.rdclass != dns.rdataclass.IN:
        return response.fail(Rcode.REFUSED, EDECode.NOT_SUPPORTED, "only class IN")
    if rdtype in (RdataType.AXFR, RdataType.IXFR):
        return response.fail(Rcode.REFUSED, EDECode.PROHIBITED, "zones are not transferred")
    if rdtype in (RdataType.MAILA, RdataType.MAILB):
        return response.fail(Rcode.NOTIMP, EDECode.NOT_SUPPORTED, "obsolete type")
    if dns.rdatatype.is_metatype(rdtype) and rdtype != RdataType.ANY:
        return response.fail(Rcode.FORMERR, EDECode.NOT_SUPPORTED, "not a type of record")
    return None


def walk(response: Response, zones: Zones, client: str) -> Response:
    """Goes from the wanted name along its aliases until there is an answer, or none to be had."""
    while True:
        zone = zones.find(response.name)
        if not isinstance(zone, Zone):
            return _elsewhere(response, zone, zones, client)
        if not zones.may_ask(client, zone):
            why = f"allow-query keeps {client} from {plain(zone.origin)}"
            return response.stop(Rcode.REFUSED, EDECode.PROHIBITED, why)
        if not response.message.answer:
            response.message.flags |= dns.flags.AA
        found = zone.look(response.name, response.rdtype)
        if not isinstance(found, Alias):
            return _end(response, zone, found, zones, client)
        response.message.answer.append(found.rrset)
        if not response.follow(found.target):
            return response


def _elsewhere(
    response: Response, zone: Broken | Forward | None, zones: Zones, client: str
) -> Response:
    """The wanted name is in no zone that this server has loaded."""
    if isinstance(zone, Broken):
        why = f"zone {plain(zone.origin)} is not loaded due to errors"
        return response.stop(Rcode.SERVFAIL, EDECode.OTHER, why)
    if isinstance(zone, Forward):
        if response.wants_recursion and zones.may_recurse(client) and zone.servers:
            response.forward = zone
            return response
        why = f"no recursion for {client}, and {plain(response.name)} is another server's"
        return response.stop(Rcode.REFUSED, EDECode.PROHIBITED, why)
    why = f"this server has no zone for {plain(response.name)}"
    return response.stop(Rcode.REFUSED, EDECode.NOT_AUTHORITATIVE, why)


def _end(response: Response, zone: Zone, found: Found, zones: Zones, client: str) -> Response:
    """The last name has been looked up: data, a referral, or one of the two kinds of no."""
    reply = response.message
    if isinstance(found, Data):
        reply.answer += [*found.rrsets]
        if not response.wants_recursion:
            reply.authority += additional.name_servers(zone, reply.answer)
        reply.additional += additional.addresses([*found.rrsets, *reply.authority], reply, zones)
    elif isinstance(found, Delegation):
        glue = additional.glue(found.rrset, zone, zones)
        if response.wants_recursion and zones.may_recurse(client) and glue:
            response.forward = Forward(found.rrset.name, additional.endpoints(glue), iterate=True)
            return response
        if not reply.answer:
            reply.flags &= ~dns.flags.AA
        reply.authority.append(found.rrset)
        reply.additional += glue
    else:
        reply.set_rcode(Rcode.NXDOMAIN if isinstance(found, NoName) else Rcode.NOERROR)
        reply.authority.append(zone.negative())
    return response
