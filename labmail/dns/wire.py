"""Octets and messages: what may come in from anybody, and what goes out in the room there is.

A datagram can hold anything. Three kinds are told apart: a query; something that is no proper
message but has a header, which is answered FORMERR; and what must never be answered, above all a
response: two servers that answered each other's answers would never stop::

    octets ──┬─▶ Message
             ├─▶ Malformed   a header and rubbish: its id comes back with FORMERR
             └─▶ Dropped     too short, or a response

Over UDP an answer has the room that the asker offers (512 octets without EDNS); what does not fit
is left out and the bit TC says "ask again over TCP". Over TCP two octets before each message give
its length.

Law: RFC 1035 §4.1.1 (header), §4.2 (transport), RFC 6891 §6.2.5 (size), RFC 7766 (TCP).
Try: ``read(b"garbage")``.
"""

from __future__ import annotations

import struct
from asyncio import StreamReader
from dataclasses import dataclass

import dns.edns
import dns.flags
import dns.message
import dns.opcode
from dns.message import Message
from dns.rcode import Rcode

from . import signatures
from .answering import PAYLOAD
from .peers import Keys

HEADER = 12
"""Octets of a message's header."""
LARGEST = 65535
"""Octets of the largest message: its length over TCP is two octets."""
LARGEST_QUERY = 4096
"""Octets of the largest query that is read: one question and EDNS need far fewer."""
MOST_RECORDS = {
    dns.opcode.QUERY: (1, 0, 1, 4),
    dns.opcode.NOTIFY: (1, 1, 0, 4),
}
"""What may come in: one question (RFC 9619), a SOA (IXFR, NOTIFY), EDNS and signatures."""


@dataclass(frozen=True, slots=True)
class Malformed:
    """A message that cannot be read, and the answer to it: a bare header with an error code."""

    reply: bytes
    why: str


@dataclass(frozen=True, slots=True)
class Dropped:
    """Octets that are not answered, and why."""

    why: str


def read(data: bytes, keys: Keys | None = None) -> Message | Malformed | Dropped:
    """What came in. Never raises, whatever the octets are.

    ``keys`` are those that it may be signed with; a signature that is not good is a mistake.
    """
    if len(data) < HEADER:
        return Dropped(f"{len(data)} octets, fewer than a header")
    _, flags, *counts = struct.unpack_from("!6H", data)
    if flags & dns.flags.QR:
        return Dropped("a response, not a query")
    most = MOST_RECORDS.get(dns.opcode.from_flags(flags))
    if most is None:
        return Malformed(bare_reply(data, Rcode.NOTIMP), "an operation other than a query")
    if len(data) > LARGEST_QUERY or any(map(int.__gt__, counts, most)) or not counts[0]:
        # Also because reading many names that point to each other would take a long time.
        return Malformed(bare_reply(data, Rcode.FORMERR), f"not one question: counts {counts}")
    try:
        return dns.message.from_wire(data, keyring=dict(keys or {}))
    except signatures.MISTAKES as error:
        return _unbelieved(data, error)
    except Exception as error:
        # Whatever dnspython stumbles over, the octets are to blame, and a server goes on.
        return Malformed(bare_reply(data, Rcode.FORMERR), f"{type(error).__name__}: {error}")


def _unbelieved(data: bytes, mistake: Exception) -> Malformed:
    """A message whose signature is not good; it may be nonsense beyond that."""
    try:
        return Malformed(*signatures.refusal(data, mistake))
    except Exception as error:
        return Malformed(bare_reply(data, Rcode.FORMERR), f"{type(error).__name__}: {error}")


def bare_reply(data: bytes, rcode: Rcode) -> bytes:
    """A header alone: the query's id, operation and RD bit, QR set, and an error code."""
    number, flags = struct.unpack_from("!HH", data)
    kept = flags & (0x7800 | dns.flags.RD)
    return struct.pack("!HHHHHH", number, dns.flags.QR | kept | rcode, 0, 0, 0, 0)


def write(reply: Message, query: Message, hostname: str, *, stream: bool) -> bytes:
    """The octets of an answer to ``query``, cut to the room there is, TC set if it was cut.

    An asker that wants to know who answered (RFC 5001, NSID) is told ``hostname``.
    """
    if any(option.otype == dns.edns.OptionType.NSID for option in query.options):
        options = [dns.edns.NSIDOption(hostname.encode()), *reply.options]
        reply.use_edns(0, reply.ednsflags, PAYLOAD, reply.request_payload, options)
    room = LARGEST if stream else 512
    if not stream and query.edns >= 0:
        room = max(512, min(query.payload, PAYLOAD))
    # Unshuffled: the order of a zone file is the order of its answers, on every run.
    return reply.to_wire(max_size=room, prefer_truncation=True, want_shuffle=False)


def is_cut(message: bytes) -> bool:
    """Whether the bit TC is set: something was left out that belongs to the answer."""
    return bool(struct.unpack_from("!H", message, 2)[0] & dns.flags.TC)


def frame(message: bytes) -> bytes:
    """A message as it goes over TCP: its length in two octets, then itself."""
    return struct.pack("!H", len(message)) + message


async def read_frame(reader: StreamReader, most: int = LARGEST) -> bytes:
    """The next message from a TCP stream.

    Raises IncompleteReadError where the stream ends, ValueError where the message would be longer
    than ``most`` octets.
    """
    (length,) = struct.unpack("!H", await reader.readexactly(2))
    if length > most:
        raise ValueError(f"a message of {length} octets, at most {most} are read")
    return await reader.readexactly(length)
