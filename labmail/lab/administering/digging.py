"""Asking a name server by hand, as `dig` does: one question, and everything that came back.

A mail server asks quietly and makes the best of what it hears. Whoever looks for a fault wants the
answer itself: what it said, who said it, whether that server has the zone (``aa``) or has it from
another, how many seconds it may be kept, and which kind of no it was::

    NOERROR    here are the records             REFUSED     not you, or not this name
    NODATA     the name exists, without these   SERVFAIL    I should know, and cannot say
    NXDOMAIN   there is no such name            no answer   nobody was there

The host's own ``/etc/resolv.conf`` says whom to ask, unless ``server`` does. The type ``AXFR`` asks
for a whole zone, over TCP.

Law: RFC 1034 §4.3, RFC 2308 §2 (kinds of no), RFC 5936 (AXFR), RFC 8945 (``key``), dig(1).
Try: ``lab.host("mail.example.com").dig("ask.com", "MX")``.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import dns.exception
import dns.flags
import dns.message
import dns.name
import dns.rdatatype
import dns.reversename
from dns.message import Message
from dns.name import Name
from dns.rdatatype import RdataType
from dns.rrset import RRset

from labmail.dns import Record, events, resolvconf, text
from labmail.dns.ask import SignatureRefused, ask, make_query, name_of
from labmail.dns.handover import Handover, records
from labmail.dns.peers import Peer, key_of_text
from labmail.dns.service import Limits
from labmail.dns.transfer import fetch
from labmail.dns.values import PORT
from labmail.message import Shown

from ..showable import Showable
from .show_dig import show_dig

if TYPE_CHECKING:
    from ..host import Host

NO_ANSWER, FAILED = "no answer", "transfer failed"


@dataclass(frozen=True, slots=True, repr=False)
class DigAnswer(Showable):
    """What came back. Printed, it is short: the records' data, or which kind of no it was."""

    name: str
    type: str
    status: str
    """NOERROR, NODATA, NXDOMAIN, REFUSED, SERVFAIL, NOTAUTH (a signature is not believed), …,
    ``no answer`` or ``transfer failed``."""
    server: str
    """The address that was asked last."""
    records: tuple[Record, ...] = ()
    """The answer itself, aliases on the way included."""
    authority: tuple[Record, ...] = ()
    """Who has the zone; where there are no records, the zone's SOA."""
    additional: tuple[Record, ...] = ()
    """What will be asked next: the addresses of the hosts above."""
    flags: tuple[str, ...] = ()
    """``aa`` the server has the zone; ``ra`` it asks others for us."""
    server_name: str = ""
    why: str = ""
    """Why there are no records, as one sentence."""

    @property
    def texts(self) -> tuple[str, ...]:
        """The data of the records as text: ``("10 mail.ask.com.",)``."""
        return tuple(record.data for record in self.records)

    def __str__(self) -> str:
        return "\n".join(self.texts) or f";; {self.status}: {self.why}"

    __repr__ = __str__

    def __bool__(self) -> bool:
        """Whether there are records."""
        return bool(self.records)

    def show(self) -> Shown:
        """The whole answer, section by section."""
        return show_dig(self)


async def dig(
    host: Host,
    name: str,
    rdtype: str,
    server: str | None,
    turn: int,
    *,
    recurse: bool = True,
    key: str | None = None,
) -> DigAnswer:
    """Asks from ``host`` for the ``turn``-th time; see `Errands.dig`.

    Raises ValueError for what cannot be asked.
    """
    wanted, kind = _question(name, rdtype)
    servers = _servers(host, server)
    secret = key_of_text(key) if key else None
    answer = DigAnswer(text.plain(wanted), kind.name, NO_ANSWER, "", why="no name server")
    for address in servers:
        number = host.site.world.chance.number("dig", host.plan.name, turn, address, below=65536)
        query = _query(wanted, kind, number, recurse)
        if secret is not None:
            query.use_tsig(secret)
        put = _transfer if kind == RdataType.AXFR else _ask
        answer = await put(host, query, address)
        if answer.status != NO_ANSWER:
            break
    return answer


def _question(name: str, rdtype: str) -> tuple[Name, RdataType]:
    """The name and the type asked for. ``-x ADDRESS`` is the name of an address, as with dig."""
    try:
        if name.startswith("-x"):
            return dns.reversename.from_address(name[2:].strip()), RdataType.PTR
        return dns.name.from_text(name), dns.rdatatype.from_text(rdtype)
    except (dns.exception.DNSException, ValueError) as error:
        raise ValueError(f"dig {name} {rdtype} cannot be asked: {error}") from None


def _servers(host: Host, server: str | None) -> tuple[str, ...]:
    """The lab addresses to ask: ``server`` is one, or the name of a host of the town."""
    if server is None:
        return resolvconf.parse(host.files.read_text("/etc/resolv.conf")).servers
    named = server.removeprefix("@").rstrip(".").lower()
    plan = host.site.town.hosts.get(named)
    return (plan.address if plan else named,)


def _query(name: Name, rdtype: RdataType, number: int, recurse: bool) -> Message:
    if rdtype == RdataType.AXFR:
        return dns.message.make_query(name, rdtype, id=number, flags=0)
    return make_query(name, rdtype, number, recursive=recurse)


async def _ask(host: Host, query: Message, server: str) -> DigAnswer:
    site, asked = host.site, query.question[0]

    def said(speaker: str, transport: str, message: Message, octets: bytes) -> str | None:
        words = text.question(message) if speaker == "C" else text.answer(message)
        told = site.trace.tell(
            events.DnsSaid,
            host=host.plan.name,
            speaker=speaker,
            text=words,
            server=server,
            transport=transport,
            octets="" if query.had_tsig else octets.hex(),
        )
        return told.name or None

    try:
        network, source = site.world.network, host.plan.address
        reply = await ask(network, source, (server, PORT), query, witness=said)
    except SignatureRefused as error:
        return replace(_silence(host, query, server, error), status="NOTAUTH")
    except (OSError, ValueError) as error:
        return _silence(host, query, server, error)
    status, why = _status(reply, asked.name, asked.rdtype)
    return DigAnswer(
        text.plain(asked.name),
        asked.rdtype.name,
        status,
        server,
        _records(reply.answer),
        _records(reply.authority),
        _records(reply.additional),
        tuple(dns.flags.to_text(reply.flags).lower().split()),
        name_of(reply),
        why,
    )


def _status(reply: Message, name: Name, rdtype: RdataType) -> tuple[str, str]:
    """The status in one word, and why there are no records."""
    status, shown = text.status(reply), text.plain(name)
    reasons = "; ".join(option.text for option in reply.extended_errors() if option.text)
    if status == "NXDOMAIN":
        return status, f"there is no name {shown}"
    if status != "NOERROR":
        return status, reasons or "the server did not say why"
    if any(rrset.rdtype == rdtype or rdtype == RdataType.ANY for rrset in reply.answer):
        return status, ""
    referred = [r for r in reply.authority if r.rdtype == RdataType.NS]
    if referred and not reply.flags & dns.flags.AA and not reply.answer:
        whom = ", ".join(sorted(rdata.to_text() for rdata in referred[0]))
        return status, f"the server only says whom to ask: {whom}"
    return "NODATA", f"{shown} exists and has no {rdtype.name} record"


async def _transfer(host: Host, query: Message, server: str) -> DigAnswer:
    """Asks for a whole zone. What comes is doubted as a secondary doubts it."""
    world, zone = host.site.world, query.question[0].name
    shown, kind = text.plain(zone), query.question[0].rdtype.name
    try:
        fetched = await fetch(
            world.network,
            host.plan.address,
            Peer(server),
            query,
            limits=Limits(),
            turn=world.clock.give_way,
        )
    except (OSError, ValueError) as error:
        why = getattr(error, "strerror", None) or str(error)
        return DigAnswer(shown, kind, FAILED, server, why=f"{server} gives no copy of it ({why})")
    whole = records(Handover(query, fetched.zone, kind))
    rows = (Record(str(name), ttl, rd.rdtype.name, rd.to_text(), rd) for name, ttl, rd in whole)
    return DigAnswer(shown, kind, "NOERROR", server, tuple(rows))


def _silence(host: Host, query: Message, server: str, error: Exception) -> DigAnswer:
    """Nothing usable came back."""
    why = getattr(error, "strerror", None) or str(error)
    asked = query.question[0]
    host.site.trace.tell(
        events.NoAnswer,
        host=host.plan.name,
        server=server,
        asked=text.question(query),
        problem=why,
    )
    return DigAnswer(text.plain(asked.name), asked.rdtype.name, NO_ANSWER, server, why=why)


def _records(rrsets: Iterable[RRset]) -> tuple[Record, ...]:
    return tuple(
        Record(str(rrset.name), rrset.ttl, rrset.rdtype.name, rdata.to_text(), rdata)
        for rrset in rrsets
        for rdata in rrset
    )
