"""Spreading the word: a zone has a new version, and its other name servers are told.

Each of them is told by a datagram, and again where no answer comes. Whoever has heard answers; what
it does then is its own business. A server that is down learns of the change at its next refresh::

    ns.ask.com ── NOTIFY ──▶ ns2.example.com    NOERROR: heard
               ── NOTIFY ──▶ ns3.ask.com        …  5 s  …  again  …  5 s  …  given up

Law: RFC 1996 §3; the numbers are BIND's. Try: ``Announcer(service, clock).announce(zone)``.
"""

from __future__ import annotations

import asyncio
from contextlib import suppress

import dns.message
from dns.message import Message
from dns.name import Name
from dns.rcode import Rcode
from dns.rdatatype import RdataType
from dns.rdtypes.IN.A import A
from dns.rdtypes.IN.AAAA import AAAA

from labmail.world import Clock

from . import copyevents, notify, text
from .answering import Response, walk
from .ask import checked
from .peers import Peer
from .recursion import pursue
from .service import Service, cancel
from .zone import Zone
from .zones import Forward

TRIES, PATIENCE = 3, 5.0
"""How often somebody is told, and how many seconds each time may take."""


class Announcer:
    """Tells other name servers of changes to the zones of ``service``."""

    def __init__(self, service: Service, clock: Clock) -> None:
        self.service, self.clock = service, clock
        self._told = 0
        self._tasks: dict[Name, asyncio.Task[None]] = {}

    def announce(self, zone: Zone, cause: str | None = None) -> None:
        """Tells whoever is to know of this version; an earlier one is not worth telling any more.

        ``cause`` is the event that tells how the version came to be.
        """
        if not notify.hosts(zone, self.service.zones) and not notify.also(zone, self.service.zones):
            return
        if earlier := self._tasks.pop(zone.origin, None):
            earlier.cancel()
        task = asyncio.get_running_loop().create_task(self._announce(zone, cause))
        self._tasks[zone.origin] = task

    async def _announce(self, zone: Zone, cause: str | None) -> None:
        zones = self.service.zones
        found = [await self._addresses(host) for host in notify.hosts(zone, zones)]
        peers = [Peer(address) for each in found for address in each]
        peers = [peer for peer in peers if peer.address != self.service.ip]
        everybody = dict.fromkeys([*notify.also(zone, zones), *peers])
        await asyncio.gather(*(self._inform(peer, zone, cause) for peer in everybody))

    async def _inform(self, peer: Peer, zone: Zone, cause: str | None) -> None:
        problem = await self._tell(zone, peer)
        self.service.trace.tell(
            copyevents.NotifySent,
            host=self.service.hostname,
            cause=cause,
            server=peer.address,
            zone=text.plain(zone.origin),
            serial=zone.serial,
            problem=problem,
        )

    async def _tell(self, zone: Zone, peer: Peer) -> str:
        """Tells one server. Gives why it has not taken it in, or an empty string."""
        service, query = self.service, notify.announcement(zone, self._number(zone))
        conf = service.zones.conf
        if name := conf.key_for(peer):
            key = conf.keys.get(name)
            if key is None:
                return f"unable to find key: {text.plain(name)}"
            query.use_tsig(key)
        problem = "no answer"
        for attempt in range(TRIES):
            begun = self.clock.time()
            try:
                return await self._once(query, peer)
            except TimeoutError:
                problem = "no answer"
            except OSError as error:
                problem = error.strerror or str(error)
            if attempt + 1 < TRIES:
                await self.clock.sleep(max(0.0, begun + PATIENCE - self.clock.time()))
        return f"{problem}, {TRIES} times"

    async def _once(self, query: Message, peer: Peer) -> str:
        service, server = self.service, (peer.address, peer.port)
        data = query.to_wire()
        octets = await service.network.exchange(service.ip, *server, data, PATIENCE)
        reply = checked(octets, query, server)
        return "" if reply.rcode() == Rcode.NOERROR else f"it answered {reply.rcode().name}"

    def _number(self, zone: Zone) -> int:
        self._told += 1
        chance = self.service.chance
        if chance is None:
            return self._told % 65536
        names = ("notify", self.service.hostname, zone.origin, self._told)
        return chance.number(*names, below=65536)

    async def _addresses(self, host: Name) -> list[str]:
        """The addresses of a name server: of our own zones, or asked for."""
        found: list[str] = []
        for rdtype in (RdataType.A, RdataType.AAAA):
            with suppress(OSError):
                for rrset in (await self._look_up(host, rdtype)).answer:
                    found += [r.address for r in rrset if isinstance(r, A | AAAA)]
        return found

    async def _look_up(self, name: Name, rdtype: RdataType) -> Message:
        service, number = self.service, self._told
        reply = dns.message.make_response(dns.message.make_query(name, rdtype, id=0))
        response = Response(reply, name, rdtype, recursive=True)

        async def put(servers: Forward, name: Name, rdtype: RdataType) -> Message:
            return await service.put(servers, name, rdtype, number)

        walk(response, service.zones, service.ip)
        return (await pursue(response, service.zones, service.ip, put)).message

    async def close(self) -> None:
        """Tells nobody any more."""
        await cancel(self._tasks.values())
        self._tasks.clear()
