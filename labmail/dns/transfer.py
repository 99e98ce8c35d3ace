"""A zone fetched from another server, whole or not at all.

Nothing of a transfer is used until the last record has come: until then the old copy is served. A
primary may be broken, and one that is not ours may want to do harm, so everything is doubted: the
first record must be the SOA of this zone, the last must be the same again, no record may lie
elsewhere, and there is an end to how much is taken and how long it may take::

    SOA 2026030202 │ NS │ MX │ A │ … │ SOA 2026030202      a zone
    SOA 2026030202 │ NS │ MX │ A │ …  cut                  nothing: the old one stays

Law: RFC 5936 §2.2 and §3. Try: ``await fetch(network, "128.10.12.1", Peer("128.10.30.1"), query)``.
"""

from __future__ import annotations

import asyncio
import errno
from asyncio import StreamReader
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

import dns.exception
import dns.flags
import dns.message
import dns.opcode
import dns.rcode
import dns.rdatatype
import dns.tsig
import dns.zone
from dns.message import Message
from dns.name import Name
from dns.rdataclass import IN
from dns.rdatatype import RdataType
from dns.rdtypes.ANY.SOA import SOA
from dns.rrset import RRset

from . import check, signatures, wire
from .ask import Carrier
from .masterfile import Record
from .peers import Peer
from .problems import errors
from .service import Limits
from .zone import Zone, put


class TransferError(OSError):
    """A transfer that came to nothing, and why, in BIND's words where it has some."""

    def __init__(self, why: str) -> None:
        super().__init__(errno.EPROTO, why)


@dataclass(frozen=True, slots=True)
class Fetched:
    """A zone that has come, in so many octets; ``heard`` is what the other end told last of it."""

    zone: Zone
    octets: int
    heard: str | None = None


class Assembly:
    """A zone that is being put together from the messages of a transfer, record by record."""

    def __init__(self, origin: Name, most: int) -> None:
        self.origin, self.most = origin, most
        self.data = dns.zone.Zone(origin, relativize=False)
        self.records = 0
        self.first: SOA | None = None
        self.done = False

    def take(self, message: Message) -> bool:
        """Takes the next message in; gives True when the zone is complete.

        Raises `TransferError` for what cannot be part of this zone.
        """
        if message.rcode() != dns.rcode.NOERROR:
            raise TransferError(dns.rcode.to_text(message.rcode()))
        if any(asked.name != self.origin for asked in message.question):
            raise TransferError("question name mismatch")
        if not message.answer:
            raise TransferError("a message without records")
        for rrset in message.answer:
            self._add(rrset)
        return self.done

    def _add(self, rrset: RRset) -> None:
        """Takes one record in: the messages are read so that each is an rrset of its own."""
        rdata, top = rrset[0], rrset.name == self.origin
        self.records += 1
        if self.done:
            raise TransferError("records after the last SOA record")
        if self.records > self.most:
            raise TransferError(f"more than {self.most} records")
        if isinstance(rdata, SOA):
            if not top:
                raise TransferError(f"SOA of {rrset.name}: not at top of zone")
            if self.first is not None:
                self._end(rdata)
                return
            self.first = rdata
        elif self.first is None:
            raise TransferError("first RR in zone transfer must be SOA")
        if rrset.rdclass != IN or dns.rdatatype.is_metatype(rrset.rdtype):
            raise TransferError(f"no record of a zone: {rrset.name} {rrset.rdtype.name}")
        if rrset.name.is_subdomain(self.origin):
            problem = put(self.data, Record(rrset.name, rrset.ttl, rrset.rdtype, rdata))
            if problem is not None and problem.severity == "error":
                raise TransferError(problem.what)

    def _end(self, last: SOA) -> None:
        if last != self.first:
            raise TransferError("start and ending SOA records mismatch")
        types = {rdataset.rdtype for rdataset in self.data.get_node(self.origin) or ()}
        for problem in errors(check.top(types, "")):
            raise TransferError(problem.what)
        self.done = True


async def fetch(
    network: Carrier,
    source: str,
    peer: Peer,
    query: Message,
    *,
    limits: Limits,
    turn: Callable[[], Awaitable[None]],
    cause: str | None = None,
) -> Fetched:
    """Asks ``peer`` for a zone; ``query`` is for AXFR, signed where there is a key.

    ``turn`` is awaited before each message, so that others have theirs. Raises OSError, of which
    `TransferError` is one.
    """
    writer = None
    idle = limits.transfer_idle
    try:
        async with asyncio.timeout(limits.transfer_time):
            async with asyncio.timeout(idle):
                stream = network.open_stream(source, peer.address, peer.port, cause=cause)
                reader, writer = await stream
                writer.write(wire.frame(query.to_wire()))
                await writer.drain()
            zone, octets = await _read(reader, query, limits, turn)
            link: Any = writer.get_extra_info("lab")
            return Fetched(zone, octets, link.heard if link else None)
    except TimeoutError:
        raise TransferError("timed out") from None
    except asyncio.IncompleteReadError:
        raise TransferError("end of file: the connection was closed in the middle") from None
    finally:
        if writer is not None:
            writer.close()


async def _read(
    reader: StreamReader, query: Message, limits: Limits, turn: Callable[[], Awaitable[None]]
) -> tuple[Zone, int]:
    assembly = Assembly(query.question[0].name, limits.transfer_records)
    context: Any = None
    octets, done = 0, False
    while not done:
        await turn()
        async with asyncio.timeout(limits.transfer_idle):
            data = await wire.read_frame(reader)
        octets += len(data)
        if octets > limits.transfer_octets:
            raise TransferError(f"more than {limits.transfer_octets} octets")
        message = _message(data, query, context)
        context = message.tsig_ctx
        last = _taken(assembly, message)
        if query.had_tsig and not message.had_tsig and (last or octets == len(data)):
            raise TransferError("expected a TSIG or SIG(0)")
        done = last
    return Zone(assembly.data), octets


def _taken(assembly: Assembly, message: Message) -> bool:
    try:
        return assembly.take(message)
    except dns.exception.DNSException as error:
        raise TransferError(f"no records of a zone ({type(error).__name__}: {error})") from None


def _message(data: bytes, query: Message, context: Any) -> Message:
    """One message, its signature checked, each record on its own. Raises `TransferError`."""
    try:
        message = dns.message.from_wire(
            data,
            keyring=query.keyring if query.had_tsig else None,
            request_mac=query.mac if query.had_tsig else b"",
            xfr=True,
            tsig_ctx=context,
            multi=query.had_tsig,
            one_rr_per_rrset=True,
        )
    except dns.tsig.PeerError as error:
        raise TransferError(signatures.refused(error)) from None
    except Exception as error:
        # As in wire.read: octets from outside may be anything.
        raise TransferError(f"no message of a transfer ({type(error).__name__}: {error})") from None
    if message.opcode() != dns.opcode.QUERY:
        raise TransferError("an answer to something else")
    if message.id != query.id or not message.flags & dns.flags.QR:
        raise TransferError("message ID mismatch: an answer to something else")
    if any(asked.rdtype != RdataType.AXFR for asked in message.question):
        raise TransferError("question type mismatch")
    return message
