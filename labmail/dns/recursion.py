"""Finding out for others: what the server does for a client whose question is not about its zones.

Two ways lead to the answer. A forwarder is asked to find out by itself (the bit "recursion
desired" is set), and its word is taken. Otherwise the server goes down the tree: it asks the root,
is sent to the servers of com, from there to those of ask.com, and they know (RFC 1034 §5.3.3)::

    MX of ask.com?  ──▶ root server ──▶ "com: ask 192.5.6.30"
                    ──▶ 192.5.6.30  ──▶ "ask.com: ask 128.10.30.1"
                    ──▶ 128.10.30.1 ──▶ "10 mail.ask.com"

`pursue` asks until the response is complete; `join` decides what each answer means.

Law: RFC 1034 §5.3.3, RFC 2308 §5. Try: ``await pursue(response, zones, client, ask)``.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable

import dns.exception
import dns.message
from dns.edns import EDECode
from dns.message import Message
from dns.name import Name
from dns.rcode import Rcode
from dns.rdatatype import RdataType

from . import additional
from .answering import Response, walk
from .text import plain
from .zone import Zone
from .zones import Forward, Zones

MOST_QUESTIONS = 30
"""Questions to other servers that one answer may cost: a bound against being sent round."""

Ask = Callable[[Forward, Name, RdataType], Awaitable[Message]]
"""Asks the servers of a `Forward`, one after the other; raises OSError if none answers."""


async def pursue(response: Response, zones: Zones, client: str, ask: Ask) -> Response:
    """Asks other servers until ``response`` is complete, or cannot be completed."""
    for _ in range(MOST_QUESTIONS):
        if response.forward is None:
            return response
        try:
            upstream = await ask(response.forward, response.name, response.rdtype)
        except OSError as error:
            return response.fail(Rcode.SERVFAIL, EDECode.NO_REACHABLE_AUTHORITY, str(error))
        join(response, upstream, zones, client)
    return response.fail(Rcode.SERVFAIL, EDECode.OTHER, f"gave up after {MOST_QUESTIONS} questions")


def join(response: Response, upstream: Message, zones: Zones, client: str) -> Response:
    """Puts what another server said about the wanted name into the response, and goes on.

    ``upstream`` is a response to a question for that name and type; its content is not trusted.
    """
    asked, response.forward = response.forward, None
    if upstream.rcode() not in (Rcode.NOERROR, Rcode.NXDOMAIN):
        why = f"the server asked about {plain(response.name)} answered {upstream.rcode().name}"
        return response.fail(Rcode.SERVFAIL, EDECode.NETWORK_ERROR, why)
    try:
        assert isinstance(upstream, dns.message.QueryMessage)
        chain = upstream.resolve_chaining()
    except dns.exception.DNSException as error:
        return response.fail(Rcode.SERVFAIL, EDECode.INVALID_DATA, f"bad answer ({error})")
    reply = response.message
    if response.rdtype == RdataType.ANY and upstream.answer:
        reply.answer += upstream.answer
        return response
    reply.answer += chain.cnames
    if chain.answer is not None:
        reply.answer.append(chain.answer)
    elif chain.cnames and _open(upstream, chain.canonical_name, zones):
        if response.follow(chain.canonical_name):
            return walk(response, zones, client)
        why = f"aliases go round in a circle at {plain(response.name)}"
        return response.mark(Rcode.SERVFAIL, EDECode.OTHER, why)
    elif _sends_on(upstream):
        assert asked is not None
        return _descend(response, _referral(upstream, response.name, asked), asked)
    else:
        reply.set_rcode(upstream.rcode())
        reply.authority += [r for r in upstream.authority if r.rdtype == RdataType.SOA]
    return response


def _open(upstream: Message, end: Name, zones: Zones) -> bool:
    """Whether the name that aliases led to is still to be looked up: here, or at other servers."""
    said_no = upstream.rcode() == Rcode.NXDOMAIN or _has(upstream, RdataType.SOA)
    return isinstance(zones.find(end), Zone) or not said_no


def _has(upstream: Message, rdtype: RdataType) -> bool:
    return any(rrset.rdtype == rdtype for rrset in upstream.authority)


def _sends_on(upstream: Message) -> bool:
    """Whether it is a referral: no answer and no "no", only name servers (RFC 2308 §2.2)."""
    silent = upstream.rcode() == Rcode.NOERROR and not upstream.answer
    return silent and _has(upstream, RdataType.NS) and not _has(upstream, RdataType.SOA)


def _referral(upstream: Message, name: Name, asked: Forward) -> Forward | None:
    """The servers that a referral sends to: of a zone that is nearer to ``name``, never farther."""
    for rrset in upstream.authority:
        nearer = rrset.name.is_subdomain(asked.origin) and rrset.name != asked.origin
        if rrset.rdtype == RdataType.NS and nearer and name.is_subdomain(rrset.name):
            hosts = set(additional.targets([rrset]))
            glue = [known for known in upstream.additional if known.name in hosts]
            return Forward(rrset.name, additional.endpoints(glue), iterate=True)
    return None


def _descend(response: Response, deeper: Forward | None, asked: Forward) -> Response:
    """Goes on at the servers of a referral, if we look for ourselves and know where they are."""
    if deeper is None:
        why = f"the server asked about {plain(response.name)} sends us away (lame delegation)"
        return response.fail(Rcode.SERVFAIL, EDECode.OTHER, why)
    if not asked.iterate:
        why = f"the forwarder does not recurse, it sent us on to {plain(deeper.origin)}'s servers"
        return response.fail(Rcode.SERVFAIL, EDECode.OTHER, why)
    if not deeper.servers:
        why = f"no address is known for the name servers of {plain(deeper.origin)}"
        return response.fail(Rcode.SERVFAIL, EDECode.NO_REACHABLE_AUTHORITY, why)
    response.forward = deeper
    return response
