"""The resolver of a mail host, and servers that are silent, lie, cut or refuse."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Callable
from typing import Any

import dns.flags
import dns.message
import pytest
from dns.rcode import Rcode

from labmail.dns import Answered, DnsSaid, Lookup, MxLookup, NoAnswer, wire
from labmail.dns.resolvconf import ResolvConf, parse
from labmail.world import World, simulate

from .conftest import ASK, EXAMPLE, FORWARD, Internet, mail_hosts

Make = Callable[[World], Internet]
Reply = Callable[[dns.message.Message], Any]


class Actor(asyncio.DatagramProtocol):
    """A name server that plays a part: ``reply`` gives octets, a message, or None for silence."""

    def __init__(self, reply: Reply) -> None:
        self.reply = reply
        self.queries: list[dns.message.Message] = []

    def connection_made(self, transport: Any) -> None:
        self.transport = transport

    def datagram_received(self, data: bytes, addr: Any) -> None:
        query = dns.message.from_wire(data)
        self.queries.append(query)
        answer = self.reply(query)
        if isinstance(answer, dns.message.Message):
            answer = answer.to_wire()
        if answer is not None:
            self.transport.sendto(answer, addr)


async def actor(world: World, ip: str, reply: Reply) -> Actor:
    world.network.add_host(ip)
    playing = Actor(reply)
    await world.network.listen_udp(ip, 53, lambda: playing)
    return playing


def rcode(code: Rcode) -> Reply:
    def reply(query: dns.message.Message) -> dns.message.Message:
        response = dns.message.make_response(query)
        response.set_rcode(code)
        return response

    return reply


def good(query: dns.message.Message) -> dns.message.Message:
    response = dns.message.make_response(query)
    name = query.question[0].name
    response.answer = [dns.rrset.from_text(name, 60, "IN", "A", "10.0.0.7")]
    return response


def test_the_journey_asks_one_question_of_dns(internet: Make) -> None:
    async def main(world: World) -> None:
        net = internet(world)
        await net.companies()
        letter, recipient = "alice@example.com/1", "bob@ask.com"
        found = await mail_hosts(
            net.resolver(),
            "ask.com",
            letter=letter,
            recipient=recipient,
            cause="mail.example.com#0",
        )
        assert [str(host) for host in found.hosts] == ["mail.ask.com [128.10.30.2], preference 10"]
        (step,) = (event for event in net.trace.about(letter) if event.step)
        assert isinstance(step, MxLookup) and step.name == found.event
        assert (step.label, step.role, step.chapter, step.ok) == ("MX?", "ask", "route", True)
        assert step.question == "Which hosts take mail for ask.com?"
        assert step.answer == ("mail.ask.com [128.10.30.2], preference 10; ns.example.com said so.")
        assert "ask.com has one MX record: 10 mail.ask.com." in step.why
        assert step.peer == "ns.example.com"

    simulate(main)


def test_the_proof_of_the_journey_is_every_question_and_answer_in_order(internet: Make) -> None:
    async def main(world: World) -> None:
        net = internet(world)
        await net.companies()
        found = await mail_hosts(net.resolver(), "ask.com", letter="l/1", cause="router#1")
        said = net.trace.find(DnsSaid)
        assert [event.answer for event in said] == [
            "C: ask.com.  IN  MX ?",
            "S: ask.com.  3600  IN  MX  10 mail.ask.com.",
            "C: mail.ask.com.  IN  AAAA ?",
            "S: ;; NOERROR, no AAAA record\n"
            "ask.com.  300  IN  SOA  ns.ask.com. hostmaster.ask.com. 2026030201 3600 600 "
            "604800 300",
            "C: mail.ask.com.  IN  A ?",
            "S: mail.ask.com.  3600  IN  A  128.10.30.2",
        ]
        causes = [event.cause for event in said] + [net.trace.find(MxLookup)[0].cause]
        assert causes == ["router#1", *(event.name for event in said)], "each follows from the last"
        served = net.trace.find(Answered, host="ns.example.com")
        asked = [(event.query, event.reply) for event in served]
        told = [event.octets for event in said]
        assert list(zip(told[::2], told[1::2], strict=True)) == asked, "the octets of the wire"
        assert not any(event.step for event in said) and found.event

    simulate(main)


def test_a_changed_zone_changes_the_story(internet: Make) -> None:
    async def main(world: World) -> None:
        net = internet(world)
        _, server = await net.companies()
        changed = ASK.replace("@ MX 10 mail", "@ MX 5 www").replace("030201", "030202")
        server.files.write_text("/etc/bind/db.ask.com", changed)
        server.reload()
        await mail_hosts(net.resolver(), "ask.com")
        (step,) = net.trace.find(MxLookup)
        assert step.answer == "www.ask.com [128.10.30.9], preference 5; ns.example.com said so."

    simulate(main)


def test_the_same_questions_have_the_same_trace_on_every_run(internet: Make) -> None:
    def run() -> list[str]:
        async def main(world: World) -> list[str]:
            net = internet(world)
            await net.companies()
            await mail_hosts(net.resolver(), "ask.com", letter="l/1", cause="c#1")
            await mail_hosts(net.resolver(), "ask.com", letter="l/2", cause="c#2")
            return [repr(event) for event in net.trace.events]

        return simulate(main)

    first = run()
    assert first == run()
    ids = [
        line.partition("octets='")[2][:4] for line in first if "text='ask.com.  IN  MX ?" in line
    ]
    assert len(ids) == len(set(ids)) == 2, "another letter, another id"


@pytest.mark.parametrize(
    ("name", "rdtype", "status", "texts"),
    [
        ("mail.example.com", "A", "ok", ("128.10.12.4",)),
        ("MAIL.EXAMPLE.COM.", "a", "ok", ("128.10.12.4",)),
        ("example.com", "MX", "ok", ("10 mail.example.com.",)),
        ("mail.example.com", "MX", "nodata", ()),
        ("nobody.example.com", "A", "nxdomain", ()),
        ("nobody.ask.com", "A", "nxdomain", ()),
        ("www.example.com", "A", "ok", ("128.10.30.9",)),
        ("elsewhere.test", "A", "failed", ()),
        ("a..b", "A", "nxdomain", ()),
        ("x" * 64 + ".com", "A", "nxdomain", ()),
        (".".join(["abcdefgh"] * 40), "MX", "nxdomain", ()),
        ("example.com", "NONSENSE", "nxdomain", ()),
        ("bücher.example.com", "A", "nxdomain", ()),
    ],
)
def test_what_a_query_finds(
    internet: Make, name: str, rdtype: str, status: str, texts: tuple[str, ...]
) -> None:
    async def main(world: World) -> None:
        net = internet(world)
        await net.companies()
        answer = await net.resolver().query(name, rdtype, letter="l/1")
        assert (answer.status, answer.texts) == (status, texts)
        assert answer.why or status == "ok"
        (told,) = net.trace.find(Lookup)
        assert told.name == answer.event and told.letter == "l/1" and not told.step

    simulate(main)


def test_reverse_and_text_records(internet: Make) -> None:
    async def main(world: World) -> None:
        net = internet(world)
        reverse = "$TTL 60\n@ SOA ns.ask.com. h.ask.com. ( 1 2 3 4 5 )\n@ NS ns.ask.com.\n"
        spf = EXAMPLE + '@ TXT "v=spf1 " "mx -all"\n_imap._tcp SRV 0 1 143 mail\n'
        files = net.files(
            "ns",
            example__com=spf,
            **{"30__10__128__in-addr__arpa": reverse + "2 PTR mail.ask.com.\n"},
        )
        await net.serve("128.10.12.1", "ns", files)
        resolver = net.resolver()
        pointer = await resolver.query("2.30.10.128.in-addr.arpa", "PTR")
        assert pointer.texts == ("mail.ask.com.",)
        text = await resolver.query("example.com", "TXT")
        assert text.texts == ('"v=spf1 " "mx -all"',)
        assert b"".join(text.records[0].rdata.strings) == b"v=spf1 mx -all"
        service = await resolver.query("_imap._tcp.example.com", "SRV")
        assert service.texts == ("0 1 143 mail.example.com.",)

    simulate(main)


def test_a_root_zone_lets_the_name_server_say_that_a_domain_does_not_exist(internet: Make) -> None:
    async def main(world: World) -> None:
        net = internet(world)
        await net.companies()
        assert (await mail_hosts(net.resolver(), "nowhere.test")).status == "failed"
        root = 'zone "." { type primary; file "db.root"; };\n'
        files = net.files("ns.example.com", FORWARD + root, example__com=EXAMPLE)
        top = "$TTL 1h\n@ SOA ns.example.com. h.example.com. ( 1 1h 10m 1w 5m )\n"
        files.write_text(
            "/etc/bind/db.root", top + "@ NS ns.example.com.\nns.example.com. A 128.10.12.1\n"
        )
        await net.serve("128.10.12.2", "ns.example.com", files)
        resolver = net.resolver("128.10.12.2")
        assert (await mail_hosts(resolver, "nowhere.test")).status == "nxdomain"
        assert (await mail_hosts(resolver, "ask.com")).hosts, "the longest match still forwards"
        assert (await mail_hosts(resolver, "example.com")).hosts

    simulate(main)


def test_a_silent_server_is_waited_for_and_the_next_is_asked(internet: Make) -> None:
    async def main(world: World) -> None:
        net = internet(world)
        await net.companies()
        silent = await actor(world, "192.0.2.53", lambda query: None)
        begun = world.clock.time()
        answer = await net.resolver("192.0.2.53", "128.10.12.1").query("mail.example.com", "A")
        assert answer.status == "ok" and world.clock.time() - begun == 5
        assert len(silent.queries) == 1
        (missed,) = net.trace.find(NoAnswer)
        assert "no answer from 192.0.2.53" in missed.answer and not missed.ok

    simulate(main)


def test_when_nobody_answers_it_is_asked_twice_around(internet: Make) -> None:
    async def main(world: World) -> None:
        net = internet(world)
        one = await actor(world, "192.0.2.53", lambda query: None)
        world.network.add_host("192.0.2.54")
        world.network.down("192.0.2.54")
        begun = world.clock.time()
        resolver = net.resolver("192.0.2.53", "192.0.2.54", timeout=2, attempts=3)
        found = await mail_hosts(resolver, "ask.com")
        assert found.status == "failed" and len(one.queries) == 3
        assert world.clock.time() - begun == 12
        assert len({query.id for query in one.queries}) == 3, "a new id for every try"
        assert "192.0.2.53" in found.summary and "192.0.2.54" in found.summary

    simulate(main)


def test_no_server_at_all(internet: Make) -> None:
    async def main(world: World) -> None:
        net = internet(world)
        resolver = net.resolver()
        refused = await resolver.query("ask.com", "MX")
        assert (refused.status, refused.why) == (
            "failed",
            "Connection refused by 128.10.12.1 port 53",
        )
        resolver.servers = ("192.0.2.99",)
        assert "unreachable" in (await resolver.query("ask.com", "MX")).why
        resolver.servers = ()
        nothing = await resolver.query("ask.com", "MX")
        assert (nothing.status, nothing.why) == ("failed", "no name server is configured")

    simulate(main)


def other_id(query: dns.message.Message) -> dns.message.Message:
    response = good(query)
    response.id = query.id ^ 1
    return response


def other_question(query: dns.message.Message) -> dns.message.Message:
    response = good(dns.message.make_query("evil.test", "A", id=query.id))
    return response


def no_question(query: dns.message.Message) -> dns.message.Message:
    response = good(query)
    response.question = []
    return response


LIES: list[Reply] = [
    other_id,
    other_question,
    no_question,
    lambda query: query,
    lambda query: b"",
    lambda query: b"garbage",
    lambda query: query.to_wire()[:2] + b"\x80\x00" + b"\xff" * 8,
    lambda query: good(query).to_wire()[:-3],
]


@pytest.mark.parametrize("lie", LIES)
def test_an_answer_to_something_else_is_not_believed(internet: Make, lie: Reply) -> None:
    async def main(world: World) -> None:
        net = internet(world)
        await actor(world, "192.0.2.53", lie)
        alone = await net.resolver("192.0.2.53").query("mail.test", "A")
        assert (alone.status, alone.records) == ("failed", ())
        await actor(world, "192.0.2.54", good)
        both = await net.resolver("192.0.2.53", "192.0.2.54").query("mail.test", "A")
        assert both.texts == ("10.0.0.7",)

    simulate(main)


@pytest.mark.parametrize("code", [Rcode.SERVFAIL, Rcode.REFUSED, Rcode.NOTIMP, Rcode.FORMERR])
def test_a_server_that_cannot_say_is_not_asked_again_but_the_next_is(
    internet: Make, code: Rcode
) -> None:
    async def main(world: World) -> None:
        net = internet(world)
        bad = await actor(world, "192.0.2.53", rcode(code))
        alone = await net.resolver("192.0.2.53").query("mail.test", "A")
        assert (alone.status, alone.why) == ("failed", f"192.0.2.53 answered {code.name}")
        assert len(bad.queries) == 1
        await actor(world, "192.0.2.54", good)
        both = await net.resolver("192.0.2.53", "192.0.2.54").query("mail.test", "A")
        assert both.status == "ok"

    simulate(main)


def test_a_server_without_edns_is_asked_without_it(internet: Make) -> None:
    def old(query: dns.message.Message) -> dns.message.Message:
        if query.edns < 0:
            return good(query)
        response = dns.message.make_response(query)
        response.use_edns(False)
        response.set_rcode(Rcode.FORMERR)
        return response

    async def main(world: World) -> None:
        net = internet(world)
        server = await actor(world, "192.0.2.53", old)
        assert (await net.resolver("192.0.2.53").query("mail.test", "A")).texts == ("10.0.0.7",)
        assert [query.edns for query in server.queries] == [0, -1]

    simulate(main)


def test_what_the_server_says_of_its_failure_reaches_the_reader(internet: Make) -> None:
    async def main(world: World) -> None:
        net = internet(world)
        await net.server("128.10.12.1", "ns.example.com", ask__com=ASK + "www MX 1 x\nx MX\n")
        found = await mail_hosts(net.resolver(), "ask.com")
        assert found.summary == (
            "nobody could say: 128.10.12.1 answered SERVFAIL "
            "(zone ask.com is not loaded due to errors)"
        )

    simulate(main)


def test_a_cut_answer_is_asked_for_over_tcp(internet: Make) -> None:
    async def main(world: World) -> None:
        net = internet(world)
        many = "".join(f"@ MX 10 a-host-with-a-rather-long-name-{n}\n" for n in range(60))
        hosts = "".join(f"a-host-with-a-rather-long-name-{n} A 10.0.0.{n}\n" for n in range(60))
        await net.server("128.10.12.1", "ns", big__test=EXAMPLE + many + hosts)
        answer = await net.resolver().query("big.test", "MX", letter="l/1", cause="c#1")
        assert len(answer.records) == 61
        transports = [(event.speaker, event.transport) for event in net.trace.find(DnsSaid)]
        assert transports == [("C", "UDP"), ("S", "UDP"), ("C", "TCP"), ("S", "TCP")]
        over_tcp = net.trace.find(Answered, transport="TCP")
        assert over_tcp[0].letter == "l/1", "the letter crosses the connection"
        assert over_tcp[0].cause == net.trace.find(DnsSaid)[2].name

    simulate(main)


@pytest.mark.parametrize("behaviour", ["silent", "closes", "cuts", "refuses"])
def test_a_cut_answer_and_no_tcp(internet: Make, behaviour: str) -> None:
    def cut(query: dns.message.Message) -> dns.message.Message:
        response = dns.message.make_response(query)
        response.flags |= dns.flags.TC
        return response

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if behaviour != "silent":
            await wire.read_frame(reader)
            writer.write(b"\0\x50half" if behaviour == "cuts" else b"")
            writer.close()

    async def main(world: World) -> None:
        net = internet(world)
        await actor(world, "192.0.2.53", cut)
        if behaviour != "refuses":
            await world.network.listen(
                "192.0.2.53",
                53,
                lambda: asyncio.StreamReaderProtocol(asyncio.StreamReader(), serve),
            )
        answer = await net.resolver("192.0.2.53").query("mail.test", "A")
        assert answer.status == "failed" and "192.0.2.53" in answer.why

    simulate(main)


def test_aliases_are_followed_over_several_answers_but_not_in_circles(internet: Make) -> None:
    steps = {"a.test.": "b.test.", "b.test.": "c.test.", "x.test.": "y.test.", "y.test.": "x.test."}

    def one_step(query: dns.message.Message) -> dns.message.Message:
        name = str(query.question[0].name)
        if name not in steps:
            return good(query)
        response = dns.message.make_response(query)
        response.answer = [dns.rrset.from_text(name, 60, "IN", "CNAME", steps[name])]
        return response

    def endless(query: dns.message.Message) -> dns.message.Message:
        name = str(query.question[0].name)
        response = dns.message.make_response(query)
        response.answer = [dns.rrset.from_text(name, 60, "IN", "CNAME", "x" + name)]
        return response

    async def main(world: World) -> None:
        net = internet(world)
        await actor(world, "192.0.2.53", one_step)
        resolver = net.resolver("192.0.2.53")
        answer = await resolver.query("a.test", "A")
        assert answer.texts == ("10.0.0.7",)
        assert (answer.aliases, answer.name) == (("a.test", "b.test"), "c.test")
        circle = await resolver.query("x.test", "A")
        assert circle.status == "failed" and "circle" in circle.why
        far = await actor(world, "192.0.2.54", endless)
        assert (await net.resolver("192.0.2.54").query("z.test", "A")).status == "failed"
        assert len(far.queries) < 20

    simulate(main)


def test_records_of_other_names_are_not_taken(internet: Make) -> None:
    def poison(query: dns.message.Message) -> dns.message.Message:
        response = dns.message.make_response(query)
        response.answer = [dns.rrset.from_text("other.test.", 60, "IN", "A", "10.6.6.6")]
        response.additional = [dns.rrset.from_text("mail.test.", 60, "IN", "A", "10.6.6.6")]
        return response

    async def main(world: World) -> None:
        net = internet(world)
        await actor(world, "192.0.2.53", poison)
        answer = await net.resolver("192.0.2.53").query("mail.test", "A")
        assert (answer.status, answer.records) == ("nodata", ())

    simulate(main)


def test_a_referral_is_no_answer(internet: Make) -> None:
    def refer(query: dns.message.Message) -> dns.message.Message:
        response = dns.message.make_response(query)
        response.authority = [dns.rrset.from_text("test.", 60, "IN", "NS", "ns.test.")]
        return response

    async def main(world: World) -> None:
        net = internet(world)
        await actor(world, "192.0.2.53", refer)
        answer = await net.resolver("192.0.2.53").query("mail.test", "A")
        assert answer.status == "failed" and "referral" in answer.why

    simulate(main)


def test_with_the_trace_off_the_answers_are_the_same(internet: Make) -> None:
    async def main(world: World) -> None:
        net = internet(world)
        await net.companies()
        net.trace.on = False
        found = await mail_hosts(net.resolver(), "ask.com", cause="router#1")
        assert found.status == "mx" and found.event is None

    simulate(main)


def test_the_resolver_of_the_machine_is_never_asked(
    internet: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    def forbidden(*args: object, **kwargs: object) -> None:
        raise AssertionError(f"the machine's own resolver was asked: {args}")

    for function in (
        "getaddrinfo",
        "getfqdn",
        "gethostbyname",
        "gethostbyaddr",
        "gethostbyname_ex",
    ):
        monkeypatch.setattr(socket, function, forbidden)

    async def main(world: World) -> None:
        net = internet(world)
        await net.server("128.10.12.1", "ns.example.com", FORWARD, example__com=EXAMPLE)
        big = "".join(f"@ MX 20 a-host-with-a-rather-long-name-{n}\n" for n in range(60))
        await net.server("128.10.30.1", "ns.ask.com", ask__com=ASK + big)
        found = await mail_hosts(net.resolver(), "ask.com")
        assert found.hosts[0].name == "mail.ask.com"
        assert net.trace.find(Answered, transport="TCP"), "over TCP, too"
        assert (await net.resolver().query("nowhere.test", "A")).status == "failed"

    simulate(main)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("", ResolvConf()),
        ("nameserver 128.10.12.1 # ours\n", ResolvConf(("128.10.12.1",))),
        (
            "; no\nnameserver 1.2.3.4\nnameserver 2001:db8::1\n",
            ResolvConf(("1.2.3.4", "2001:db8::1")),
        ),
        ("nameserver one\nnameserver\nsearch ask.com\nnonsense\n", ResolvConf()),
        ("options timeout:2 attempts:3 ndots:1\n", ResolvConf((), 2.0, 3)),
        ("options timeout:x attempts:0 timeout:999\n", ResolvConf()),
        ("nameserver 1.1.1.1\n" * 5, ResolvConf(("1.1.1.1",) * 3)),
    ],
)
def test_resolv_conf(text: str, found: ResolvConf) -> None:
    assert parse(text) == found
