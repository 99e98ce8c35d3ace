"""Zones handed over, fetched, kept fresh and given up; changes announced."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import dns.flags
import dns.message
import dns.rrset
import dns.tsig
import pytest
from dns.rcode import Rcode

from labmail.dns import Limits, NameServer, wire
from labmail.dns.copyevents import (
    NotifyHeard,
    NotifySent,
    SerialAsked,
    ZoneExpired,
    ZoneFetched,
    ZoneNotFetched,
    ZoneNotSent,
    ZoneSent,
)
from labmail.world import HostFiles, World, simulate

from .conftest import ASK, PRIMARY, Internet

Make = Callable[[World], Internet]
NS, NS2, MAIL = "128.10.30.1", "128.10.12.1", "128.10.12.4"
KEY = 'key "transfers" { algorithm hmac-sha256; secret "c2VjcmV0IG9mIHR3byBzZXJ2ZXJz"; };\n'
TWO = ASK.replace("@ IN NS ns\n", "@ IN NS ns\n@ IN NS ns2\nns2 A 128.10.12.1\n")
OPEN = "options { allow-transfer { 128.10.12.0/24; }; };\n"
COPY = 'zone "ask.com" { type secondary; primaries { 128.10.30.1; }; file "copy/db.ask.com"; };\n'
FILE = "/etc/bind/copy/db.ask.com"


def version(number: int, text: str = TWO) -> str:
    return text.replace("2026030201", str(number))


class Two:
    """A primary with ask.com, and its secondary."""

    def __init__(self, net: Internet, primary: NameServer, secondary: NameServer) -> None:
        self.net, self.primary, self.secondary = net, primary, secondary

    @classmethod
    async def start(
        cls, net: Internet, *, conf: str = OPEN, copy: str = COPY, zone: str = TWO, **settings: Any
    ) -> Two:
        primary = await net.server(NS, "ns.ask.com", conf, ask__com=zone)
        files = net.files("ns2.ask.com", copy)
        two = cls(net, primary, await net.serve(NS2, "ns2.ask.com", files, **settings))
        await net.world.clock.run(within="1m")
        return two

    async def change(self, text: str) -> None:
        self.primary.files.write_text("/etc/bind/db.ask.com", text)
        self.primary.reload()
        await self.net.world.clock.run(within="1m")

    async def serial(self) -> int | None:
        """What the secondary answers; None for SERVFAIL."""
        reply = await query(self.net.world, NS2, "ask.com", "SOA")
        if reply.rcode() == Rcode.SERVFAIL:
            return None
        assert reply.flags & dns.flags.AA
        return int(reply.answer[0][0].serial)

    def told(self, kind: type, host: str = "ns2.ask.com") -> list[Any]:
        return list(self.net.trace.find(kind, host=host))


async def query(world: World, server: str, name: str, rdtype: str) -> dns.message.Message:
    asked = dns.message.make_query(name, rdtype)
    data = await world.network.exchange(MAIL, server, 53, asked.to_wire(), 5)
    return dns.message.from_wire(data)


async def over_tcp(
    world: World, asked: dns.message.Message, source: str = MAIL, server: str = NS
) -> list[dns.message.Message]:
    """Every message of the answer, up to the second SOA record or an error."""
    reader, writer = await world.network.open_stream(source, server, 53)
    writer.write(wire.frame(asked.to_wire()))
    found: list[dns.message.Message] = []
    while sum(rrset.rdtype == 6 for each in found for rrset in each.answer) < 2:
        data = await wire.read_frame(reader)
        found.append(dns.message.from_wire(data, one_rr_per_rrset=True))
        if found[-1].rcode() != Rcode.NOERROR or asked.question[0].rdtype == 251:
            break
    writer.close()
    return found


# -- handing over


def test_a_zone_is_handed_over_whole(internet: Make) -> None:
    async def main(world: World) -> None:
        net = internet(world)
        await net.server(NS, "ns.ask.com", OPEN, ask__com=TWO)
        (message,) = await over_tcp(world, dns.message.make_query("ask.com", "AXFR"))
        records = [rrset.to_text() for rrset in message.answer]
        assert records[0] == records[-1] and " SOA " in records[0]
        assert len(records) == 9 and message.flags & dns.flags.AA
        (sent,) = net.trace.find(ZoneSent)
        assert sent.question == f"{MAIL} asks for a copy of ask.com (AXFR). May it have one?"
        assert sent.answer.startswith("Yes: 9 records in 1 message, ")

    simulate(main, flow=False)


def test_a_large_zone_goes_in_many_messages(internet: Make) -> None:
    async def main(world: World) -> None:
        net = internet(world)
        many = "".join(f'h{n} TXT "{"x" * 200}"\n' for n in range(1000))
        await net.server(NS, "ns.ask.com", OPEN, ask__com=TWO + many)
        messages = await over_tcp(world, dns.message.make_query("ask.com", "AXFR"))
        assert len(messages) > 9 and sum(len(m.answer) for m in messages) == 1009
        assert all(not m.question for m in messages[1:])

    simulate(main, flow=False)


@pytest.mark.parametrize(
    ("name", "conf", "rcode", "reason"),
    [
        ("ask.com", "", Rcode.REFUSED, "zone transfer 'ask.com/AXFR/IN' denied"),
        ("www.ask.com", OPEN, Rcode.NOTAUTH, "'www.ask.com/IN': non-authoritative zone"),
        ("example.com", OPEN, Rcode.NOTAUTH, "'example.com/IN': non-authoritative zone"),
    ],
)
def test_a_zone_is_not_handed_over(
    internet: Make, name: str, conf: str, rcode: Rcode, reason: str
) -> None:
    async def main(world: World) -> None:
        net = internet(world)
        await net.server(NS, "ns.ask.com", conf, ask__com=TWO)
        (message,) = await over_tcp(world, dns.message.make_query(name, "AXFR"))
        assert message.rcode() == rcode and not message.answer
        (told,) = net.trace.find(ZoneNotSent)
        assert told.reason == reason

    simulate(main, flow=False)


def test_over_udp_there_is_no_transfer(internet: Make) -> None:
    async def main(world: World) -> None:
        net = internet(world)
        await net.server(NS, "ns.ask.com", OPEN, ask__com=TWO)
        reply = await query(world, NS, "ask.com", "AXFR")
        assert reply.rcode() == Rcode.FORMERR

    simulate(main, flow=False)


@pytest.mark.parametrize(("known", "records"), [(2026030200, 9), (2026030201, 1), (2026030299, 1)])
def test_ixfr_is_answered_with_the_whole_or_with_nothing_new(
    internet: Make, known: int, records: int
) -> None:
    async def main(world: World) -> None:
        net = internet(world)
        await net.server(NS, "ns.ask.com", OPEN, ask__com=TWO)
        asked = dns.message.make_query("ask.com", "IXFR")
        soa = f"ns.ask.com. hostmaster.ask.com. {known} 1 1 1 1"
        asked.authority = [dns.rrset.from_text("ask.com.", 0, "IN", "SOA", soa)]
        (message,) = await over_tcp(world, asked)
        assert len(message.answer) == records
        data = await world.network.exchange(MAIL, NS, 53, asked.to_wire(), 5)
        assert len(dns.message.from_wire(data).answer) == 1

    simulate(main, flow=False)


def test_so_many_at_a_time(internet: Make) -> None:
    async def main(world: World) -> None:
        net = internet(world)
        many = "".join(f'h{n} TXT "{"x" * 250}"\n' for n in range(5000))
        files = net.files("ns.ask.com", OPEN, ask__com=TWO + many)
        server = await net.serve(NS, "ns.ask.com", files, limits=Limits(transfers_out=2))
        asked = wire.frame(dns.message.make_query("ask.com", "AXFR").to_wire())
        streams = [await world.network.open_stream(MAIL, NS, 53) for _ in range(3)]
        for reader, writer in streams:
            writer.write(asked)
            reader._transport.pause_reading()
        await world.clock.settle()
        assert server.service.exchange.sending == 2
        (told,) = net.trace.find(ZoneNotSent)
        assert told.reason == "more than 2 transfers at a time"
        await world.clock.advance("1m")
        assert server.service.exchange.sending == 0, "those who take nothing are left"
        assert len(net.trace.find(ZoneNotSent)) == 3

    simulate(main, flow=False)


# -- keys


def signed(name: str, secret: bytes, zone: str = "ask.com") -> dns.message.Message:
    asked = dns.message.make_query(zone, "AXFR")
    asked.use_tsig(dns.tsig.Key(name, secret))
    return asked


def test_with_a_key_and_without(internet: Make) -> None:
    async def main(world: World) -> None:
        net = internet(world)
        conf = KEY + "options { allow-transfer { key transfers; }; };\n"
        await net.server(NS, "ns.ask.com", conf, ask__com=TWO)
        (refused,) = await over_tcp(world, dns.message.make_query("ask.com", "AXFR"))
        assert refused.rcode() == Rcode.REFUSED
        for name, secret in (("transfers", b"a guess"), ("other", b"secret of two servers")):
            reader, writer = await world.network.open_stream(MAIL, NS, 53)
            writer.write(wire.frame(signed(name, secret).to_wire()))
            reply = dns.message.from_wire(await wire.read_frame(reader), keyring=False)
            assert reply.rcode() == Rcode.NOTAUTH and not reply.answer
            writer.close()
        copy = KEY + COPY.replace("30.1;", "30.1 key transfers;")
        await net.serve(NS2, "ns2.ask.com", net.files("ns2.ask.com", copy))
        await world.clock.run(within="1m")
        (fetched,) = net.trace.find(ZoneFetched)
        assert fetched.serial == 2026030201
        (sent,) = net.trace.find(ZoneSent)
        assert sent.answer.startswith("Yes, signed with the key transfers: 9 records")

    simulate(main, flow=False)


def test_the_key_of_a_server(internet: Make) -> None:
    async def main(world: World) -> None:
        conf = KEY + "options { allow-transfer { key transfers; }; };\n"
        copy = KEY + "server 128.10.30.1 { keys { transfers; }; };\n" + COPY
        two = await Two.start(internet(world), conf=conf, copy=copy)
        assert await two.serial() == 2026030201
        (sent,) = two.told(ZoneSent, "ns.ask.com")
        assert sent.key == "transfers"

    simulate(main, flow=False)


def test_two_secrets(internet: Make) -> None:
    """The name of the key is the same on both sides, the secret is not."""

    async def main(world: World) -> None:
        copy = KEY.replace("c2Vj", "d2Vj") + COPY.replace("30.1;", "30.1 key transfers;")
        two = await Two.start(internet(world), conf=KEY + OPEN, copy=copy)
        assert await two.serial() is None
        told = two.told(ZoneNotFetched)[0]
        assert "tsig indicates error (BADSIG)" in told.reason

    simulate(main, flow=False)


def test_many_messages_are_signed(internet: Make) -> None:
    async def main(world: World) -> None:
        many = "".join(f'h{n} TXT "{"x" * 200}"\n' for n in range(500))
        copy = KEY + COPY.replace("30.1;", "30.1 key transfers;")
        conf = KEY + "options { allow-transfer { key transfers; }; };\n"
        two = await Two.start(internet(world), conf=conf, copy=copy, zone=TWO + many)
        assert await two.serial() == 2026030201
        (sent,) = two.told(ZoneSent, "ns.ask.com")
        assert sent.messages > 4

    simulate(main, flow=False)


def test_a_secret_is_in_no_event_and_no_problem(internet: Make) -> None:
    async def main(world: World) -> None:
        net = internet(world)
        copy = KEY + COPY.replace("30.1;", "30.1 key unknown;")
        two = await Two.start(net, conf=KEY + OPEN, copy=copy)
        (told,) = two.told(ZoneNotFetched)[:1]
        assert told.reason == "unable to find key: unknown"
        assert "unable to find key: found 'unknown'" in str(two.secondary.problems[0])
        shown = repr(two.secondary.zones.conf) + repr(list(net.trace.find()))
        assert "c2VjcmV0" not in shown and "secret of" not in shown

    simulate(main, flow=False)


# -- fetching, and keeping fresh


def test_a_copy_is_fetched_served_and_kept(internet: Make) -> None:
    async def main(world: World) -> None:
        two = await Two.start(internet(world))
        assert await two.serial() == 2026030201
        (asked,), (fetched,) = two.told(SerialAsked), two.told(ZoneFetched)
        assert asked.answer == "It has serial 2026030201; here is none yet."
        assert fetched.answer == f"Yes: 8 records, serial 2026030201, kept in {FILE}."
        text = two.secondary.files.read_text(FILE)
        assert text.startswith("$ORIGIN .\n$TTL 3600\t; 1 hour\nask.com\t\t\tIN SOA\tns.ask.com.")

    simulate(main, flow=False)


def test_the_events_follow_from_each_other(internet: Make) -> None:
    async def main(world: World) -> None:
        two = await Two.start(internet(world))
        await two.change(version(2026030202))
        (heard,) = [e for e in two.told(NotifyHeard) if e.serial == 2026030202]
        asked, fetched = two.told(SerialAsked)[-1], two.told(ZoneFetched)[-1]
        sent = two.told(ZoneSent, "ns.ask.com")[-1]
        assert asked.cause == heard.name
        assert (sent.cause, fetched.cause) == (asked.name, sent.name)

    simulate(main, flow=False)


def test_a_raised_serial_is_announced_and_fetched_at_once(internet: Make) -> None:
    async def main(world: World) -> None:
        two = await Two.start(internet(world))
        begun = world.clock.time()
        await two.change(version(2026030202))
        assert await two.serial() == 2026030202 and world.clock.time() - begun < 5
        (sent,) = [e for e in two.told(NotifySent, "ns.ask.com") if e.serial == 2026030202]
        assert sent.answer == "Yes."
        assert "serial 2026030202 in place of 2026030201" in two.told(ZoneFetched)[-1].answer

    simulate(main, flow=False)


def test_a_serial_that_is_not_raised_changes_nothing(internet: Make) -> None:
    """Fault F09: the primary is right, the secondary answers what was."""

    async def main(world: World) -> None:
        two = await Two.start(internet(world))
        await two.change(TWO.replace("mail A 128.10.30.2", "mail A 128.10.30.77"))
        assert "serial (2026030201) unchanged" in str(two.primary.problems[-1])
        await world.clock.advance("2h")
        for server, address in ((NS, "128.10.30.77"), (NS2, "128.10.30.2")):
            reply = await query(world, server, "mail.ask.com", "A")
            assert str(reply.answer[0][0]) == address
        assert two.told(SerialAsked)[-1].answer == "No: both have serial 2026030201."

    simulate(main, flow=False)


def test_a_lower_serial_changes_nothing_either(internet: Make) -> None:
    async def main(world: World) -> None:
        two = await Two.start(internet(world))
        await two.change(version(2026030105))
        await world.clock.advance("2h")
        assert await two.serial() == 2026030201
        assert two.told(SerialAsked)[-1].answer.endswith("lower than ours, 2026030201. Ours stays.")

    simulate(main, flow=False)


def test_serials_go_round_the_end_of_32_bits(internet: Make) -> None:
    async def main(world: World) -> None:
        two = await Two.start(internet(world), zone=version(4294967290))
        await two.change(version(5))
        assert await two.serial() == 5

    simulate(main, flow=False)


def test_without_notify_the_refresh_finds_it(internet: Make) -> None:
    async def main(world: World) -> None:
        two = await Two.start(internet(world), conf=OPEN.replace("{ allow", "{ notify no; allow"))
        await two.change(version(2026030202))
        assert await two.serial() == 2026030201
        assert not two.told(NotifyHeard)
        await world.clock.advance("1h")
        assert await two.serial() == 2026030202

    simulate(main, flow=False)


def test_a_primary_that_is_down_is_asked_again_and_again(internet: Make) -> None:
    async def main(world: World) -> None:
        two = await Two.start(internet(world))
        world.network.down(NS)
        await world.clock.advance("65m")
        (first,) = two.told(ZoneNotFetched)
        assert first.answer == (
            "No, serial 2026030201 stays: failure trying primary 128.10.30.1#53: timed out."
        )
        await world.clock.advance("11m")
        assert len(two.told(ZoneNotFetched)) == 2, "ten minutes after the first: retry"
        assert await two.serial() == 2026030201
        await world.clock.advance("8d")
        assert await two.serial() is None
        (expired,) = two.told(ZoneExpired)
        assert "since 2026-03-02 09:00 UTC" in expired.answer
        two.secondary.reload()
        assert await two.serial() is None, "a reload makes an old copy no younger"
        world.network.up(NS)
        await world.clock.advance("11m")
        assert await two.serial() == 2026030201

    simulate(main, flow=False)


def test_without_a_copy_there_is_servfail_and_more_and_more_patience(internet: Make) -> None:
    async def main(world: World) -> None:
        net = internet(world)
        await net.serve(NS2, "ns2.ask.com", net.files("ns2.ask.com", COPY))
        reply = await query(world, NS2, "www.ask.com", "A")
        assert reply.rcode() == Rcode.SERVFAIL
        begun = world.clock.time()
        await world.clock.advance("16m")
        tried = [round(e.time - begun) for e in net.trace.find(ZoneNotFetched)]
        assert tried == [0, 60, 180, 420, 900]

    simulate(main, flow=False)


def test_a_restart_serves_the_copy_before_the_primary_answers(internet: Make) -> None:
    async def main(world: World) -> None:
        two = await Two.start(internet(world))
        await two.secondary.stop()
        world.network.down(NS)
        files = two.secondary.files
        again = await two.net.serve(NS2, "ns2.ask.com", files)
        assert await two.serial() == 2026030201
        await again.stop()
        assert os.stat(HostFiles(files.root).real(FILE)).st_mtime == world.clock.time()
        await world.clock.advance("8d")
        late = await two.net.serve(NS2, "ns2.ask.com", files)
        await world.clock.run(within="1s")
        assert await two.serial() is None, "the copy was too old by the file's date"
        await late.stop()

    simulate(main, flow=False)


def test_the_second_primary_is_asked_where_the_first_fails(internet: Make) -> None:
    async def main(world: World) -> None:
        copy = COPY.replace("{ 128.10.30.1", "{ 128.10.30.2; 128.10.30.1")
        two = await Two.start(internet(world), copy=copy)
        assert await two.serial() == 2026030201
        told = two.told(ZoneNotFetched)[0]
        assert "128.10.30.2#53: connection refused" in told.reason

    simulate(main, flow=False)


def test_a_full_disk_keeps_nobody_from_being_served(internet: Make) -> None:
    async def main(world: World) -> None:
        net = internet(world)
        await net.server(NS, "ns.ask.com", OPEN, ask__com=TWO)
        files = net.files("ns2.ask.com", COPY)
        files.disk.full = True
        await net.serve(NS2, "ns2.ask.com", files)
        await world.clock.run(within="1m")
        (told,) = net.trace.find(ZoneFetched)
        assert "could not be kept: No space left on device" in told.answer

    simulate(main, flow=False)


# -- announcing


def test_notify_is_believed_from_primaries_only(internet: Make) -> None:
    async def main(world: World) -> None:
        two = await Two.start(internet(world))
        asked = dns.message.make_query("ask.com", "SOA", flags=dns.flags.AA)
        asked.set_opcode(4)
        looks = len(two.told(SerialAsked))
        for source, rcode in ((MAIL, Rcode.REFUSED), (NS, Rcode.NOERROR)):
            data = await world.network.exchange(source, NS2, 53, asked.to_wire(), 5)
            assert dns.message.from_wire(data).rcode() == rcode
        await world.clock.run(within="1m")
        assert len(two.told(SerialAsked)) == looks + 1
        stranger = next(e for e in two.told(NotifyHeard) if e.client == MAIL)
        assert stranger.answer == "Nothing: refused notify from non-primary."

    simulate(main, flow=False)


def test_allow_notify_lets_others_tell(internet: Make) -> None:
    async def main(world: World) -> None:
        copy = COPY.replace("file", "allow-notify { 128.10.12.4; }; file")
        two = await Two.start(internet(world), copy=copy)
        asked = dns.message.make_query("ask.com", "SOA", flags=dns.flags.AA)
        asked.set_opcode(4)
        data = await world.network.exchange(MAIL, NS2, 53, asked.to_wire(), 5)
        assert dns.message.from_wire(data).rcode() == Rcode.NOERROR
        assert two.told(NotifyHeard)[-1].taken

    simulate(main, flow=False)


def test_also_notify_and_a_server_that_does_not_answer(internet: Make) -> None:
    async def main(world: World) -> None:
        net = internet(world)
        world.network.down("128.10.30.2")
        conf = "options { also-notify { 128.10.12.1; 128.10.30.2; }; notify explicit; };\n"
        await net.server(NS, "ns.ask.com", conf, ask__com=TWO)
        await world.clock.advance("1m")
        told = {event.server: event.answer for event in net.trace.find(NotifySent)}
        assert told["128.10.30.2"] == "No: no answer, 3 times."
        assert told["128.10.12.1"].startswith("No: ")

    simulate(main, flow=False)


def test_a_zone_with_one_name_server_is_announced_to_nobody(internet: Make) -> None:
    async def main(world: World) -> None:
        net = internet(world)
        await net.companies()
        await world.clock.run(within="1m")
        assert not net.trace.find(NotifySent)

    simulate(main, flow=False)


def test_a_secondary_tells_the_next(internet: Make) -> None:
    async def main(world: World) -> None:
        net = internet(world)
        hop = COPY.replace("file", "allow-transfer { any; }; also-notify { 128.10.30.2; }; file")
        two = await Two.start(net, copy=hop)
        last = COPY.replace("{ 128.10.30.1", "{ 128.10.12.1")
        third = await net.serve("128.10.30.2", "ns3.ask.com", net.files("ns3.ask.com", last))
        await world.clock.run(within="1m")
        await two.change(version(2026030207))
        assert [z.serial for z in third.zones.served.values()] == [2026030207]

    simulate(main, flow=False)


def test_a_reload_begins_and_ends_copies(internet: Make) -> None:
    async def main(world: World) -> None:
        two = await Two.start(internet(world))
        conf = "/etc/bind/named.conf.local"
        two.secondary.files.write_text(conf, "")
        two.secondary.reload()
        await world.clock.advance("3h")
        assert len(two.told(SerialAsked)) == 1
        two.secondary.files.write_text(conf, "// again\n" + COPY)
        two.secondary.reload()
        await world.clock.run(within="1m")
        assert await two.serial() == 2026030201 and len(two.told(SerialAsked)) == 2
        two.secondary.files.write_text(conf, "// moved\n\n" + COPY)
        two.secondary.reload()
        await world.clock.run(within="1m")
        assert len(two.told(SerialAsked)) == 2, "the same statement on another line"

    simulate(main, flow=False)


# -- how the real ones see it


@pytest.mark.peer("dig")
def test_dig_axfr(internet: Make) -> None:
    async def main(world: World) -> None:
        net = internet(world)
        await net.server(NS, "ns.ask.com", KEY + OPEN, ask__com=TWO)
        assert "; Transfer failed." in await net.dig(NS, "axfr", "ask.com")
        shown = await net.dig(NS, "axfr", "ask.com", client=MAIL)
        assert ";; XFR size: 9 records (messages 1, bytes " in shown
        key = "hmac-sha256:transfers:c2VjcmV0IG9mIHR3byBzZXJ2ZXJz"
        shown = await net.dig(NS, "-y", key, "axfr", "ask.com", client=MAIL)
        assert "XFR size: 9 records" in shown and "TSIG" in shown and "verify" not in shown
        for wrong, error in ((key[:-4] + "AAAA", "BADSIG"), (key.replace("tran", "t"), "BADKEY")):
            shown = await net.dig(NS, "-y", wrong, "axfr", "ask.com", client=MAIL)
            assert "verify signature: tsig indicates error" in shown and error in shown
            assert "; Transfer failed." in shown
            shown = await net.dig(NS, "-y", wrong, "soa", "ask.com")
            assert "status: NOTAUTH" in shown and error in shown
        shown = await net.dig(NS, "ixfr=2026030201", "ask.com", "+tcp", client=MAIL)
        assert "XFR size: 1 records" in shown

    simulate(main, live=True)


def test_the_file_is_where_the_host_says(tmp_path: Path, internet: Make) -> None:
    async def main(world: World) -> None:
        chain = COPY.replace("file", "allow-transfer { any; }; file")
        two = await Two.start(internet(world), copy=chain)
        assert two.secondary.files.listdir("/etc/bind/copy") == ["db.ask.com"]
        escape = COPY.replace("copy/db.ask.com", "../../../../evil").replace("30.1", "12.1")
        await two.net.serve("128.10.30.2", "ns3.ask.com", two.net.files("ns3.ask.com", escape))
        await world.clock.run(within="1m")
        assert (tmp_path / "ns3.ask.com" / "evil").exists() and not (tmp_path / "evil").exists()

    simulate(main, flow=False)


def test_a_zone_of_our_own_becomes_a_copy(internet: Make) -> None:
    """Its file is read as a copy; that no primary has confirmed it yet is no reason to fail."""

    async def main(world: World) -> None:
        two = await Two.start(internet(world), copy=PRIMARY.format("ask.com"), zone=TWO)
        assert await two.serial() is None
        two.secondary.files.write_text("/etc/bind/db.ask.com", TWO)
        two.secondary.reload()
        assert await two.serial() == 2026030201 and not two.told(SerialAsked)
        conf = COPY.replace("copy/db.ask.com", "db.ask.com")
        two.secondary.files.write_text("/etc/bind/named.conf.local", conf)
        two.secondary.reload()
        await world.clock.run(within="1m")
        assert await two.serial() == 2026030201 and not two.told(ZoneExpired)
        await two.change(version(2026030202))
        assert await two.serial() == 2026030202

    simulate(main, flow=False)
