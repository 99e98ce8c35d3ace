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
    recursive: bool = False
    """Whether the client wants us to find out everything (RD), and may."""
    forward: Forward | None = None
    key: Name | None = None
    """The key that the client has signed with."""
    seen: set[Name] = field(default_factory=set)
    why: str = ""
    """What went wrong, where something did."""

    def fail(self, rcode: Rcode, code: EDECode, why: str) -> Response:
        """Answers with an error and nothing else."""
        self.message.flags &= ~dns.flags.AA
        self.message.answer, self.message.authority, self.message.additional = [], [], []
        return self.mark(rcode, code, why)

    def mark(self, rcode: Rcode, code: EDECode, why: str) -> Response:
        """Adds an error to the answer; tells the asker why, if it speaks EDNS (RFC 8914)."""
        self.message.set_rcode(rcode)
        self.forward, self.why = None, why
        if self.message.edns >= 0:
            options = [*self.message.options, dns.edns.EDEOption(code, why)]
            payload = self.message.request_payload
            self.message.use_edns(0, self.message.ednsflags, PAYLOAD, payload, options)
        return self

    def stop(self, rcode: Rcode, code: EDECode, why: str) -> Response:
        """Ends with an error, unless aliases have been found already: those are true all the same.

        A client for whom we look to the end is not told half of an answer.
        """
        partial = self.message.answer and not self.recursive
        return self if partial else self.fail(rcode, code, why)

    def follow(self, target: Name) -> bool:
        """Goes on to the name that an alias leads to; False in a loop, or after too many."""
        self.seen.add(self.name)
        self.name = target
        return target not in self.seen and len(self.seen) <= MOST_ALIASES


def answer(query: Message, zones: Zones, client: str) -> Response:
    """The answer to ``query``, a message that is no response, from ``client``, an address."""
    key = signer(query)
    available = zones.may_recurse(client, key)
    reply = dns.message.make_response(query, available, PAYLOAD, pad=0)
    if len(query.question) != 1:
        return Response(reply, dns.name.root, RdataType.NONE).fail(
            Rcode.FORMERR, EDECode.OTHER, "a query has one question"
        )
    question = query.question[0]
    recursive = available and bool(query.flags & dns.flags.RD)
    response = Response(reply, question.name, question.rdtype, recursive, key=key)
    return _refusal(query, response) or walk(response, zones, client)


def signer(query: Message) -> Name | None:
    """The key that a message was signed with; the signature has been found to be good."""
    return query.keyname if query.had_tsig else None


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
        why = "a zone is transferred by a server, not answered"
        return response.fail(Rcode.REFUSED, EDECode.PROHIBITED, why)
    if rdtype in (RdataType.MAILA, RdataType.MAILB):
        return response.fail(Rcode.NOTIMP, EDECode.NOT_SUPPORTED, "obsolete type")
    if dns.rdatatype.is_metatype(rdtype) and rdtype != RdataType.ANY:
        return response.fail(Rcode.FORMERR, EDECode.NOT_SUPPORTED, "not a type of record")
    return None


def walk(response: Response, zones: Zones, client: str) -> Response:
    """Goes from the wanted name along its aliases until there is an answer, or none to be had.

    Only for a client who may recurse does it go from one zone into another, as BIND does.
    """
    left: Zone | None = None
    while True:
        zone = zones.find(response.name)
        if isinstance(zone, Broken):
            return _broken(response, zone)
        if left is not None and zone is not left and not response.recursive:
            return response
        if not isinstance(zone, Zone):
            return _elsewhere(response, zone, client)
        if not zones.may_ask(client, zone, response.key):
            why = f"allow-query keeps {client} from {plain(zone.origin)}"
            return response.stop(Rcode.REFUSED, EDECode.PROHIBITED, why)
        if not response.message.answer:
            response.message.flags |= dns.flags.AA
        found = zone.look(response.name, response.rdtype)
        if not isinstance(found, Alias):
            return _end(response, zone, found, zones)
        response.message.answer.append(found.rrset)
        if not response.follow(found.target):
            why = f"aliases go round in a circle at {plain(response.name)}"
            return response.mark(Rcode.SERVFAIL, EDECode.OTHER, why)
        left = zone


def _broken(response: Response, zone: Broken) -> Response:
    """The wanted name is in a zone whose file has errors."""
    why = f"zone {plain(zone.origin)} {zone.why}"
    wants_all = response.message.flags & dns.flags.RD
    return (response.fail if wants_all else response.stop)(Rcode.SERVFAIL, EDECode.OTHER, why)


def _elsewhere(response: Response, zone: Forward | None, client: str) -> Response:
    """The wanted name is in no zone of this server."""
    if isinstance(zone, Forward):
        if response.recursive and zone.servers:
            response.forward = zone
            return response
        why = f"no recursion for {client}, and {plain(response.name)} is another server's"
        return response.stop(Rcode.REFUSED, EDECode.PROHIBITED, why)
    why = f"this server has no zone for {plain(response.name)}"
    return response.stop(Rcode.REFUSED, EDECode.NOT_AUTHORITATIVE, why)


def _end(response: Response, zone: Zone, found: Found, zones: Zones) -> Response:
    """The last name has been looked up: data, a referral, or one of the two kinds of no."""
    reply = response.message
    if isinstance(found, Data):
        reply.answer += [*found.rrsets]
        if not reply.flags & dns.flags.RD:
            reply.authority += additional.name_servers(zone, reply.answer)
        if response.rdtype != RdataType.ANY:
            named = [*found.rrsets, *reply.authority]
            reply.additional += additional.addresses(named, reply.answer, zone)
    elif isinstance(found, Delegation):
        if response.recursive:
            known = additional.glue(found.rrset, zone, *zones.served.values())
            response.forward = Forward(found.rrset.name, additional.endpoints(known), iterate=True)
            return response
        if not reply.answer:
            reply.flags &= ~dns.flags.AA
        reply.authority.append(found.rrset)
        reply.additional += additional.glue(found.rrset, zone)
    else:
        missing = isinstance(found, NoName)
        reply.set_rcode(Rcode.NXDOMAIN if missing else Rcode.NOERROR)
        # Who asks for the SOA of no name looks for a zone's top: nothing to remember, as in BIND.
        soon = missing and response.rdtype == RdataType.SOA
        reply.authority.append(zone.negative(remember=not soon))
    return response
