"""What a name server answers to other name servers: a zone that is asked for, a change announced.

Both are queries like others and come in at the same door; `Service.begin` passes them on to here.
A zone goes out as an `Outgoing`, whose messages are made one at a time, while the other end takes
them, and which tells in the end whether all have gone::

    AXFR ask.com ?  ──▶ takes ──▶ begin ──▶ Outgoing ──▶ message, message, …   ZoneSent
    NOTIFY ask.com  ──▶   ″   ──▶   ″   ──▶ NOERROR      told to who keeps the copy

Law: RFC 5936, RFC 1996. Try: ``dig axfr ask.com`` at the endpoint of a lab's name server.
"""

from __future__ import annotations

from collections.abc import Callable, Generator
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any, Protocol

import dns.opcode
from dns.message import Message
from dns.name import Name
from dns.rcode import Rcode

from labmail.trace import Event

from . import copyevents, handover, notify, text, wire
from .answering import Response
from .handover import Handover
from .trouble import Trouble
from .zones import Zones

if TYPE_CHECKING:
    from labmail.world import Link


@dataclass(frozen=True, slots=True)
class Client:
    """Who asks: the address, how, and the lab connection where there is one."""

    address: str
    transport: str = "UDP"
    link: Link | None = None


class Server(Protocol):
    """What the exchange needs of the name server."""

    zones: Zones
    hostname: str
    trouble: Trouble | None

    @property
    def limits(self) -> Any: ...

    def worth_telling(self, client: Client, /) -> bool: ...

    def tell(self, client: Client, kind: type[Event], **fields: Any) -> str: ...


@dataclass(frozen=True, slots=True)
class Outgoing:
    """A zone on its way out. ``messages`` gives the octets of one message after the other."""

    messages: Callable[[], Generator[bytes, None, None]]


class Exchange:
    """Answers for ``server`` what other servers ask."""

    def __init__(self, server: Server) -> None:
        self.server = server
        self.notified: Callable[[Name, int | None, str], None] = lambda *_: None
        """Called with a zone that is said to have changed, its serial, and the event that tells."""
        self.sending = 0

    @staticmethod
    def takes(query: Message) -> bool:
        """Whether a query is one of these."""
        return query.opcode() == dns.opcode.NOTIFY or handover.is_asked(query)

    def begin(self, query: Message, client: Client) -> bytes | Outgoing:
        """The answer, or the zone."""
        if query.opcode() == dns.opcode.NOTIFY:
            return self._hear(query, client)
        stream = client.transport == "TCP"
        decided = handover.decide(query, self.server.zones, client.address, stream=stream)
        if isinstance(decided, Handover) and self.server.trouble is not None:
            decided = self._troubled(query, decided)
        if isinstance(decided, Handover):
            most = self.server.limits.transfers_out
            if not stream:
                return next(handover.octets(decided))
            if self.sending < most:
                return Outgoing(partial(self._send, decided, client))
            decided = handover.refuse(query, f"more than {most} transfers at a time")
        return self._refuse(query, client, decided)

    def _troubled(self, query: Message, wanted: Handover) -> Response | Handover:
        """A server that fails in all it says hands no zone over; one that lies does."""
        failing = handover.refuse(query, "this server is in trouble")
        failing.message.set_rcode(Rcode.NOERROR)
        assert self.server.trouble is not None
        self.server.trouble(failing.message)
        return failing if failing.message.rcode() != Rcode.NOERROR else wanted

    def _refuse(self, query: Message, client: Client, response: Response) -> bytes:
        asked = query.question[0]
        self._tell(
            client,
            copyevents.ZoneNotSent,
            zone=text.plain(asked.name),
            asked=asked.rdtype.name,
            reason=response.why,
        )
        stream = client.transport == "TCP"
        return wire.write(response.message, query, self.server.hostname, stream=stream)

    def _send(self, what: Handover, client: Client) -> Generator[bytes, None, None]:
        """The messages; whoever closes this before the end has lost the other end."""
        self.sending += 1
        messages = octets = 0
        try:
            for message in handover.octets(what):
                messages, octets = messages + 1, octets + len(message)
                yield message
        except BaseException as error:
            cut = isinstance(error, GeneratorExit)
            why = "the connection was lost in the middle" if cut else str(error)
            self._tell_of(what, client, copyevents.ZoneNotSent, reason=why)
            raise
        finally:
            self.sending -= 1
        self._tell_of(
            what,
            client,
            copyevents.ZoneSent,
            serial=what.zone.serial,
            records=len(what.zone) + 1 if what.whole else 1,
            messages=messages,
            octets=octets,
            key=text.plain(what.query.keyname) if what.query.keyname else "",
        )

    def _hear(self, query: Message, client: Client) -> bytes:
        """Answers a NOTIFY, and passes it on to who keeps the copy."""
        heard = notify.heard(query, self.server.zones, client.address)
        if self.server.trouble is not None:
            self.server.trouble(heard.reply)
        told = self._tell(
            client,
            copyevents.NotifyHeard,
            zone=text.plain(heard.zone),
            serial=heard.serial,
            taken=heard.refresh,
            reason=heard.why,
        )
        if heard.refresh:
            self.notified(heard.zone, heard.serial, told)
        stream = client.transport == "TCP"
        return wire.write(heard.reply, query, self.server.hostname, stream=stream)

    def _tell_of(self, what: Handover, client: Client, kind: type[Event], **fields: Any) -> None:
        zone = text.plain(what.zone.origin)
        self._tell(client, kind, zone=zone, asked=what.kind, **fields)

    def _tell(self, client: Client, kind: type[Event], **fields: Any) -> str:
        """Tells an event, unless strangers have told too many already; gives its name."""
        if not self.server.worth_telling(client):
            return ""
        return self.server.tell(client, kind, **fields)
