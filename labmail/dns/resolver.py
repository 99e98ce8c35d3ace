"""The resolver of a host that sends mail: it asks the name servers of ``/etc/resolv.conf``.

It knows nothing itself. It asks with the bit "recursion desired", waits five seconds, asks the next
server, asks twice around, and takes what it is told, with its doubts (`ask`). Nothing here, ever,
asks the resolver of the machine that the lab runs on.

Each question and answer is told to the trace, and each result with its reasons.

Law: RFC 1034 §5.3, RFC 1123 §6.1.3 (resolvers), RFC 5321 §5.1.
Try: ``await Resolver(network, "128.10.12.4", ["128.10.12.1"], …).query("ask.com", "MX")``.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import dns.exception
import dns.name
import dns.rdatatype
from dns.message import Message
from dns.name import Name
from dns.rdatatype import RdataType

from labmail.trace import Event, Recorder

from . import events, text
from .ask import TIMEOUT, Witness, ask, make_query
from .lookup import ATTEMPTS, Answer, look_up
from .mail import InOrder, MailHosts, find_mail_hosts
from .values import PORT, Endpoint

if TYPE_CHECKING:
    from labmail.world import Chance, Clock, Network


class Resolver:
    """Asks ``servers`` (lab addresses, in order) from the address ``ip`` of host ``hostname``.

    ``timeout`` is in seconds for one server, ``attempts`` the rounds through all of them. Without
    ``ipv6``, as with Exim's ``disable_ipv6``, mail hosts have only IPv4 addresses.
    """

    def __init__(
        self,
        network: Network,
        ip: str,
        servers: Sequence[str],
        *,
        clock: Clock,
        chance: Chance,
        trace: Recorder,
        hostname: str,
        timeout: float = TIMEOUT,
        attempts: int = ATTEMPTS,
        ipv6: bool = True,
    ) -> None:
        self.network, self.ip, self.servers = network, ip, tuple(servers)
        self.clock, self.chance, self.trace, self.hostname = clock, chance, trace, hostname
        self.timeout, self.attempts, self.ipv6 = timeout, attempts, ipv6

    async def query(
        self,
        name: str,
        rdtype: str,
        *,
        letter: str | None = None,
        recipient: str | None = None,
        cause: str | None = None,
    ) -> Answer:
        """What DNS says about ``name`` and a type such as "A", "TXT" or "PTR". Never raises.

        ``letter``, ``recipient`` and ``cause`` say on whose behalf, for the trace; the answer's
        ``event`` is the cause of what follows from it.
        """
        conversation = self.converse(letter, recipient, cause)
        answer = await conversation.find(name, rdtype)
        return replace(answer, event=conversation.tell_lookup(name, rdtype, answer))

    def converse(
        self, letter: str | None, recipient: str | None, cause: str | None
    ) -> Conversation:
        """Several questions that belong together; see `Conversation`."""
        return Conversation(self, letter, recipient, cause)


class Conversation:
    """One conversation with name servers: on whose behalf, and what was told of it last."""

    def __init__(
        self, resolver: Resolver, letter: str | None, recipient: str | None, cause: str | None
    ) -> None:
        self.resolver, self.letter, self.recipient = resolver, letter, recipient
        self.cause = cause
        self.begun = cause
        self.asked = False
        """Whether a name server was asked anything."""

    def tell(self, kind: type[Event], **fields: Any) -> Event:
        """Tells an event that follows from the one before, and is the cause of the next."""
        event = self.resolver.trace.tell(
            kind,
            host=self.resolver.hostname,
            letter=self.letter,
            recipient=self.recipient,
            cause=self.cause,
            **fields,
        )
        self.cause = event.name or self.cause
        return event

    def tell_lookup(self, name: str, rdtype: str, answer: Answer) -> str | None:
        """Tells the result of one question; gives the event's name."""
        told = self.tell(
            events.Lookup,
            asked=name,
            rdtype=rdtype.upper(),
            status=answer.status,
            records=answer.texts,
            server=answer.server,
            reason=answer.why,
        )
        return told.name or None

    def tell_found(self, found: MailHosts) -> str | None:
        """Tells which hosts take mail for a domain; gives the event's name."""
        told = self.tell(
            events.MxLookup,
            domain=found.domain,
            status=found.status,
            hosts=tuple((host.name, host.preference, host.addresses) for host in found.hosts),
            server=found.server,
            summary=found.summary,
            reasons=found.why,
        )
        return told.name or None

    async def tell_hosts(
        self,
        domain: str,
        known: Mapping[tuple[str, str], Answer],
        order: Sequence[str],
        but: str = "",
    ) -> str | None:
        """Tells it where somebody else asked the questions; ``known`` are the answers, ``order``
        the names of the hosts as they will be tried, ``but`` what that somebody has against some
        of them."""

        async def answered(name: str, rdtype: str) -> Answer:
            return known.get((name, rdtype)) or Answer("nodata", name=name)

        found = await find_mail_hosts(domain, answered, InOrder(order), ipv6=self.resolver.ipv6)
        if but:
            found = replace(found, summary=f"{found.summary}; {but}")
        return self.tell_found(found)

    async def find(self, name: str, rdtype: str) -> Answer:
        """Looks up, telling each message as it goes by."""
        self.asked = True
        try:
            wanted, kind = dns.name.from_text(name), dns.rdatatype.from_text(rdtype)
        except (dns.exception.DNSException, ValueError) as error:
            return Answer("nxdomain", why=f"{name!r} cannot be a name in DNS ({error})", name=name)
        servers = [(server, PORT) for server in self.resolver.servers]
        return await look_up(servers, wanted, kind, self.ask, self.resolver.attempts)

    async def ask(self, server: Endpoint, name: Name, rdtype: RdataType, attempt: int) -> Message:
        resolver = self.resolver
        number = resolver.chance.number(
            "dns", resolver.hostname, name, rdtype, server, self.begun, attempt, below=65536
        )
        query = make_query(name, rdtype, number)
        try:
            return await ask(
                resolver.network,
                resolver.ip,
                server,
                query,
                timeout=resolver.timeout,
                witness=self.witness(server[0]),
                letter=self.letter,
            )
        except OSError as error:
            problem = error.strerror or str(error)
            asked = text.question(query)
            self.tell(events.NoAnswer, server=server[0], asked=asked, problem=problem)
            raise

    def witness(self, server: str) -> Witness:
        def said(speaker: str, transport: str, message: Message, octets: bytes) -> str | None:
            if self.resolver.trace.on:
                words = text.question(message) if speaker == "C" else text.answer(message)
                self.tell(
                    events.DnsSaid,
                    speaker=speaker,
                    text=words,
                    server=server,
                    transport=transport,
                    octets=octets.hex(),
                )
            return self.cause

        return said
