"""The name server on the lab's network, and asked by the real `dig` through a door."""

from __future__ import annotations

import asyncio
import struct
from collections.abc import Callable
from typing import Any

import dns.flags
import dns.message
import pytest
from dns.rcode import Rcode

from labmail.dns import (
    Answered,
    ConfigError,
    Ignored,
    Limits,
    ZoneLoaded,
    ZoneRefused,
    wire,
)
from labmail.world import World, simulate

from .conftest import ASK, Internet

Make = Callable[[World], Internet]
NS = "128.10.30.1"
BIG = ASK + "".join(f'big TXT "{"x" * 200} {n}"\n' for n in range(40))


async def ask(world: World, name: str, rdtype: str, **settings: Any) -> dns.message.Message:
    query = dns.message.make_query(name, rdtype, **settings)
    return dns.message.from_wire(
        await world.network.exchange("128.10.12.4", NS, 53, query.to_wire(), 5)
    )


@pytest.mark.peer("dig")
def test_dig(internet: Make) -> None:
    async def main(world: World) -> None:
        net = internet(world)
        await net.companies()
        answer = await net.dig(NS, "mx", "ask.com", "+nsid")
        assert "status: NOERROR" in answer and ";; flags: qr aa rd;" in answer
        assert "ask.com.\t\t3600\tIN\tMX\t10 mail.ask.com." in answer
        assert "mail.ask.com.\t\t3600\tIN\tA\t128.10.30.2" in answer
        assert '("ns.ask.com")' in answer
        missing = await net.dig(NS, "a", "nobody.ask.com")
        assert "status: NXDOMAIN" in missing
        assert "ask.com.\t\t300\tIN\tSOA\tns.ask.com. hostmaster.ask.com." in missing
        nodata = await net.dig(NS, "mx", "mail.ask.com")
        assert "status: NOERROR" in nodata and "ANSWER: 0, AUTHORITY: 1" in nodata
        refused = await net.dig(NS, "a", "www.elsewhere.test")
        assert "status: REFUSED" in refused
        assert "EDE: 20 (Not Authoritative): (this server has no zone" in refused

    simulate(main, live=True)


@pytest.mark.peer("dig")
def test_dig_over_tcp_after_truncation_and_twice_on_one_connection(internet: Make) -> None:
    async def main(world: World) -> None:
        net = internet(world)
        await net.server(NS, "ns.ask.com", ask__com=BIG)
        answer = await net.dig(NS, "txt", "big.ask.com")
        assert ";; Truncated, retrying in TCP mode." in answer
        assert "ANSWER: 40" in answer and "(TCP)" in answer
        twice = await net.dig(NS, "+tcp", "+keepopen", "-t", "a", "mail.ask.com", "www.ask.com")
        assert twice.count("status: NOERROR") == 2
        assert len({each.connection for each in net.trace.find(Answered, transport="TCP")}) == 2

    simulate(main, live=True)


@pytest.mark.peer("dig")
def test_dig_through_the_door_speaks_for_the_visitor(internet: Make) -> None:
    async def main(world: World) -> None:
        net = internet(world)
        await net.companies()
        stranger = await net.dig("128.10.12.1", "mx", "ask.com")
        assert "status: REFUSED" in stranger and "(Prohibited)" in stranger
        inside = await net.dig("128.10.12.1", "mx", "ask.com", client="128.10.12.4")
        assert "10 mail.ask.com." in inside and ";; flags: qr rd ra;" in inside
        clients = [event.client for event in net.trace.find(Answered, host="ns.example.com")]
        assert clients == ["192.0.2.1", "128.10.12.4"]

    simulate(main, live=True)


def test_the_trace_has_the_octets_that_went_over_the_wire(internet: Make) -> None:
    async def main(world: World) -> None:
        net = internet(world)
        await net.companies()
        query = dns.message.make_query("ask.com", "MX", id=99).to_wire()
        reply = await world.network.exchange("128.10.12.4", NS, 53, query, 5)
        (told,) = net.trace.find(Answered)
        assert (bytes.fromhex(told.query), bytes.fromhex(told.reply)) == (query, reply)
        assert told.asked == "ask.com.  IN  MX ?"
        assert told.answer == "ask.com.  3600  IN  MX  10 mail.ask.com."

    simulate(main)


def test_the_order_of_the_file_is_the_order_of_the_answer(internet: Make) -> None:
    async def main(world: World) -> None:
        net = internet(world)
        many = "".join(f"many A 10.0.0.{n}\n" for n in (9, 3, 7, 1, 8, 2))
        await net.server(NS, "ns.ask.com", ask__com=ASK + many)
        for _ in range(5):
            answer = (await ask(world, "many.ask.com", "A")).answer[0]
            assert [str(rdata)[-1] for rdata in answer] == list("937182")

    simulate(main)


def test_a_message_over_udp_is_cut_and_over_tcp_is_whole(internet: Make) -> None:
    async def main(world: World) -> None:
        net = internet(world)
        await net.server(NS, "ns.ask.com", ask__com=BIG)
        for payload, most in ((None, 512), (1000, 1000)):
            settings = {"use_edns": 0, "payload": payload} if payload else {"use_edns": False}
            query = dns.message.make_query("big.ask.com", "TXT", **settings)
            data = await world.network.exchange("128.10.12.4", NS, 53, query.to_wire(), 5)
            assert len(data) <= most and wire.is_cut(data)
        reader, writer = await world.network.open_stream("128.10.12.4", NS, 53)
        writer.write(wire.frame(query.to_wire()))
        whole = dns.message.from_wire(await wire.read_frame(reader))
        assert len(whole.answer[0]) == 40
        writer.close()

    simulate(main)


def test_many_queries_on_one_connection_even_in_one_piece(internet: Make) -> None:
    async def main(world: World) -> None:
        net = internet(world)
        await net.companies()
        reader, writer = await world.network.open_stream("128.10.12.4", NS, 53)
        queries = [dns.message.make_query("ask.com", "MX", id=n) for n in range(20)]
        writer.write(b"".join(wire.frame(query.to_wire()) for query in queries))
        for query in queries:
            reply = dns.message.from_wire(await wire.read_frame(reader))
            assert query.is_response(reply) and reply.answer
        writer.close()

    simulate(main)


def test_silent_and_slow_clients_are_hung_up_on(internet: Make) -> None:
    async def main(world: World) -> None:
        net = internet(world)
        await net.companies()
        begun = world.clock.time()
        silent, _ = await world.network.open_stream("128.10.12.4", NS, 53)
        slow, writer = await world.network.open_stream("128.10.12.4", NS, 53)

        async def drip() -> None:
            for octet in (b"\0", b"\x20", b"a", b"b"):
                writer.write(octet)
                await asyncio.sleep(9)

        dripping = asyncio.create_task(drip())
        assert await silent.read() == b"" and await slow.read() == b""
        assert world.clock.time() - begun == pytest.approx(30, abs=1)
        await dripping

    simulate(main)


def test_where_there_is_no_place_the_idlest_connection_makes_room(internet: Make) -> None:
    async def main(world: World) -> None:
        net = internet(world)
        files = net.files("ns.ask.com", ask__com=ASK)
        await net.serve(NS, "ns.ask.com", files, limits=Limits(connections=2))
        query = wire.frame(dns.message.make_query("ask.com", "MX").to_wire())

        async def asked(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bool:
            writer.write(query)
            return bool(dns.message.from_wire(await wire.read_frame(reader)).answer)

        first = await world.network.open_stream("128.10.12.4", NS, 53)
        idle, _ = await world.network.open_stream("128.10.12.4", NS, 53)
        assert await asked(*first)
        third = await world.network.open_stream("128.10.12.4", NS, 53)
        assert await asked(*third)
        assert await idle.read() == b""
        assert await asked(*first) and await asked(*third)

    simulate(main)


@pytest.mark.parametrize(
    "junk",
    [
        struct.pack("!H", 65535) + b"x" * 100,  # longer than any query
        struct.pack("!H", 3) + b"abc",  # shorter than a header
        struct.pack("!H", 12) + b"\0\1\x80\0" + b"\0" * 8,  # a response
        b"GET / HTTP/1.1\r\n\r\n",
    ],
)
def test_rubbish_over_tcp_ends_the_connection(internet: Make, junk: bytes) -> None:
    async def main(world: World) -> None:
        net = internet(world)
        await net.companies()
        reader, writer = await world.network.open_stream("128.10.12.4", NS, 53)
        writer.write(junk)
        assert await reader.read() == b""
        assert (await ask(world, "ask.com", "MX")).answer, "the server goes on"
        assert len(net.trace.find(Ignored)) == 1

    simulate(main)


def test_rubbish_over_udp_is_not_answered_and_the_server_goes_on(internet: Make) -> None:
    async def main(world: World) -> None:
        net = internet(world)
        await net.companies()
        response = dns.message.make_response(dns.message.make_query("ask.com", "MX")).to_wire()
        for data in (b"", b"x", b"\xff" * 11, b"\xff" * 500, response):
            with pytest.raises(TimeoutError):
                await world.network.exchange("128.10.12.4", NS, 53, data, 1)
        assert (await ask(world, "ask.com", "MX")).answer

    simulate(main)


def test_a_mistake_of_our_own_is_a_servfail(
    internet: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def main(world: World) -> None:
        net = internet(world)
        server, _ = await net.companies()
        monkeypatch.setattr(type(server.zones), "find", lambda *_: 1 / 0)
        assert (await ask(world, "ask.com", "MX")).rcode() == Rcode.SERVFAIL
        assert "ZeroDivisionError" in net.trace.find(Ignored)[0].reason

    simulate(main)


BROKEN = ASK + "www MX 10 mail\nmail CNAME www\n"


def test_a_broken_zone_survives_a_reload_and_dies_at_the_restart(internet: Make) -> None:
    async def main(world: World) -> None:
        net = internet(world)
        server = await net.server(NS, "ns.ask.com", ask__com=ASK)
        assert (await ask(world, "www.ask.com", "A")).answer
        server.files.write_text("/etc/bind/db.ask.com", BROKEN)
        (problem,) = server.reload()
        assert problem.what == "mail.ask.com: CNAME and other data"
        assert str(problem.spot) == "/etc/bind/db.ask.com:9:6" and problem.zone == "ask.com"
        assert (await ask(world, "www.ask.com", "A")).answer, "the old zone serves on"
        assert net.trace.find(ZoneRefused)[0].kept

        await server.stop()
        assert await server.start() == (problem,)
        dark = await ask(world, "www.ask.com", "A", use_edns=0)
        assert dark.rcode() == Rcode.SERVFAIL
        assert dark.extended_errors()[0].text == "zone ask.com is not loaded due to errors"
        assert not net.trace.find(ZoneRefused)[1].kept

        server.files.write_text("/etc/bind/db.ask.com", ASK.replace("2026030201", "2026030202"))
        assert server.reload() == []
        assert (await ask(world, "www.ask.com", "A")).answer
        assert [event.serial for event in net.trace.find(ZoneLoaded)] == [2026030201, 2026030202]

    simulate(main)


def test_one_broken_zone_leaves_the_others_alone(internet: Make) -> None:
    async def main(world: World) -> None:
        net = internet(world)
        await net.server(NS, "ns.ask.com", ask__com=ASK, bad__test=BROKEN)
        assert (await ask(world, "ask.com", "MX")).answer
        assert (await ask(world, "bad.test", "MX")).rcode() == Rcode.SERVFAIL

    simulate(main)


def test_a_broken_named_conf_keeps_the_old_one_or_stops_the_start(internet: Make) -> None:
    async def main(world: World) -> None:
        net = internet(world)
        server = await net.server(NS, "ns.ask.com", ask__com=ASK)
        server.files.write_text("/etc/bind/named.conf.local", "zone { };")
        (problem,) = server.reload()
        assert str(problem).startswith("/etc/bind/named.conf.local:1:1: ")
        assert (await ask(world, "ask.com", "MX")).answer
        await server.stop()
        with pytest.raises(ConfigError, match=r"named.conf.local:1:1"):
            await server.start()
        refused = net.trace.find(ZoneRefused)
        assert [(event.zone, event.kept) for event in refused] == [("", True), ("", False)]
        assert "Does the configuration load?" in refused[0].question

    simulate(main)


def test_a_reload_adds_changes_and_removes_zones(internet: Make) -> None:
    async def main(world: World) -> None:
        net = internet(world)
        server = await net.server(NS, "ns.ask.com", ask__com=ASK)
        net.files("ns.ask.com", ask__com=ASK + "new A 128.10.30.77\n", more__test=ASK)
        (warning,) = server.reload()
        assert "zone serial (2026030201) unchanged" in warning.what
        assert (await ask(world, "new.ask.com", "A")).answer
        assert (await ask(world, "mail.more.test", "A")).answer
        net.files("ns.ask.com", more__test=ASK)
        assert server.reload() == []
        assert (await ask(world, "ask.com", "MX")).rcode() == Rcode.REFUSED

    simulate(main)


def test_the_longest_match_answers(internet: Make) -> None:
    async def main(world: World) -> None:
        net = internet(world)
        dept = ASK.replace("128.10.30.9", "128.10.30.99")
        await net.server(NS, "ns.ask.com", ask__com=ASK, dept__ask__com=dept)
        assert str((await ask(world, "www.ask.com", "A")).answer[0][0]) == "128.10.30.9"
        assert str((await ask(world, "www.dept.ask.com", "A")).answer[0][0]) == "128.10.30.99"
        assert str((await ask(world, "x.dept.ask.com", "A")).authority[0].name) == "dept.ask.com."

    simulate(main)


def test_allow_query(internet: Make) -> None:
    async def main(world: World) -> None:
        net = internet(world)
        conf = "options { allow-query { 128.10.30.0/24; }; };\n"
        files = net.files("ns.ask.com", conf, ask__com=ASK)
        await net.serve(NS, "ns.ask.com", files)
        refused = await ask(world, "ask.com", "MX", use_edns=0)
        assert refused.rcode() == Rcode.REFUSED
        assert "allow-query" in (refused.extended_errors()[0].text or "")

    simulate(main)


def test_a_port_in_use_is_told_and_nothing_stays_open(internet: Make) -> None:
    async def main(world: World) -> None:
        net = internet(world)
        await net.companies()
        again = net.files("ns.ask.com", ask__com=ASK)
        with pytest.raises(OSError, match="in use"):
            await net.serve(NS, "other", again)
        world.network.add_host("128.10.30.8")
        taken = await world.network.listen("128.10.30.8", 53, asyncio.Protocol)
        with pytest.raises(OSError, match="in use"):
            await net.serve("128.10.30.8", "other", again)
        taken.close()
        await net.serve("128.10.30.8", "other", again)

    simulate(main)


def test_stopping_closes_what_is_open(internet: Make) -> None:
    async def main(world: World) -> None:
        net = internet(world)
        _, server = await net.companies()
        reader, _ = await world.network.open_stream("128.10.12.4", NS, 53)
        await server.stop()
        assert await reader.read() == b""
        with pytest.raises(ConnectionRefusedError):
            await ask(world, "ask.com", "MX")
        await server.stop()
        await server.start()
        assert (await ask(world, "ask.com", "MX")).answer

    simulate(main)
