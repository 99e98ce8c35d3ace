"""What a name server does with one query, whichever way it came: octets in, octets out.

    octets ──▶ wire.read ──▶ answer ──┬────────────────────────▶ wire.write ──▶ octets
                                      └──▶ recursion.pursue ──▶      ″

`Service.begin` answers at once where it can. Where other servers must be asked first it gives an
`Unfinished`, which `Service.finish` completes; a whole zone comes as an `Outgoing` (`exchange`). A
mistake of our own is answered SERVFAIL, and the server goes on. Every answer is told to the trace.

Law: RFC 1034 §4.3. Try: ``Service(…).begin(octets, Client("192.0.2.1"))``.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from dns.edns import EDECode
from dns.message import Message
from dns.name import Name
from dns.rcode import Rcode
from dns.rdatatype import RdataType

from labmail.trace import Event, Ration, Recorder

from . import events, text, wire
from .answering import Response, answer
from .ask import Carrier, ask, make_query
from .caching import Cache
from .exchange import Client, Exchange, Outgoing
from .lookup import first_answer
from .recursion import pursue
from .trouble import Trouble
from .values import Endpoint
from .zones import Forward, Zones

if TYPE_CHECKING:
    from labmail.world import Chance


@dataclass(frozen=True, slots=True)
class Limits:
    """How much one server takes on. Times are in seconds."""

    connections: int = 150
    """TCP connections at a time (BIND's tcp-clients)."""
    idle: float = 30.0
    """A TCP client may be silent so long (BIND's tcp-idle-timeout)."""
    recursing: int = 1000
    """Questions that are being put to other servers at a time (BIND's recursive-clients)."""
    forward_timeout: float = 2.0
    """What another server is given to answer: two rounds fit the patience of who asked us."""
    transfers_out: int = 10
    """Zones that are being handed over at a time (BIND's transfers-out)."""
    transfers_in: int = 10
    """Zones that are being fetched at a time (BIND's transfers-in)."""
    transfer_records: int = 100_000
    """Records of the largest zone that is fetched."""
    transfer_octets: int = 16 * 1024 * 1024
    """Octets of the largest transfer that is read."""
    transfer_idle: float = 60.0
    """A transfer may stand still so long."""
    transfer_time: float = 7200.0
    """A transfer may last so long in all (BIND's max-transfer-time-in)."""


@dataclass(frozen=True, slots=True)
class Unfinished:
    """A query on its way to its answer."""

    data: bytes
    query: Message
    response: Response
    client: Client


class Service:
    """Answers queries from ``zones``, at the address ``ip`` of host ``hostname``."""

    def __init__(
        self,
        network: Carrier,
        ip: str,
        *,
        trace: Recorder,
        hostname: str,
        chance: Chance | None,
        limits: Limits,
        ration: Ration | None = None,
        cache: Cache | None = None,
    ) -> None:
        self.network, self.ip, self.trace, self.hostname = network, ip, trace, hostname
        self.chance, self.limits = chance, limits
        self.zones = Zones(ip)
        self.trouble: Trouble | None = None
        """A fault that changes every reply; see trouble.py."""
        self.ration, self.cache = ration, cache
        self.exchange = Exchange(self)
        self._recursing = 0
        self._asking: dict[tuple[Forward, Name, RdataType], asyncio.Task[Message]] = {}

    def begin(self, data: bytes, client: Client) -> bytes | Unfinished | Outgoing | None:
        """The answer, or what is to be finished; None where there is to be no answer."""
        query = wire.read(data, self.zones.conf.keys)
        if isinstance(query, wire.Dropped):
            self.ignored(client, query.why)
            return None
        if isinstance(query, wire.Malformed):
            self.ignored(client, query.why)
            return query.reply
        try:
            if self.exchange.takes(query):
                return self.exchange.begin(query, client)
            response = answer(query, self.zones, client.address)
            unfinished = Unfinished(data, query, response, client)
            if response.forward is not None and self._recursing >= self.limits.recursing:
                why = "too many questions to other servers at a time"
                response.fail(Rcode.SERVFAIL, EDECode.OTHER, why)
            if response.forward is None:
                return self._written(unfinished)
            self._recursing += 1
            return unfinished
        except Exception as error:
            return self._mistake(data, client, error)

    async def finish(self, unfinished: Unfinished) -> bytes:
        """The answer, once other servers have been asked."""

        async def put(servers: Forward, name: Name, rdtype: RdataType) -> Message:
            return await self.put(servers, name, rdtype, unfinished.query.id)

        client = unfinished.client
        try:
            await pursue(unfinished.response, self.zones, client.address, put)
            return self._written(unfinished)
        except Exception as error:
            return self._mistake(unfinished.data, client, error)
        finally:
            self._recursing -= 1

    async def put(self, whom: Forward, name: Name, rdtype: RdataType, number: int) -> Message:
        """Puts a question to other servers. One that is being asked already is not asked again.

        That spares work, and it ends the madness of two servers that forward to each other.
        """
        question = (whom, name, rdtype)
        if self.cache is not None and (known := self.cache.get(question)) is not None:
            return known
        asking = self._asking.get(question)
        if asking is None:
            loop = asyncio.get_running_loop()
            asking = self._asking[question] = loop.create_task(self._ask(*question, number))
            asking.add_done_callback(lambda _: self._asking.pop(question, None))
        return await asyncio.shield(asking)

    async def _ask(self, whom: Forward, name: Name, rdtype: RdataType, number: int) -> Message:
        """Asks one server after the other. The id comes from chance, else from the client."""

        async def asking(server: Endpoint, name: Name, rdtype: RdataType, attempt: int) -> Message:
            own = number
            if self.chance is not None:
                names = ("forward", self.hostname, name, rdtype, server, number, attempt)
                own = self.chance.number(*names, below=65536)
            query = make_query(name, rdtype, own, recursive=not whom.iterate)
            timeout = self.limits.forward_timeout
            return await ask(self.network, self.ip, server, query, timeout=timeout)

        reply, _ = await first_answer(whom.servers, name, rdtype, asking)
        self._remember((whom, name, rdtype), reply)
        return reply

    def _remember(self, question: tuple[Forward, Name, RdataType], reply: Message) -> None:
        """Where ``max-cache-ttl`` says that answers are remembered, and for how long at most."""
        conf = self.zones.conf
        if self.cache is not None and conf.max_cache_ttl:
            longest, no = conf.max_cache_ttl, conf.max_ncache_ttl
            self.cache.put(question, reply, longest=longest, longest_no=no)

    async def close(self) -> None:
        """Gives up what is being asked."""
        await cancel(self._asking.values())
        self._recursing = 0
        if self.cache is not None:
            self.cache.clear()

    def _written(self, done: Unfinished) -> bytes:
        message = done.response.message
        if self.trouble is not None:
            self.trouble(message)
        stream = done.client.transport == "TCP"
        reply = wire.write(message, done.query, self.hostname, stream=stream)
        if self.trace.on and self.worth_telling(done.client):
            signed = done.query.had_tsig  # a signature has the machine's date in it
            self.tell(
                done.client,
                events.Answered,
                transport=done.client.transport,
                asked=text.question(done.query),
                status=text.status(message),
                told=text.TRUNCATED if wire.is_cut(reply) else text.answer(message),
                query="" if signed else done.data.hex(),
                reply="" if signed else reply.hex(),
            )
        return reply

    def _mistake(self, data: bytes, client: Client, error: Exception) -> bytes:
        self.ignored(client, f"our own mistake, {type(error).__name__}: {error}")
        return wire.bare_reply(data, Rcode.SERVFAIL)

    def worth_telling(self, client: Client) -> bool:
        """Whether there is room in the trace for what a program from outside asks."""
        link = client.link
        visitor = getattr(self.network, "visitor", None)
        stranger = link.door if link is not None else client.address == visitor
        return not (stranger and self.ration) or self.ration.spend()

    def ignored(self, client: Client, reason: str) -> None:
        """Tells that something was not taken as a query."""
        if not self.worth_telling(client):
            return
        self.tell(client, events.Ignored, transport=client.transport, reason=reason)

    def tell(self, client: Client, kind: type[Event], **fields: Any) -> str:
        """Tells an event about a client, and gives its name.

        Over TCP it follows from what was told of the connection last.
        """
        link = client.link
        event = self.trace.tell(
            kind,
            host=self.hostname,
            client=client.address,
            letter=link.letter if link else None,
            connection=link.name if link else None,
            cause=(link.heard or link.cause) if link else None,
            **fields,
        )
        if link and event.name:
            link.heard = event.name
        return event.name


async def cancel(tasks: Iterable[asyncio.Task[Any]]) -> None:
    """Cancels tasks and waits until they have ended."""
    waiting = tuple(tasks)
    for task in waiting:
        task.cancel()
    await asyncio.gather(*waiting, return_exceptions=True)
