"""Hostile octets: never a crash, never an answer to an answer."""

from __future__ import annotations

import struct
import time

import dns.flags
import dns.message
import dns.name
import dns.opcode
import dns.tsig
import pytest
from dns.rcode import Rcode
from hypothesis import given
from hypothesis import strategies as st

from labmail.dns import wire
from labmail.dns.service import Client, Limits, Service, Unfinished
from labmail.trace import Recorder


def service() -> Service:
    class Nowhere:
        async def exchange(self, *args: object) -> bytes:
            raise OSError

        open_stream = exchange

    trace = Recorder(lambda: 0.0)
    return Service(
        Nowhere(),  # type: ignore[arg-type]
        "128.10.30.1",
        trace=trace,
        hostname="ns.ask.com",
        chance=None,
        limits=Limits(),
    )


def reply_to(data: bytes) -> bytes | None:
    found = service().begin(data, Client("192.0.2.1"))
    assert not isinstance(found, Unfinished)
    return found


QUERY = dns.message.make_query("ask.com", "MX", id=7, use_edns=0).to_wire()


@given(st.binary(max_size=200))
def test_garbage(data: bytes) -> None:
    reply = reply_to(data)
    if len(data) < 12 or data[2] & 0x80:
        assert reply is None
    else:
        assert reply is not None and reply[:2] == data[:2] and reply[2] & 0x80


@given(st.lists(st.tuples(st.integers(0, len(QUERY) - 1), st.integers(0, 255)), max_size=6))
def test_a_query_with_flipped_octets(changes: list[tuple[int, int]]) -> None:
    data = bytearray(QUERY)
    for place, value in changes:
        data[place] = value
    reply = reply_to(bytes(data))
    if data[2] & 0x80:
        assert reply is None
    else:
        assert reply is not None
        dns.message.from_wire(reply)


@given(st.integers(0, len(QUERY) - 1))
def test_a_query_cut_short(length: int) -> None:
    reply = reply_to(QUERY[:length])
    assert reply is None if length < 12 else dns.message.from_wire(reply or b"").rcode() == 1


def test_a_response_is_never_answered() -> None:
    response = dns.message.make_response(dns.message.from_wire(QUERY)).to_wire()
    assert reply_to(response) is None


@pytest.mark.parametrize("name", [b"\xc0\x0c", b"\xc0\x0e\xc0\x0c", b"\x01a\xc0\x0c", b"\xc0\xff"])
def test_names_that_point_to_themselves(name: bytes) -> None:
    data = struct.pack("!6H", 7, 0x0100, 1, 0, 0, 0) + name + b"\x00\x0f\x00\x01"
    reply = reply_to(data)
    assert reply is not None and dns.message.from_wire(reply).rcode() == Rcode.FORMERR


def test_many_names_that_point_to_each_other_cost_no_time() -> None:
    chain = b"".join(struct.pack("!H", 0xC000 | max(12, 12 + 2 * i - 2)) for i in range(8000))
    data = struct.pack("!6H", 7, 0, 65535, 0, 0, 0) + chain + b"\xff" * 40000
    begun = time.perf_counter()
    reply = reply_to(data)
    assert reply is not None and dns.message.from_wire(reply).rcode() == Rcode.FORMERR
    assert time.perf_counter() - begun < 0.5


@pytest.mark.parametrize(
    ("counts", "rcode"),
    [((0, 0, 0, 0), Rcode.FORMERR), ((2, 0, 0, 0), Rcode.FORMERR), ((1, 1, 0, 0), Rcode.FORMERR)],
)
def test_a_query_has_one_question(counts: tuple[int, ...], rcode: Rcode) -> None:
    data = QUERY[:4] + struct.pack("!4H", *counts) + QUERY[12:]
    assert dns.message.from_wire(reply_to(data) or b"").rcode() == rcode


@pytest.mark.parametrize("opcode", set(range(1, 16)) - {dns.opcode.NOTIFY})
def test_other_operations_are_not_implemented(opcode: int) -> None:
    data = QUERY[:2] + struct.pack("!H", opcode << 11) + QUERY[4:]
    reply = reply_to(data)
    assert reply is not None
    number, flags = struct.unpack_from("!HH", reply)
    assert (number, flags >> 11 & 15, flags & 15) == (7, opcode, Rcode.NOTIMP)


def test_signed_with_an_unknown_key() -> None:
    query = dns.message.make_query("ask.com", "MX")
    query.use_tsig({dns.name.from_text("key"): b"secret"})
    reply = reply_to(query.to_wire())
    assert reply is not None
    told = dns.message.from_wire(reply, keyring=False)
    assert told.rcode() == Rcode.NOTAUTH and told.id == query.id and told.tsig is not None
    assert told.tsig[0].error == Rcode.BADKEY and not told.tsig[0].mac
    with pytest.raises(dns.tsig.PeerBadKey):
        dns.message.from_wire(reply, keyring=query.keyring, request_mac=query.mac)


def test_nonsense_behind_a_signature() -> None:
    query = dns.message.make_query("ask.com", "MX")
    query.use_tsig({dns.name.from_text("key"): b"secret"})
    reply = reply_to(query.to_wire() + b"more")
    assert reply is not None and dns.message.from_wire(reply).rcode() == Rcode.FORMERR


@pytest.mark.parametrize(
    ("kind", "rcode"),
    [
        ("AXFR", Rcode.NOTAUTH),
        ("IXFR", Rcode.FORMERR),
        ("MAILB", Rcode.NOTIMP),
        ("TKEY", Rcode.FORMERR),
        ("OPT", Rcode.FORMERR),
    ],
)
def test_types_that_are_no_records(kind: str, rcode: Rcode) -> None:
    query = dns.message.make_query("ask.com", kind)
    assert dns.message.from_wire(reply_to(query.to_wire()) or b"").rcode() == rcode


def test_another_class_and_another_edns() -> None:
    chaos = dns.message.make_query("version.bind", "TXT", "CH")
    assert dns.message.from_wire(reply_to(chaos.to_wire()) or b"").rcode() == Rcode.REFUSED
    strange = dns.message.make_query("ask.com", "MX", use_edns=3)
    assert dns.message.from_wire(reply_to(strange.to_wire()) or b"").rcode() == Rcode.BADVERS


def test_a_refusal_says_why_to_those_who_can_read_it() -> None:
    reply = dns.message.from_wire(reply_to(QUERY) or b"")
    assert reply.rcode() == Rcode.REFUSED
    (reason,) = reply.extended_errors()
    assert reason.text == "this server has no zone for ask.com"
    plain = dns.message.make_query("ask.com", "MX")
    assert dns.message.from_wire(reply_to(plain.to_wire()) or b"").edns == -1


@pytest.mark.parametrize(
    ("payload", "most"), [(None, 512), (0, 512), (100, 512), (900, 900), (4096, 1232)]
)
def test_the_room_of_a_datagram(payload: int | None, most: int) -> None:
    query = dns.message.make_query("ask.com", "TXT", use_edns=payload is not None)
    if payload is not None:
        query.use_edns(0, 0, payload)
    reply = dns.message.make_response(query)
    records = [f'"{"x" * 100} {n}"' for n in range(40)]
    reply.answer = [dns.rrset.from_text("ask.com.", 60, "IN", "TXT", text) for text in records]
    small = wire.write(reply, query, "ns", stream=False)
    assert len(small) <= most and wire.is_cut(small)
    large = wire.write(reply, query, "ns", stream=True)
    assert len(dns.message.from_wire(large).answer[0]) == 40 and not wire.is_cut(large)
