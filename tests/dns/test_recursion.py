"""Finding out for others: forwarders, and the way down from the root."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

import dns.flags
import dns.message
import pytest
from dns.rcode import Rcode

from labmail.dns import Answered, Limits
from labmail.world import World, simulate

from .conftest import ASK, EXAMPLE, FORWARD, Internet

Make = Callable[[World], Internet]
NS = "128.10.12.1"


async def ask(world: World, name: str, rdtype: str, **settings: Any) -> dns.message.Message:
    settings = {"use_edns": 0, **settings}
    query = dns.message.make_query(name, rdtype, **settings)
    client = "128.10.12.4"
    data = await world.network.exchange(client, NS, 53, query.to_wire(), 30)
    reply = dns.message.from_wire(data)
    assert query.is_response(reply)
    return reply


def reason(reply: dns.message.Message) -> str:
    return " ".join(option.text or "" for option in reply.extended_errors())


def test_a_forward_zone_for_those_who_may_recurse(internet: Make) -> None:
    async def main(world: World) -> None:
        net = internet(world)
        await net.companies()
        reply = await ask(world, "ask.com", "MX")
        assert str(reply.answer[0][0]) == "10 mail.ask.com."
        assert reply.flags & dns.flags.RA and not reply.flags & dns.flags.AA
        missing = await ask(world, "nobody.ask.com", "MX")
        assert missing.rcode() == Rcode.NXDOMAIN
        assert str(missing.authority[0].name) == "ask.com."
        unwanted = await ask(world, "ask.com", "MX", flags=0)
        assert unwanted.rcode() == Rcode.REFUSED

    simulate(main)


def test_a_question_that_is_passed_on_has_an_id_of_its_own(internet: Make) -> None:
    async def main(world: World) -> None:
        net = internet(world)
        await net.companies()
        for number in (1, 2):
            await ask(world, "ask.com", "MX", id=number)
        passed_on = [event.query[:4] for event in net.trace.find(Answered, host="ns.ask.com")]
        assert len({"0001", "0002", *passed_on}) == 4

    simulate(main)


def test_the_forwarder_is_asked_again_over_tcp(internet: Make) -> None:
    async def main(world: World) -> None:
        net = internet(world)
        big = ASK + "".join(f'big TXT "{"x" * 200} {n}"\n' for n in range(40))
        await net.server(NS, "ns.example.com", FORWARD)
        await net.server("128.10.30.1", "ns.ask.com", ask__com=big)
        assert (await ask(world, "big.ask.com", "TXT")).flags & dns.flags.TC
        asked = [event.transport for event in net.trace.find(Answered, host="ns.ask.com")]
        assert asked == ["UDP", "TCP"]

    simulate(main)


def test_an_alias_that_leaves_the_zone_is_followed_to_other_servers_and_back(
    internet: Make,
) -> None:
    async def main(world: World) -> None:
        net = internet(world)
        ask_com = ASK + "back CNAME mail.example.com.\nloop CNAME loop.example.com.\n"
        example = EXAMPLE + "there CNAME back.ask.com.\nloop CNAME loop.ask.com.\n"
        await net.server(NS, "ns.example.com", FORWARD, example__com=example)
        await net.server("128.10.30.1", "ns.ask.com", ask__com=ask_com)
        www = await ask(world, "www.example.com", "A")
        assert [str(rrset.name) for rrset in www.answer] == ["www.example.com.", "www.ask.com."]
        assert str(www.answer[1][0]) == "128.10.30.9"
        there = await ask(world, "there.example.com", "A")
        assert [str(rrset[0]) for rrset in there.answer] == [
            "back.ask.com.",
            "mail.example.com.",
            "128.10.12.4",
        ]
        loop = await ask(world, "loop.example.com", "A")
        assert loop.rcode() == Rcode.SERVFAIL and "circle" in reason(loop)

    simulate(main)


def test_a_dead_forwarder_is_a_servfail(internet: Make) -> None:
    async def main(world: World) -> None:
        net = internet(world)
        await net.companies()
        world.network.down("128.10.30.1")
        begun = world.clock.time()
        failed = await ask(world, "ask.com", "MX")
        assert failed.rcode() == Rcode.SERVFAIL
        assert "no answer from 128.10.30.1" in reason(failed)
        assert world.clock.time() - begun == pytest.approx(4, abs=0.5)
        assert (await ask(world, "example.com", "MX")).answer, "its own zone is not affected"

    simulate(main)


def test_the_second_forwarder_answers_for_the_first(internet: Make) -> None:
    async def main(world: World) -> None:
        net = internet(world)
        both = FORWARD.replace("128.10.30.1;", "128.10.30.1; 128.10.30.7;")
        await net.server(NS, "ns.example.com", both)
        await net.server("128.10.30.7", "ns2.ask.com", ask__com=ASK)
        assert (await ask(world, "ask.com", "MX")).answer

    simulate(main)


def test_other_questions_are_answered_while_one_waits(internet: Make) -> None:
    async def main(world: World) -> None:
        net = internet(world)
        await net.companies()
        world.network.down("128.10.30.1")
        waiting = world.loop.create_task(ask(world, "ask.com", "MX"))
        await world.clock.sleep(1)
        begun = world.clock.time()
        assert (await ask(world, "example.com", "MX")).answer
        assert world.clock.time() == begun
        assert (await waiting).rcode() == Rcode.SERVFAIL

    simulate(main)


def test_a_forwarder_that_only_refers_is_no_help(internet: Make) -> None:
    async def main(world: World) -> None:
        net = internet(world)
        conf = 'zone "com" { type forward; forwarders { 192.0.2.54; }; };\n'
        await net.server(NS, "ns.example.com", conf)
        await net.server("192.0.2.54", "ns.com", com=COM)
        reply = await ask(world, "ask.com", "MX")
        assert reply.rcode() == Rcode.SERVFAIL
        assert reason(reply) == "the forwarder does not recurse, it sent us on to ask.com's servers"

    simulate(main)


HINTS = 'zone "." { type hint; file "root.hints"; };\n'
ROOT = (
    "$TTL 3600\n@ SOA ns.root. hostmaster.root. ( 1 1h 10m 1w 5m )\n@ NS ns.root.\n"
    "ns.root. A 192.0.2.53\n"
    "com. NS ns.com.\nns.com. A 192.0.2.54\n"
    "lost. NS ns.elsewhere.lost.\n"
)
COM = (
    "$TTL 3600\n@ SOA ns hostmaster ( 1 1h 10m 1w 5m )\n@ NS ns\nns A 192.0.2.54\n"
    "example NS ns.example\nns.example A 128.10.12.1\n"
    "ask NS ns.ask\nns.ask A 128.10.30.1\n"
)


async def tree(net: Internet, example: str = EXAMPLE, ask_com: str = ASK) -> None:
    """A root server, a server of com, and those of the two companies."""
    root = net.files("root", 'zone "." { type primary; file "db.root"; };\n')
    root.write_text("/etc/bind/db.root", ROOT)
    await net.serve("192.0.2.53", "root", root)
    await net.server("192.0.2.54", "ns.com", com=COM)
    company = net.files("ns.example.com", HINTS, example__com=example)
    company.write_text("/etc/bind/root.hints", ". 3600 NS ns.root.\nns.root. 3600 A 192.0.2.53\n")
    await net.serve(NS, "ns.example.com", company)
    await net.server("128.10.30.1", "ns.ask.com", ask__com=ask_com)


def test_from_the_root_down(internet: Make) -> None:
    async def main(world: World) -> None:
        net = internet(world)
        await tree(net)
        reply = await ask(world, "ask.com", "MX")
        assert str(reply.answer[0][0]) == "10 mail.ask.com."
        road = [event.host for event in net.trace.find(Answered)]
        assert road == ["root", "ns.com", "ns.ask.com", "ns.example.com"]
        assert (await ask(world, "no.such.name.com", "MX")).rcode() == Rcode.NXDOMAIN
        assert (await ask(world, "nowhere", "MX")).rcode() == Rcode.NXDOMAIN
        www = await ask(world, "www.example.com", "A")
        assert str(www.answer[1][0]) == "128.10.30.9"

    simulate(main)


def test_a_delegation_whose_servers_nobody_can_find(internet: Make) -> None:
    async def main(world: World) -> None:
        net = internet(world)
        await tree(net)
        reply = await ask(world, "www.lost", "A")
        assert reply.rcode() == Rcode.SERVFAIL
        assert reason(reply) == "no address is known for the name servers of lost"

    simulate(main)


def test_a_server_that_sends_us_up_again_is_not_believed(internet: Make) -> None:
    async def main(world: World) -> None:
        net = internet(world)

        class Upward(asyncio.DatagramProtocol):
            """Answers every question with a referral to the root."""

            def connection_made(self, transport: Any) -> None:
                self.transport = transport

            def datagram_received(self, data: bytes, addr: Any) -> None:
                reply = dns.message.make_response(dns.message.from_wire(data))
                reply.authority = [dns.rrset.from_text(".", 60, "IN", "NS", "ns.root.")]
                self.transport.sendto(reply.to_wire(), addr)

        world.network.add_host("192.0.2.99")
        await world.network.listen_udp("192.0.2.99", 53, Upward)
        conf = 'zone "com" { type forward; forwarders { 192.0.2.99; }; };\n'
        other = net.files("other", conf + "options { allow-recursion { any; }; };\n")
        await net.serve("128.10.12.3", "other", other)
        query = dns.message.make_query("ask.com", "MX", use_edns=0)
        data = await world.network.exchange("128.10.12.4", "128.10.12.3", 53, query.to_wire(), 30)
        reply = dns.message.from_wire(data)
        assert reply.rcode() == Rcode.SERVFAIL and "lame" in reason(reply)

    simulate(main)


def test_two_servers_that_forward_to_each_other_do_not_ask_for_ever(internet: Make) -> None:
    async def main(world: World) -> None:
        net = internet(world)
        one = "options { allow-recursion { any; }; forwarders { 128.10.30.1; }; };\n"
        two = "options { allow-recursion { any; }; forwarders { 128.10.12.1; }; };\n"
        await net.server(NS, "one", one)
        await net.server("128.10.30.1", "two", two)
        reply = await ask(world, "www.anywhere.test", "A")
        assert reply.rcode() == Rcode.SERVFAIL
        assert len(net.trace.events) < 20
        await world.clock.sleep(60)
        told = len(net.trace.events)
        await world.clock.sleep(600)
        assert len(net.trace.events) == told, "all is quiet again"

    simulate(main)


def test_too_many_questions_at_a_time_are_refused(internet: Make) -> None:
    async def main(world: World) -> None:
        net = internet(world)
        files = net.files("ns.example.com", FORWARD)
        await net.serve(NS, "ns.example.com", files, limits=Limits(recursing=3))
        world.network.down("128.10.30.1")
        tasks = [world.loop.create_task(ask(world, f"{n}.ask.com", "A", id=n)) for n in range(5)]
        reasons = [reason(await task) for task in tasks]
        assert sum("too many questions" in each for each in reasons) == 2

    simulate(main)
