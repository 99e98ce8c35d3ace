"""Whole journeys between two companies, on one network, through every room of the mail system."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest

from labmail.trace import from_record, to_record
from labmail.world import World, simulate

from .village import Village

HERE, THERE = "mail.example.com", "mail.ask.com"
LETTER = "alice@example.com/1"
Play = Callable[[Village], Awaitable[None]]


def play(tmp: Path, act: Play, **changes: object) -> Village:
    """Runs ``act`` in a village whose clock moves only when told."""

    async def main(world: World) -> Village:
        village = await Village.make(world, tmp, **changes)  # type: ignore[arg-type]
        await act(village)
        await village.close()
        assert village.trace.faults == []
        return village

    return simulate(main, flow=False)


def test_a_letter_goes_from_one_company_to_the_other(tmp_path: Path) -> None:
    async def act(village: Village) -> None:
        await village.send("alice@example.com", "bob@ask.com")
        await village.world.clock.run(within="1m")

    village = play(tmp_path, act)
    assert village.log(HERE)[1:] == [
        "1vwz8C-000001-00 <= alice@example.com H=games.example.com [128.10.12.3]"
        " P=esmtp S=256 id=1@pc.test",
        "1vwz8C-000001-00 => bob@ask.com R=dnslookup T=remote_smtp"
        ' H=mail.ask.com [128.10.30.2] C="250 2.0.0 OK id=1vwz8C-000002-00"',
        "1vwz8C-000001-00 Completed",
    ]
    assert village.log(THERE)[1:] == [
        "1vwz8C-000002-00 <= alice@example.com H=mail.example.com [128.10.12.4]"
        " P=esmtp S=457 id=1@pc.test",
        "1vwz8C-000002-00 => bob <bob@ask.com> R=local_user T=maildir_home",
        "1vwz8C-000002-00 Completed",
    ]
    (stored,) = village.maildir(THERE, "bob")
    assert stored.decode().split("\n") == [
        "Return-path: <alice@example.com>",
        "Envelope-to: bob@ask.com",
        "Delivery-date: Mon, 02 Mar 2026 09:00:00 +0000",
        "Received: from mail.example.com ([128.10.12.4])",
        "\tby mail.ask.com with esmtp (labmail)",
        "\t(envelope-from <alice@example.com>)",
        "\tid 1vwz8C-000002-00",
        "\tfor bob@ask.com;",
        "\tMon, 02 Mar 2026 09:00:00 +0000",
        "Received: from games.example.com ([128.10.12.3])",
        "\tby mail.example.com with esmtp (labmail)",
        "\t(envelope-from <alice@example.com>)",
        "\tid 1vwz8C-000001-00",
        "\tfor bob@ask.com;",
        "\tMon, 02 Mar 2026 09:00:00 +0000",
        "Subject: Lunch",
        "Message-ID: <1@pc.test>",
        "",
        "Noon?",
        "",
    ]
    assert village.spool(HERE) == village.spool(THERE) == []
    assert village.states(LETTER) == {"bob@ask.com": (THERE, "store", "delivered")}


def test_its_steps_are_told_in_order_of_cause(tmp_path: Path) -> None:
    async def act(village: Village) -> None:
        await village.send("alice@example.com", "bob@ask.com")
        await village.world.clock.run(within="1m")

    village = play(tmp_path, act)
    labels = [
        (event.host, event.label)
        for event in village.trace.about(LETTER)
        if event.step and event.chapter
    ]
    assert labels == [
        ("games.example.com", "RCPT"),
        (HERE, "ACL"),
        (HERE, "DATA"),
        (HERE, "spool"),
        (HERE, "router"),
        (HERE, "MX?"),
        (HERE, "RCPT"),
        (THERE, "ACL"),
        (THERE, "DATA"),
        (THERE, "spool"),
        (THERE, "router"),
        (THERE, "Maildir"),
    ]
    known = {event.name for event in village.trace.events}
    mine = [
        e
        for e in village.trace.about(LETTER)
        if type(e).__module__.startswith("labmail.mta.events")
    ]
    assert all(event.cause in known for event in mine)
    for event in village.trace.events:
        assert (event.answer and event.question) or not event.step


def test_why_each_router_did_not_take_it(tmp_path: Path) -> None:
    async def act(village: Village) -> None:
        await village.send("alice@example.com", "bob@ask.com")
        await village.world.clock.run(within="1m")

    village = play(tmp_path, act)
    away, here = village.trace.find("mta.Routed", letter=LETTER)
    assert away.why == (
        "dnslookup, router 3 of 11: ask.com is not in +local_domains."
        " It hands the letter to the transport remote_smtp.",
        "hubbed_hosts was skipped: no item of the list matches ask.com",
        "dnslookup_relay_to_domains was skipped: no item of the list matches ask.com",
    )
    assert here.answer == (
        "local_user: ask.com is in +local_domains, and bob is not root, and /etc/passwd knows bob."
    )
    assert here.why[3:7] == (
        "dnslookup was skipped: ask.com is in +local_domains",
        "real_local was skipped: it does not have the prefix real-",
        "system_aliases declined: /etc/aliases has no entry for bob",
        "userforward was skipped: there is no /home/bob/.forward",
    )
    assert (away.chapter, here.chapter) == ("route", "take")


def test_an_unknown_recipient_comes_back(tmp_path: Path) -> None:
    async def act(village: Village) -> None:
        await village.send("alice@example.com", ["ghost@ask.com", "bob@ask.com"])
        await village.world.clock.run(within="1m")

    village = play(tmp_path, act)
    (bounce,) = village.maildir(HERE, "alice")
    assert b"\nX-Failed-Recipients: ghost@ask.com\n" in bounce
    assert b"Diagnostic-Code: smtp; 550 5.1.1 Unrouteable address\n" in bounce
    assert bounce.startswith(b"Return-path: <>\n")
    assert len(village.maildir(THERE, "bob")) == 1
    assert village.states(LETTER) == {
        "ghost@ask.com": (HERE, "spool", "bounced"),
        "bob@ask.com": (THERE, "store", "delivered"),
    }
    name = f"{HERE}/1vwz8C-000003-00"
    assert village.states(name) == {"alice@example.com": (HERE, "store", "delivered")}
    (told,) = village.trace.find("mta.Bounced")
    first = village.trace.about(name)[0]
    assert first.cause == told.name and first.chapter == "return"
    assert (told.letter, told.cause) == (LETTER, village.trace.find("mta.GivenUp")[0].name)
    assert [line.split(" ", 1)[1] for line in village.log(HERE)[2:6]] == [
        "** ghost@ask.com R=dnslookup T=remote_smtp H=mail.ask.com [128.10.30.2]: SMTP error from"
        " remote mail server after RCPT TO:<ghost@ask.com>: 550 5.1.1 Unrouteable address",
        "=> bob@ask.com R=dnslookup T=remote_smtp H=mail.ask.com [128.10.30.2]"
        ' C="250 2.0.0 OK id=1vwz8C-000002-00"',
        "<= <> R=1vwz8C-000001-00 U=Debian-exim P=local S=1692",
        "Completed",
    ]


@pytest.mark.parametrize(
    ("address", "words"),
    [
        ("x@null.void.test", "an MX or SRV record indicated no SMTP service"),
        ("x@dead.void.test", "all relevant MX records point to non-existent hosts"),
        ("x@inner.void.test", "all relevant MX records point to non-existent hosts"),
        ("x@nothing.void.test", "Unrouteable address"),
        ("ghost@example.com", "Unrouteable address"),
    ],
)
def test_addresses_that_lead_nowhere(address: str, words: str, tmp_path: Path) -> None:
    async def act(village: Village) -> None:
        await village.send("alice@example.com", address)
        await village.world.clock.run(within="1m")

    village = play(tmp_path, act)
    (line,) = [line for line in village.log(HERE) if "**" in line]
    assert line.endswith(f": {words}")
    (bounce,) = village.maildir(HERE, "alice")
    assert words.encode() in bounce


def test_a_host_drops_itself_from_the_list(tmp_path: Path) -> None:
    async def act(village: Village) -> None:
        await village.send("alice@example.com", "x@second.void.test")
        await village.world.clock.run(within="1m")

    village = play(tmp_path, act, relay_to_domains=["second.void.test"])
    assert any("H=mail.ask.com [128.10.30.2]" in line for line in village.log(HERE))


def test_the_next_mail_host_is_tried(tmp_path: Path) -> None:
    async def act(village: Village) -> None:
        village.world.network.refuse("203.0.113.7", 25)
        await village.send("alice@example.com", "bob@two.void.test")
        await village.world.clock.run(within="1m")

    village = play(tmp_path, act)
    lines = [line.split(" ", 1)[1] for line in village.log(HERE)[2:]]
    assert lines[0] == "H=mx.late.void.test [203.0.113.7] Connection refused"
    assert lines[1].startswith("** bob@two.void.test R=dnslookup T=remote_smtp H=mail.ask.com")


def test_an_alias_for_two_people_in_two_kinds_of_mailbox(tmp_path: Path) -> None:
    async def act(village: Village) -> None:
        await village.send("alice@example.com", ["team@ask.com", "bob@ask.com"])
        await village.world.clock.run(within="1m")

    village = play(tmp_path, act, stores={"carol": "mbox"})
    (stored,) = village.maildir(THERE, "bob")
    assert b"Envelope-to: bob@ask.com,\n team@ask.com\n" in stored
    mbox = village.files[THERE].read_text("/var/mail/carol")
    assert mbox.startswith("From alice@example.com Mon Mar 02 09:00:00 2026\n")
    assert "\nEnvelope-to: team@ask.com\n" in mbox
    assert village.states(LETTER) == {
        "team@ask.com": (THERE, "store", "delivered"),
        "bob@ask.com": (THERE, "store", "delivered"),
    }
    assert sorted(line.split(" ", 1)[1] for line in village.log(THERE) if "=>" in line) == [
        "=> bob <team@ask.com> R=local_user T=maildir_home",
        "=> carol <team@ask.com> R=local_user T=mail_spool",
    ]


def test_a_person_forwards_and_keeps_a_copy(tmp_path: Path) -> None:
    async def act(village: Village) -> None:
        village.files[THERE].write_text("/home/bob/.forward", "bob, anna@example.com\n")
        await village.send("alice@example.com", "bob@ask.com")
        await village.world.clock.run(within="1m")

    village = play(tmp_path, act)
    assert len(village.maildir(THERE, "bob")) == len(village.maildir(HERE, "anna")) == 1
    assert b"Envelope-to: anna@example.com\n" in village.maildir(HERE, "anna")[0]
    places = [
        event.places()["bob@ask.com"].state
        for event in village.trace.find("mta.Stored", recipient="bob@ask.com")
    ]
    assert places == ["under way"]


def test_special_aliases(tmp_path: Path) -> None:
    async def act(village: Village) -> None:
        village.files[HERE].write_text(
            "/etc/aliases", "sink: :blackhole:\ngone: :fail: moved to ask.com\nslow: :defer: noon\n"
        )
        names = ["sink@example.com", "gone@example.com", "slow@example.com"]
        await village.send("alice@example.com", names)
        await village.world.clock.run(within="1m")

    village = play(tmp_path, act)
    lines = [line.split(" ", 1)[1] for line in village.log(HERE)[2:5]]
    assert lines == [
        "== slow@example.com R=system_aliases defer (-1): noon",
        "** gone@example.com R=system_aliases: moved to ask.com",
        "=> :blackhole: <sink@example.com> R=system_aliases",
    ]
    assert {who: state for who, (_, _, state) in village.states(LETTER).items()} == {
        "sink@example.com": "delivered",
        "gone@example.com": "bounced",
        "slow@example.com": "deferred",
    }


def test_a_bounce_never_causes_a_bounce(tmp_path: Path) -> None:
    async def act(village: Village) -> None:
        await village.send("nobody@example.com", "ghost@ask.com")
        await village.world.clock.run(within="1m")

    village = play(tmp_path, act)
    lines = village.log(HERE)
    assert lines[-2:] == [
        "1vwz8C-000002-00 ** nobody@example.com: Unrouteable address",
        "1vwz8C-000002-00 Frozen (delivery error message)",
    ]
    assert village.spool(HERE) == ["1vwz8C-000002-00-D", "1vwz8C-000002-00-H"]
    assert village.states(f"{HERE}/1vwz8C-000002-00") == {
        "nobody@example.com": (HERE, "spool", "frozen")
    }
    assert b"\n-frozen 1772442000\n" in (
        village.files[HERE].read_bytes("/var/spool/exim4/input/1vwz8C-000002-00-H")
    )


def test_a_smarthost_takes_everything(tmp_path: Path) -> None:
    async def act(village: Village) -> None:
        village.changes[HERE]["smarthost"] = "mail.ask.com"
        await village.stop(HERE)
        await village.start(HERE)
        await village.send("alice@example.com", "bob@ask.com")
        await village.world.clock.run(within="1m")

    village = play(tmp_path, act)
    assert any(
        " => bob@ask.com R=smarthost T=remote_smtp_smarthost H=mail.ask.com" in line
        for line in village.log(HERE)
    )


def test_a_route_of_ones_own_goes_before_the_dns(tmp_path: Path) -> None:
    async def act(village: Village) -> None:
        await village.send("alice@example.com", "bob@nowhere.test")
        await village.world.clock.run(within="1m")

    village = play(tmp_path, act, routes=[("nowhere.test", "128.10.30.2")])
    assert any("R=hubbed_hosts" in line for line in village.log(HERE))


def test_a_loop_between_two_hosts_ends(tmp_path: Path) -> None:
    """Each host believes that the other one has the domain; the hops are counted."""

    async def act(village: Village) -> None:
        for name, other in ((HERE, "128.10.30.2"), (THERE, "128.10.12.4")):
            village.changes[name] |= {
                "routes": [("loop.test", other)],
                "relay_to_domains": ["loop.test"],
            }
            await village.stop(name)
            await village.start(name)
        await village.send("alice@example.com", "x@loop.test")
        await village.world.clock.run(within="1m")

    village = play(tmp_path, act)
    assert village.maildir(HERE, "alice"), village.log(HERE)[-3:]
    assert any("Too many Received fields" in line for name in (HERE, THERE)
               for line in village.log(name))  # fmt: skip


def test_the_same_journey_is_told_the_same_way(tmp_path: Path) -> None:
    async def act(village: Village) -> None:
        names = ["bob@ask.com", "ghost@ask.com", "anna@example.com", "x@void.test"]
        await village.send("alice@example.com", names)
        await village.world.clock.run(within="1h")

    def told(number: int) -> list[str]:
        village = play(tmp_path / str(number), act)
        return [repr(event) for event in village.trace.events]

    first = told(0)
    assert all(told(number) == first for number in range(1, 4))


def test_events_outlive_the_lab(tmp_path: Path) -> None:
    """Every event of the room is read back from its record as it was told."""

    async def act(village: Village) -> None:
        village.files[HERE].write_text(
            "/etc/aliases", "team: anna, ghost\nsink: :blackhole:\nslow: :defer: noon\n"
        )
        names = ["bob@ask.com", "team@example.com", "sink@example.com", "slow@example.com"]
        await village.send("nobody@example.com", names)
        await village.world.clock.run(within="1m")
        village.files[HERE].write_text("/var/spool/exim4/input/1vwz8C-009999-00-H", "garbage")
        await village.stop(HERE)
        await village.start(HERE)

    village = play(tmp_path, act)
    mine = [e for e in village.trace.events if type(e).__module__.startswith("labmail.mta.events")]
    assert {type(event).__name__ for event in mine} == {
        "AclChecked", "Bounced", "Completed", "Delivering", "Discarded", "Frozen", "GivenUp",
        "HandedOver", "PutOff", "Resumed", "Routed", "SetAside", "Spooled", "Stored",
    }  # fmt: skip
    for event in mine:
        assert from_record(json.loads(json.dumps(to_record(event)))) == event
        assert event.question.endswith("?") and event.answer.endswith(".")
        assert event.label and event.role and event.component
