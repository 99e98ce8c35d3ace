"""Looking a name up: which server to ask, how long to wait, which alias to follow, what came of it.

An `Answer` is one of four, and a mail system treats each differently (RFC 2308 §2)::

    ok         there are records                       use them
    nodata     the name exists, without such records   a fact: do without
    nxdomain   there is no such name                   a fact: the letter goes back
    failed     nobody could say                        an open question: the letter waits

The servers of resolv.conf are asked in their order, all of them twice before giving up. One that
answers SERVFAIL or REFUSED could not say either: the next is asked.

Law: RFC 1035 §7, RFC 2308 §2, resolv.conf(5).
Try: ``await look_up(servers, name, RdataType.MX, asking)``.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, Protocol

import dns.exception
import dns.message
import dns.rdatatype
from dns.message import Message
from dns.name import Name
from dns.rcode import Rcode
from dns.rdata import Rdata
from dns.rdatatype import RdataType

from . import text
from .ask import name_of
from .values import Endpoint

ATTEMPTS = 2
"""Rounds through the servers (resolv.conf(5), option attempts)."""
MOST_ALIASES = 16
"""Aliases that are followed for one name."""

Status = Literal["ok", "nxdomain", "nodata", "failed"]


@dataclass(frozen=True, slots=True)
class Record:
    """One record of an answer: its data as text and as dnspython's object, ``ttl`` in seconds."""

    name: str
    ttl: int
    type: str
    data: str
    rdata: Rdata

    def __str__(self) -> str:
        return self.data


@dataclass(frozen=True, slots=True)
class Answer:
    """What DNS says about a name and a type. ``why`` is one sentence, without its full stop."""

    status: Status
    records: tuple[Record, ...] = ()
    why: str = ""
    name: str = ""
    """Where the records are: the name asked for, or the one that its aliases lead to."""
    aliases: tuple[str, ...] = ()
    server: str = ""
    """Who said so: the name server's own name where it tells it, else its address."""
    event: str | None = None
    """The name of the event that told of it."""

    @property
    def texts(self) -> tuple[str, ...]:
        """The data of the records as text: ``("10 mail.ask.com.",)``."""
        return tuple(record.data for record in self.records)


class Asking(Protocol):
    """How a question is put to one server: `ask.ask` with the network and the query made up."""

    async def __call__(
        self, server: Endpoint, name: Name, rdtype: RdataType, attempt: int, /
    ) -> Message: ...


class NobodySaid(OSError):
    """No server gave an answer that says yes or no."""


async def first_answer(
    servers: Sequence[Endpoint],
    name: Name,
    rdtype: RdataType,
    asking: Asking,
    attempts: int = ATTEMPTS,
) -> tuple[Message, Endpoint]:
    """The first answer that says yes or no (NOERROR or NXDOMAIN), and who gave it.

    Raises `NobodySaid`, whose words tell of every server what became of the question to it.
    """
    troubles: dict[Endpoint, str] = {}
    waiting = list(servers)
    for attempt in range(attempts):
        for server in tuple(waiting):
            try:
                reply = await asking(server, name, rdtype, attempt)
            except TimeoutError as error:
                troubles[server] = error.strerror or str(error)
                continue
            except OSError as error:
                troubles[server] = error.strerror or str(error)
            else:
                if reply.rcode() in (Rcode.NOERROR, Rcode.NXDOMAIN):
                    return reply, server
                troubles[server] = f"{server[0]} answered {text.status(reply)}{_reason(reply)}"
            waiting.remove(server)
    raise NobodySaid("; ".join(troubles.values()) or "no name server is configured")


async def look_up(
    servers: Sequence[Endpoint],
    name: Name,
    rdtype: RdataType,
    asking: Asking,
    attempts: int = ATTEMPTS,
) -> Answer:
    """Looks ``name`` up, following aliases over several answers where one is not enough."""
    aliases: list[Name] = []
    while True:
        try:
            reply, server = await first_answer(servers, name, rdtype, asking, attempts)
            assert isinstance(reply, dns.message.QueryMessage)
            chain = reply.resolve_chaining()
        except NobodySaid as error:
            return _answer("failed", name, aliases, "", str(error))
        except dns.exception.DNSException as error:
            return _answer("failed", name, aliases, "", f"bad answer ({type(error).__name__})")
        who = name_of(reply) or server[0]
        aliases += [rrset.name for rrset in chain.cnames]
        end = chain.canonical_name
        if chain.answer is not None:
            records = tuple(_record(rdata, end, chain.answer.ttl) for rdata in chain.answer)
            return _answer("ok", end, aliases, who, records=records)
        if end in aliases or len(aliases) > MOST_ALIASES:
            return _answer("failed", end, aliases, who, f"aliases go round in a circle at {end}")
        if not chain.cnames or _concluded(reply):
            return _no(reply, end, rdtype, aliases, who)
        name = end


def _no(reply: Message, name: Name, rdtype: RdataType, aliases: list[Name], who: str) -> Answer:
    """No records: which kind of no."""
    shown = text.plain(name)
    if reply.rcode() == Rcode.NXDOMAIN:
        return _answer("nxdomain", name, aliases, who, f"there is no name {shown} (NXDOMAIN)")
    if _is_referral(reply):
        return _answer("failed", name, aliases, who, f"{who} only said whom else to ask (referral)")
    why = f"{shown} has no {dns.rdatatype.to_text(rdtype)} record"
    return _answer("nodata", name, aliases, who, why)


def _concluded(reply: Message) -> bool:
    """Whether the answer says no about the name at the end of its aliases (RFC 2308 §2.1)."""
    denied = any(rrset.rdtype == RdataType.SOA for rrset in reply.authority)
    return denied or reply.rcode() == Rcode.NXDOMAIN


def _is_referral(reply: Message) -> bool:
    """Name servers and nothing else: "ask those", which a resolver for one host does not do."""
    types = {rrset.rdtype for rrset in reply.authority}
    return RdataType.NS in types and RdataType.SOA not in types


def _answer(
    status: Status,
    name: Name,
    aliases: list[Name],
    server: str,
    why: str = "",
    records: tuple[Record, ...] = (),
) -> Answer:
    return Answer(status, records, why, text.plain(name), tuple(map(text.plain, aliases)), server)


def _record(rdata: Rdata, name: Name, ttl: int) -> Record:
    kind = dns.rdatatype.to_text(rdata.rdtype)
    return Record(text.plain(name), ttl, kind, rdata.to_text(), rdata)


def _reason(reply: Message) -> str:
    """Why a server could not say, in its own words (RFC 8914)."""
    reasons = [option.text for option in reply.extended_errors() if option.text]
    return f" ({'; '.join(reasons)})" if reasons else ""
