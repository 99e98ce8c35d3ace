"""A primary that is broken or means harm: nothing of it is believed, the old copy is served on."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable, Iterator

import dns.flags
import dns.message
import dns.name
import dns.rrset
import dns.tsig
import pytest
from dns.message import Message
from dns.rcode import Rcode

from labmail.dns import Limits, wire
from labmail.dns.copyevents import ZoneFetched, ZoneNotFetched
from labmail.world import World, simulate

from .conftest import ASK, Internet

Make = Callable[[World], Internet]
Script = Callable[[Message], Iterable[bytes | None]]
"""The frames that answer AXFR; None is a silence that does not end."""

KEYS = {dns.name.from_text("k"): dns.tsig.Key("k", b"secret")}
BAD, HERE = "128.10.30.1", "128.10.12.1"
COPY = 'zone "ask.com" { type secondary; primaries { 128.10.30.1; }; file "copy"; };\n'
SOA = "ns.ask.com. hostmaster.ask.com. 2026030299 3600 600 604800 300"
TOP = (("ask.com.", "SOA", SOA), ("ask.com.", "NS", "ns.ask.com."))


def reply(
    query: Message,
    *records: tuple[str, str, str],
    number: int = 0,
    rcode: Rcode = Rcode.NOERROR,
    signed: bool = True,
) -> bytes:
    """A message of a transfer with these records, each for itself; signed if the query was."""
    message = dns.message.make_response(query)
    if not signed:
        message.tsig = None
    message.flags |= dns.flags.AA
    message.id = query.id + number
    message.set_rcode(rcode)
    for name, rdtype, data in records:
        message.answer.append(dns.rrset.from_text(name, 3600, "IN", rdtype, data))
    return wire.frame(message.to_wire(want_shuffle=False))


class Primary(asyncio.Protocol, asyncio.DatagramProtocol):
    """Says over UDP that it has a newer version, and over TCP what the script says."""

    def __init__(self, script: Script, signed: bool) -> None:
        self.script, self.signed = script, signed

    def connection_made(self, transport) -> None:  # type: ignore[no-untyped-def]
        self.transport = transport

    def datagram_received(self, data: bytes, sender: tuple[str, int]) -> None:
        query = dns.message.from_wire(data, keyring=KEYS)
        self.transport.sendto(reply(query, TOP[0], signed=self.signed)[2:], sender)

    def data_received(self, data: bytes) -> None:
        self.task = asyncio.ensure_future(
            self._speak(dns.message.from_wire(data[2:], keyring=KEYS))
        )

    async def _speak(self, query: Message) -> None:
        for frame in self.script(query):
            if frame is None:
                return
            self.transport.write(frame)
            await asyncio.sleep(0.01)
        self.transport.close()


def outcome(
    internet: Make, script: Script, copy: str = COPY, *, signed: bool = True, **limits: float
) -> str:
    """Why the zone was not fetched. The old copy must still be there, in memory and on disk."""

    async def main(world: World) -> str:
        net = internet(world)
        world.network.add_host(BAD, HERE)
        await world.network.listen_udp(BAD, 53, lambda: Primary(script, signed))
        await world.network.listen(BAD, 53, lambda: Primary(script, signed))
        files = net.files("ns2.ask.com", copy)
        files.write_text("/etc/bind/copy", ASK)
        server = await net.serve(HERE, "ns2.ask.com", files, limits=Limits(**limits))  # type: ignore[arg-type]
        await world.clock.run(within="3m")
        assert not net.trace.find(ZoneFetched)
        (served,) = server.zones.served.values()
        assert served.serial == 2026030201  # type: ignore[union-attr]
        assert files.read_text("/etc/bind/copy") == ASK
        told = net.trace.find(ZoneNotFetched)[0]
        assert told.kept == 2026030201  # type: ignore[attr-defined]
        await server.stop()
        return str(told.reason)  # type: ignore[attr-defined]

    return simulate(main, flow=False)


WRONG: list[tuple[str, tuple[tuple[str, str, str], ...]]] = [
    ("first RR in zone transfer must be SOA", (TOP[1], TOP[0])),
    ("start and ending SOA records mismatch", (*TOP, ("ask.com.", "SOA", SOA.replace("99", "98")))),
    ("records after the last SOA record", (*TOP, TOP[0], TOP[1])),
    ("not at top of zone", (*TOP, ("www.ask.com.", "SOA", SOA))),
    ("has no NS records", (TOP[0], ("www.ask.com.", "A", "128.10.30.9"), TOP[0])),
    ("CNAME and other data", (*TOP, ("ask.com.", "CNAME", "ask.org."), TOP[0])),
    ("end of file", TOP),
    ("a message without records", ()),
]


@pytest.mark.parametrize(("why", "records"), WRONG, ids=[why for why, _ in WRONG])
def test_what_is_no_zone(
    internet: Make, why: str, records: tuple[tuple[str, str, str], ...]
) -> None:
    assert why in outcome(internet, lambda query: [reply(query, *records)])


def test_an_older_version_than_was_promised(internet: Make) -> None:
    old = ("ask.com.", "SOA", SOA.replace("2026030299", "2026030200"))
    reason = outcome(internet, lambda query: [reply(query, old, TOP[1], old)])
    assert reason == "serial 2026030200 came, which is not newer than 2026030201"


def test_answers_to_another_question(internet: Make) -> None:
    whole = (*TOP, TOP[0])
    assert "message ID" in outcome(internet, lambda q: [reply(q, *whole, number=1)])
    assert "REFUSED" in outcome(internet, lambda q: [reply(q, rcode=Rcode.REFUSED)])

    def other(query: Message) -> Iterator[bytes]:
        asked = dns.message.make_query("ask.org", "AXFR", id=query.id)
        yield reply(asked, *whole)

    assert "question name mismatch" in outcome(internet, other)


@pytest.mark.parametrize("octets", [b"", b"\0", b"\xff" * 12, b"\0" * 65535, b"HTTP/1.1 200 OK"])
def test_octets_that_are_no_dns(internet: Make, octets: bytes) -> None:
    assert "no message of a transfer" in outcome(internet, lambda _: [wire.frame(octets)])


def test_a_name_that_points_to_itself(internet: Make) -> None:
    def loop(query: Message) -> Iterator[bytes]:
        head = dns.message.make_response(query).to_wire()
        record = b"\xc0" + bytes([len(head)]) + b"\0\2\0\1\0\0\0\1\0\2\xc0" + bytes([len(head)])
        yield wire.frame(head[:6] + b"\0\1" + head[8:] + record)

    assert "no message of a transfer" in outcome(internet, loop)


def test_records_without_end(internet: Make) -> None:
    def endless(query: Message) -> Iterator[bytes]:
        yield reply(query, *TOP)
        for number in range(600):
            hosts = [(f"h{number}-{n}.ask.com.", "A", "128.10.30.9") for n in range(20)]
            yield reply(query, *hosts)

    assert "more than 1000 records" in outcome(internet, endless, transfer_records=1000)
    assert "more than 9000 octets" in outcome(internet, endless, transfer_octets=9000)
    assert "timed out" in outcome(internet, endless, transfer_time=5)


def test_a_primary_that_falls_silent(internet: Make) -> None:
    assert "timed out" in outcome(internet, lambda query: [reply(query, *TOP), None])


def test_an_answer_without_a_signature_where_a_key_is_shared(internet: Make) -> None:
    key = 'key "k" { algorithm hmac-sha256; secret "c2VjcmV0"; };\n'
    copy = key + COPY.replace("30.1;", "30.1 key k;")
    whole = (*TOP, TOP[0])
    reason = outcome(internet, lambda query: [reply(query, *whole, signed=False)], copy)
    assert "expected a TSIG" in reason
    reason = outcome(internet, lambda query: [reply(query, *whole)], copy, signed=False)
    assert "response requires a TSIG" in reason


def test_records_of_other_zones_are_left_out(internet: Make) -> None:
    """As BIND does: they do not spoil the rest, and nobody is told them."""
    foreign = ("www.example.com.", "A", "192.0.2.66")

    async def main(world: World) -> None:
        net = internet(world)
        world.network.add_host(BAD, HERE)

        def script(query: Message) -> list[bytes]:
            return [reply(query, *TOP, foreign, TOP[0])]

        await world.network.listen_udp(BAD, 53, lambda: Primary(script, True))
        await world.network.listen(BAD, 53, lambda: Primary(script, True))
        server = await net.serve(HERE, "ns2.ask.com", net.files("ns2.ask.com", COPY))
        await world.clock.run(within="1m")
        (served,) = server.zones.served.values()
        assert len(served) == 2  # type: ignore[arg-type]
        assert "example" not in server.files.read_text("/etc/bind/copy")
        await server.stop()

    simulate(main, flow=False)
