"""Asking a name server: one question, one answer, and every doubt about it.

The question goes out as a datagram. Anybody can send one back, so an answer counts only if it has
the question's id and repeats the question. If it says that it was cut (TC), the same question is
asked again over TCP. A server that knows no EDNS is asked once more without it.

    query ──UDP──▶ server        ``ask`` raises OSError where nothing usable comes back:
          ◀──────  TC            TimeoutError, ConnectionRefusedError, …
          ──TCP──▶
          ◀──────  answer

Law: RFC 1035 §7.3 (which answer is ours), RFC 7766 §5 (TCP), RFC 6891 §6.2.2 (EDNS not known),
RFC 5452 §9 (ids). Try: ``await ask(network, "128.10.12.4", ("128.10.12.1", 53), query)``.
"""

from __future__ import annotations

import asyncio
import errno
from asyncio import StreamReader, StreamWriter
from collections.abc import Awaitable, Callable
from typing import Protocol

import dns.edns
import dns.exception
import dns.flags
import dns.message
import dns.tsig
from dns.message import Message
from dns.name import Name
from dns.rcode import Rcode
from dns.rdatatype import RdataType

from . import signatures, wire
from .answering import PAYLOAD
from .values import Endpoint

TIMEOUT = 5.0
"""Seconds that a server is given (resolv.conf(5), option timeout)."""

Witness = Callable[[str, str, Message, bytes], str | None]
"""Told each message as it goes by: ``C`` or ``S``, ``UDP`` or ``TCP``, the message, its octets.

Gives the name of the event that it told: the cause of a TCP connection.
"""


class SignatureRefused(OSError):
    """The other end has answered, and does not believe who we are."""


class Carrier(Protocol):
    """What asking needs of the lab's network."""

    async def exchange(
        self, source: str, target: str, port: int, data: bytes, timeout: float, /
    ) -> bytes: ...

    async def open_stream(
        self,
        source: str,
        target: str,
        port: int,
        /,
        *,
        cause: str | None = None,
        letter: str | None = None,
    ) -> tuple[StreamReader, StreamWriter]: ...


def make_query(name: Name, rdtype: RdataType, number: int, *, recursive: bool = True) -> Message:
    """A query with EDNS that also asks for the server's name (NSID, RFC 5001).

    ``number`` is its id, from 0 to 65535; ``recursive`` asks the server to find out for us.
    """
    flags = dns.flags.RD if recursive else dns.flags.Flag(0)
    return dns.message.make_query(
        name,
        rdtype,
        id=number,
        flags=flags,
        use_edns=0,
        payload=PAYLOAD,
        options=[dns.edns.NSIDOption(b"")],
    )


async def ask(
    network: Carrier,
    source: str,
    server: Endpoint,
    query: Message,
    *,
    timeout: float = TIMEOUT,
    witness: Witness | None = None,
    letter: str | None = None,
) -> Message:
    """The answer of ``server`` to ``query``. ``timeout`` is in seconds, for each way of asking.

    ``letter`` names, for the trace, on whose behalf a TCP connection is opened.
    Raises OSError (TimeoutError, ConnectionRefusedError, …) with words that name the server.
    """
    say = witness or (lambda *_: None)
    data = query.to_wire()
    say("C", "UDP", query, data)
    octets = await network.exchange(source, *server, data, timeout)
    reply = checked(octets, query, server)
    say("S", "UDP", reply, octets)
    if reply.flags & dns.flags.TC:
        cause = say("C", "TCP", query, data)
        stream = network.open_stream(source, *server, cause=cause, letter=letter)
        octets = await _over_tcp(stream, server, data, timeout)
        reply = checked(octets, query, server)
        say("S", "TCP", reply, octets)
    if query.edns >= 0 and reply.edns < 0 and reply.rcode() in (Rcode.FORMERR, Rcode.NOTIMP):
        plain = dns.message.from_wire(data)
        plain.use_edns(False)
        return await ask(
            network, source, server, plain, timeout=timeout, witness=witness, letter=letter
        )
    return reply


async def _over_tcp(
    stream: Awaitable[tuple[StreamReader, StreamWriter]],
    server: Endpoint,
    data: bytes,
    timeout: float,
) -> bytes:
    writer: StreamWriter | None = None
    try:
        async with asyncio.timeout(timeout):
            reader, writer = await stream
            writer.write(wire.frame(data))
            await writer.drain()
            return await wire.read_frame(reader)
    except TimeoutError:
        what = f"did not answer over TCP in {timeout:g} s"
        raise _trouble(errno.ETIMEDOUT, server, what) from None
    except asyncio.IncompleteReadError:
        what = "closed the connection without an answer"
        raise _trouble(errno.ECONNRESET, server, what) from None
    finally:
        if writer is not None:
            writer.close()


def checked(octets: bytes, query: Message, server: Endpoint) -> Message:
    """The message, if it answers the query, signed if the query was.

    Raises OSError (EPROTO), `SignatureRefused`.
    """
    try:
        keyring, mac = (query.keyring, query.mac) if query.had_tsig else (None, b"")
        reply = dns.message.from_wire(octets, keyring=keyring, request_mac=mac)
    except dns.tsig.PeerError as error:
        raise SignatureRefused(errno.EACCES, f"{server[0]}: {signatures.refused(error)}") from None
    except Exception as error:
        # As in wire.read: octets from outside may be anything.
        raise _trouble(errno.EPROTO, server, f"sent no DNS message ({error})") from None
    if not query.is_response(reply):
        raise _trouble(errno.EPROTO, server, "answered another question")
    return reply


def _trouble(number: int, server: Endpoint, what: str) -> OSError:
    return OSError(number, f"{server[0]} {what}")


def name_of(reply: Message) -> str:
    """The name that the server gives itself (NSID), or an empty string."""
    for option in reply.options:
        if isinstance(option, dns.edns.NSIDOption) and option.nsid.isascii():
            text = option.nsid.decode()
            return text if text.isprintable() else ""
    return ""
