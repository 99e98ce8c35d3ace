"""A zone that is copied from a primary: fetched, served, compared now and then, given up at last.

    no copy ── fetched ──▶ copy ── same serial ──▶ good for another ``expire``
       ▲                     ├──── newer serial ─▶ fetched whole, served, kept in the file
       │                     └──── no answer ───▶ retry, retry, … ── expire ──▶ SERVFAIL
       └──────────────────────────────────────────────────────────────────────────┘

A NOTIFY makes the next look happen at once. The file (`copyfile`) is there so that a restart has
something to serve before the primary has answered.

Law: RFC 1034 §4.3.5, RFC 1996 §4.7, RFC 1982. Try: ``lab.host("ns2.example.com").reload_names()``.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import dns.flags
import dns.message
from dns.message import Message
from dns.rcode import Rcode
from dns.rdatatype import RdataType
from dns.rdtypes.ANY.SOA import SOA

from labmail.trace import Event

from . import copyevents, notify, soatimes, text
from .ask import TIMEOUT, ask
from .copyfile import CopyFile
from .peers import Peer
from .service import Service
from .transfer import Fetched, TransferError, fetch
from .zone import Zone
from .zoneclause import ZoneClause
from .zones import Broken

if TYPE_CHECKING:
    from labmail.world import Clock

SOON = 0.001
"""Seconds by which floating point may be wrong about "now"."""


@dataclass
class Secondary:
    """Keeps the copy of one zone."""

    clause: ZoneClause
    service: Service
    clock: Clock
    file: CopyFile
    places: asyncio.Semaphore
    """So many zones may be fetched at a time."""
    changed: Callable[[Zone, str | None], None]
    """Called with a new copy, and the event that tells of it: others are to hear of it."""
    times: soatimes.Times | None = None
    confirmed: float = 0.0
    """When a primary last said that the copy is right (POSIX seconds of the lab)."""
    due: float = 0.0
    failures: int = 0
    _begun: float = 0.0
    """When the primaries were last looked at: the next look is counted from there."""
    _asked: int = 0
    _cause: str | None = None
    _expected: int | None = None
    _wake: asyncio.Event = field(default_factory=asyncio.Event)

    @property
    def held(self) -> Zone | None:
        """The copy that is being served."""
        zone = self.service.zones.served.get(self.clause.name)
        return zone if isinstance(zone, Zone) else None

    def look(self, serial: int | None = None, cause: str | None = None) -> None:
        """Has the primaries asked at once; ``cause`` is the event that said so.

        ``serial`` is what is to be found there; if that has come meanwhile, nobody is asked.
        """
        self._cause, self._expected = cause or self._cause, serial
        self._wake.set()

    async def run(self) -> None:
        """Keeps the copy for ever."""
        now = self.clock.time()
        self.due = now
        if held := self.held:
            self.times, self.confirmed = soatimes.of(held.soa), min(self.file.date(), now)
        while True:
            self._expire()
            if self.due <= self.clock.time() + SOON:
                await self.refresh()
            await self._rest()

    async def _rest(self) -> None:
        """Waits until the next look, or until the copy expires."""
        until = self.due
        if self.held and self.times:
            until = min(until, self.confirmed + self.times.expire)
        with suppress(TimeoutError):
            async with asyncio.timeout(max(0.0, until - self.clock.time())):
                await self._wake.wait()
        if self._wake.is_set():
            self._wake.clear()
            if not self._has(self._expected):
                self.due = self.clock.time()

    def _has(self, serial: int | None) -> bool:
        held = self.held
        return held is not None and serial is not None and not notify.newer(serial, held.serial)

    def _expire(self) -> None:
        held, times = self.held, self.times
        if held is None or times is None:
            return
        if self.clock.time() + SOON >= self.confirmed + times.expire:
            self.service.zones = self.service.zones.put(Broken(held.origin, why="has expired"))
            since = datetime.fromtimestamp(self.confirmed, UTC).strftime("%Y-%m-%d %H:%M UTC")
            self._tell(copyevents.ZoneExpired, serial=held.serial, since=since)

    async def refresh(self) -> None:
        """Asks the primaries, one after the other, until one has the same version or a newer."""
        cause, self._cause = self._cause, None
        self._begun = self.clock.time()
        for peer in self.clause.primaries:
            try:
                if await self._look_at(peer, cause):
                    self.failures = 0
                    return
            except Exception as error:
                # Not only OSError: a mistake of our own must not end the care for the zone.
                kept = self.held.serial if self.held else None
                why = _words(error, peer)
                kind = copyevents.ZoneNotFetched
                self._tell(kind, cause=cause, server=peer.address, reason=why, kept=kept)
        self.failures += 1
        retry = self.times.retry if self.times else soatimes.without_copy(self.failures)
        self.due = self.clock.time() + retry

    async def _look_at(self, peer: Peer, cause: str | None) -> bool:
        """Compares with one primary, and copies if it is newer. False: its version is older.

        Raises OSError where that is not possible.
        """
        theirs, held = (await self._version(peer)).serial, self.held
        newer = held is None or notify.newer(theirs, held.serial)
        told = self._tell(
            copyevents.SerialAsked,
            cause=cause,
            server=peer.address,
            theirs=theirs,
            ours=held.serial if held else None,
            newer=newer,
        )
        if newer:
            await self._fetch(peer, told)
        elif held is None or theirs != held.serial:
            return False
        await self._confirm()
        return True

    async def _version(self, peer: Peer) -> SOA:
        """The SOA record that a primary has. Raises OSError."""
        service, query = self.service, self._query(peer, RdataType.SOA)
        server = (peer.address, peer.port)
        reply = await ask(service.network, service.ip, server, query, timeout=TIMEOUT)
        if reply.rcode() != Rcode.NOERROR:
            raise TransferError(f"unexpected rcode ({reply.rcode().name}) from primary {peer}")
        if not reply.flags & dns.flags.AA:
            raise TransferError(f"non-authoritative answer from primary {peer}")
        found = [r for r in reply.answer if (r.name, r.rdtype) == (self.clause.name, RdataType.SOA)]
        if not found:
            raise TransferError(f"NODATA response from primary {peer}")
        soa: SOA = found[0][0]
        return soa

    def _query(self, peer: Peer, rdtype: RdataType) -> Message:
        """A question about the zone, signed where the two share a key. Raises `TransferError`."""
        self._asked += 1
        number, chance = self._asked % 65536, self.service.chance
        if chance is not None:
            names = ("secondary", self.service.hostname, self.clause.name, self._asked)
            number = chance.number(*names, below=65536)
        query = dns.message.make_query(self.clause.name, rdtype, id=number, flags=0)
        conf = self.service.zones.conf
        if name := conf.key_for(peer):
            key = conf.keys.get(name)
            if key is None:
                raise TransferError(f"unable to find key: {text.plain(name)}")
            query.use_tsig(key)
        return query

    async def _fetch(self, peer: Peer, cause: str | None) -> None:
        service = self.service
        query, turn = self._query(peer, RdataType.AXFR), self.clock.give_way
        async with self.places:
            try:
                fetched = await fetch(
                    *(service.network, service.ip, peer, query),
                    limits=service.limits,
                    turn=turn,
                    cause=cause,
                )
            except TransferError as error:
                why = f"failed while receiving responses: {error.strerror}"
                raise TransferError(f"transfer from {peer}: {why}") from None
        held, new = self.held, fetched.zone
        if held is not None and not notify.newer(new.serial, held.serial):
            raise TransferError(f"serial {new.serial} came, which is not newer than {held.serial}")
        await self._take(fetched, held, peer, fetched.heard or cause)

    async def _take(
        self, fetched: Fetched, before: Zone | None, peer: Peer, cause: str | None
    ) -> None:
        """Serves a new copy, keeps it in its file, and has others hear of it."""
        new = fetched.zone
        new.file = self.file.path
        self.service.zones = self.service.zones.put(new)
        self.times = soatimes.of(new.soa)
        told = self._tell(
            copyevents.ZoneFetched,
            cause=cause,
            server=peer.address,
            before=before.serial if before else None,
            serial=new.serial,
            records=len(new),
            octets=fetched.octets,
            file=self.file.path,
            problem=await self.file.keep(new),
        )
        self.changed(new, told)

    async def _confirm(self) -> None:
        assert self.times is not None
        self.confirmed = self.clock.time()
        self.due = self._begun + self.times.refresh
        await self.file.stamp(self.confirmed)

    def _tell(self, kind: type[Event], **fields: Any) -> str | None:
        zone = text.plain(self.clause.name)
        host = self.service.hostname
        return self.service.trace.tell(kind, host=host, zone=zone, **fields).name or None


def _words(error: Exception, peer: Peer) -> str:
    """Why a primary could not be asked, in BIND's words."""
    if not isinstance(error, OSError):
        return f"our own mistake, {type(error).__name__}: {error}"
    if isinstance(error, TransferError):
        return str(error.strerror)
    if isinstance(error, TimeoutError):
        return f"failure trying primary {peer}: timed out"
    if isinstance(error, ConnectionRefusedError):
        return f"failure trying primary {peer}: connection refused"
    return f"failure trying primary {peer}: {error.strerror or error}"
