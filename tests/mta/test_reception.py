"""Reception: who may hand over a letter, what it is given, and when 250 is said."""

from __future__ import annotations

import asyncio
import errno
from collections.abc import Awaitable, Callable
from dataclasses import replace
from pathlib import Path

import pytest

from labmail.mta import events
from labmail.smtp import Client, NoSession
from labmail.trust import LabCA
from labmail.world import Disk, World, simulate

from ..smtp.talk import Talk
from .village import ADDRESSES, Village

HERE, THERE = "mail.example.com", "mail.ask.com"
CA = LabCA()
Play = Callable[[Village], Awaitable[None]]


def play(tmp: Path, act: Play, *, disk: Disk | None = None, **changes: object) -> Village:
    async def main(world: World) -> Village:
        if disk is not None:
            world = replace(world, disk=disk)
        village = await Village.make(world, tmp, **changes)  # type: ignore[arg-type]
        await act(village)
        await village.close()
        assert village.trace.faults == []
        return village

    return simulate(main, flow=False)


async def call(village: Village, source: str, target: str = THERE, port: int = 25) -> Talk:
    """A program that says what it is told to, from outside the lab's own programs."""
    opened = await village.world.network.open_stream(ADDRESSES[source], ADDRESSES[target], port)
    talk = Talk(*opened)
    await talk.hear()
    await talk.say(f"EHLO {source}")
    return talk


async def hand_over(talk: Talk, *recipients: str, sender: str = "x@stranger.test") -> list[str]:
    """The replies to MAIL, each RCPT, DATA and the dot."""
    replies = [await talk.say(f"MAIL FROM:<{sender}>")]
    replies += [await talk.say(f"RCPT TO:<{name}>") for name in recipients]
    replies.append(await talk.say("DATA"))
    if replies[-1].startswith("354"):
        replies.append(await talk.say("Subject: hi\r\n\r\nhello\r\n."))
    return replies


# ── may it? ──────────────────────────────────────────────────────────────────────────────────────


def test_no_open_relay(tmp_path: Path) -> None:
    async def act(village: Village) -> None:
        talk = await call(village, "stranger.test", HERE)
        replies = await hand_over(talk, "x@far.test", "ghost@example.com", "alice@example.com")
        assert replies[1:4] == [
            "550 5.7.1 relay not permitted",
            "550 5.1.1 Unrouteable address",
            "250 2.1.5 Accepted",
        ]

    village = play(tmp_path, act)
    refusals = [
        "H=(stranger.test) [198.51.100.9] F=<x@stranger.test> rejected RCPT <x@far.test>:"
        " relay not permitted",
        "H=(stranger.test) [198.51.100.9] F=<x@stranger.test> rejected RCPT <ghost@example.com>:"
        " Unrouteable address",
    ]
    assert village.log(HERE, "rejectlog") == refusals
    assert village.log(HERE)[1:3] == refusals
    asked = village.trace.find("mta.AclChecked")
    assert [event.ok for event in asked] == [False, False, True]
    assert asked[0].question == "May 198.51.100.9 hand over a letter for x@far.test?"
    assert asked[0].answer == (
        "“550 5.7.1 relay not permitted”: far.test is not in +local_domains or"
        " +relay_to_domains, and the client is a stranger."
    )
    assert len(asked[0].why) == 5


def test_the_null_sender_and_the_postmaster_are_welcome(tmp_path: Path) -> None:
    async def act(village: Village) -> None:
        talk = await call(village, "stranger.test")
        replies = await hand_over(talk, "postmaster", "postmaster@ask.com", sender="")
        assert [reply[:3] for reply in replies] == ["250", "250", "250", "354", "250"]
        await village.world.clock.run(within="1m")

    village = play(tmp_path, act)
    assert len(village.maildir(THERE, "bob")) == 1  # /etc/aliases: postmaster is bob
    assert b"Envelope-to: postmaster@ask.com\n" in village.maildir(THERE, "bob")[0]


def test_a_slip_in_the_aliases_is_not_the_clients_business(tmp_path: Path) -> None:
    async def act(village: Village) -> None:
        village.files[THERE].write_text("/etc/aliases", "team: bob carol\n")
        talk = await call(village, "stranger.test")
        replies = await hand_over(talk, "team@ask.com")
        assert replies[1] == "451 4.3.0 Temporary local problem - please try later"

    village = play(tmp_path, act)
    (line,) = village.log(THERE, "rejectlog")
    assert line.endswith(
        "temporarily rejected RCPT <team@ask.com>: error in redirect data: missing or malformed"
        ' local part (expected word or "<") in "bob carol"'
    )


def test_vrfy_tells_nothing(tmp_path: Path) -> None:
    async def act(village: Village) -> None:
        talk = await call(village, "stranger.test")
        assert (await talk.say("VRFY bob"))[:3] == (await talk.say("VRFY ghost"))[:3] == "252"

    play(tmp_path, act)


# ── names ────────────────────────────────────────────────────────────────────────────────────────


def test_a_letter_from_outside_is_named_after_its_id(tmp_path: Path) -> None:
    async def act(village: Village) -> None:
        talk = await call(village, "stranger.test")
        first = (await hand_over(talk, "bob@ask.com"))[-1]
        second = (await hand_over(talk, "carol@ask.com"))[-1]
        await village.world.clock.run(within="1m")
        ids = [reply.rpartition("id=")[2] for reply in (first, second)]
        assert ids[0] != ids[1]
        assert village.trace.letters == (f"{THERE}/{ids[0]}", f"{THERE}/{ids[1]}")
        for message_id in ids:
            kinds = [type(e).__name__ for e in village.trace.about(f"{THERE}/{message_id}")]
            assert "AclChecked" in kinds and "Stored" in kinds

    play(tmp_path, act)


def test_a_letter_that_was_given_up_gives_its_name_to_nobody(tmp_path: Path) -> None:
    async def act(village: Village) -> None:
        talk = await call(village, "stranger.test")
        await talk.say("MAIL FROM:<a@b.test>")
        await talk.say("RCPT TO:<x@far.test>")
        await talk.say("RSET")
        await hand_over(talk, "bob@ask.com")

    village = play(tmp_path, act)
    refused, accepted = village.trace.find("mta.AclChecked")
    assert refused.letter and accepted.letter and refused.letter != accepted.letter


def test_the_clients_name_must_be_confirmed(tmp_path: Path) -> None:
    async def act(village: Village) -> None:
        talk = await call(village, "games.example.com")
        await talk.say("EHLO bank.test")
        await hand_over(talk, "bob@ask.com")
        await village.world.clock.run(within="1m")

    village = play(tmp_path, act)
    assert "H=games.example.com (bank.test) [128.10.12.3]" in village.log(THERE)[1]
    (stored,) = village.maildir(THERE, "bob")
    assert b"Received: from games.example.com ([128.10.12.3] helo=bank.test)\n" in stored


@pytest.mark.timeout(20)
def test_a_door_has_no_name(tmp_path: Path) -> None:
    """Behind a door sits somebody for whom the lab's clock does not run: nothing is waited for."""

    async def act(village: Village) -> None:
        village.world.network.down(ADDRESSES["ns.test"])
        host, port = await village.world.network.endpoint(ADDRESSES[THERE], 25)
        talk = Talk(*await asyncio.open_connection(host, port))
        assert (await talk.hear()).startswith("220 mail.ask.com ESMTP")
        talk.writer.close()

    play(tmp_path, act)


# ── submission ───────────────────────────────────────────────────────────────────────────────────


async def submit(village: Village, password: str = "secret") -> Client:
    client = await Client.connect(
        village.world.network,
        ADDRESSES["games.example.com"],
        ADDRESSES[HERE],
        587,
        helo="games.example.com",
        host="games.example.com",
        trace=village.trace,
    )
    await client.starttls(CA.client_context(), HERE)
    await client.login("alice", password)
    return client


def test_submission_wants_a_login(tmp_path: Path) -> None:
    async def act(village: Village) -> None:
        talk = await call(village, "games.example.com", HERE, 587)
        assert await talk.say("MAIL FROM:<>") == "530 5.7.0 Authentication required"

    village = play(tmp_path, act)
    (line,) = village.log(HERE, "rejectlog")
    assert line == "H=games.example.com [128.10.12.3] rejected MAIL <>: Authentication required"
    (told,) = village.trace.find(events.AclChecked)
    assert not told.ok and told.chapter == "return"


def test_what_is_missing_is_added_for_whoever_has_logged_in(tmp_path: Path) -> None:
    async def act(village: Village) -> None:
        client = await submit(village)
        sent = await client.send(
            "alice@example.com", ["bob@ask.com"], b"Bcc: eve@x.test\r\n\r\nhi\r\n",
            letter="alice@example.com/1",
        )  # fmt: skip
        assert sent.delivered == ("bob@ask.com",)
        await village.world.clock.run(within="1m")

    village = play(tmp_path, act, tls=CA.server_context(HERE))
    assert village.log(HERE)[1] == (
        "1vwz8C-000001-00 <= alice@example.com H=games.example.com [128.10.12.3] P=esmtpsa"
        " X=TLS1.3:TLS_AES_256_GCM_SHA384:256 CV=no A=plain_server:alice S=384"
        ""
    )
    (stored,) = village.maildir(THERE, "bob")
    assert stored.endswith(
        b"Received: from games.example.com ([128.10.12.3])\n"
        b"\tby mail.example.com with esmtpsa  (TLS1.3) tls TLS_AES_256_GCM_SHA384\n"
        b"\t(labmail)\n"
        b"\t(envelope-from <alice@example.com>)\n"
        b"\tid 1vwz8C-000001-00\n"
        b"\tfor bob@ask.com;\n"
        b"\tMon, 02 Mar 2026 09:00:00 +0000\n"
        b"Bcc: eve@x.test\n"
        b"From: alice@example.com\n"
        b"Message-Id: <E1vwz8C-000001-00@mail.example.com>\n"
        b"Date: Mon, 02 Mar 2026 09:00:00 +0000\n"
        b"\nhi\n"
    )
    first, _ = village.trace.find(events.AclChecked)
    assert first.question == "May alice hand over a letter for bob@ask.com?"
    assert (first.rule, first.chapter) == ("our people", "send")


def test_on_its_way_a_letter_is_not_touched(tmp_path: Path) -> None:
    body = b"caf\xc3\xa9 \x00\r\n\r\n..dot\r\n>From\r\nlast line \t\r\n"

    async def act(village: Village) -> None:
        content = b"x-ODD:   spaced \r\n\tfolded\r\nSubject: \xff\r\n\r\n" + body
        await village.send("alice@example.com", "bob@ask.com", content)
        await village.world.clock.run(within="1m")

    village = play(tmp_path, act)
    (stored,) = village.maildir(THERE, "bob")
    original = b"x-ODD:   spaced \n\tfolded\nSubject: \xff\n\n" + body.replace(b"\r\n", b"\n")
    assert stored.endswith(b"+0000\n" + original)


def test_a_wrong_password_is_logged_and_not_written_down(tmp_path: Path) -> None:
    async def act(village: Village) -> None:
        with pytest.raises(NoSession):
            await submit(village, "wr0ng")

    village = play(tmp_path, act, tls=CA.server_context(HERE))
    (line,) = village.log(HERE, "rejectlog")
    assert line.startswith("plain_server authenticator failed for games.example.com")
    assert line.endswith("535 Incorrect authentication data (set_id=alice)")
    assert "wr0ng" not in repr(village.trace.events)


# ── is it safe? ──────────────────────────────────────────────────────────────────────────────────


def test_a_full_disk_accepts_nothing(tmp_path: Path) -> None:
    async def act(village: Village) -> None:
        talk = await call(village, "stranger.test")
        village.world.disk.full = True
        replies = await hand_over(talk, "bob@ask.com")
        assert replies[-1] == "452 4.3.1 Space shortage, please try later"
        village.world.disk.full = False
        assert (await hand_over(talk, "bob@ask.com"))[-1].startswith("250 2.0.0 OK id=")
        await village.world.clock.run(within="1m")

    village = play(tmp_path, act)
    assert len(village.maildir(THERE, "bob")) == 1
    (told,) = village.trace.find(events.TurnedAway)
    assert told.answer == (
        "No: No space left on device. “452 4.3.1 Space shortage, please try later”:"
        " the client keeps it and tries again later."
    )
    assert village.mtas[THERE].office.logs.lost


class Unsafe(Disk):
    """A disk that cannot make names durable."""

    broken = False

    def sync_folder(self, path: Path) -> None:
        if self.broken and path.name == "journal":
            raise OSError(errno.EIO, "Input/output error")
        super().sync_folder(path)


def test_250_is_not_said_before_the_letter_is_safe(tmp_path: Path) -> None:
    disk = Unsafe()

    async def act(village: Village) -> None:
        talk = await call(village, "stranger.test")
        disk.broken = True
        reply = (await hand_over(talk, "bob@ask.com"))[-1]
        assert reply == "451 4.3.0 The letter could not be kept, please try later"
        assert village.spool(THERE) == []

    village = play(tmp_path, act, disk=disk)
    assert village.maildir(THERE, "bob") == []


def test_what_the_spool_file_says(tmp_path: Path) -> None:
    async def act(village: Village) -> None:
        await village.send("alice@example.com", ["bob@ask.com", "bob@ask.com"])
        head = village.files[HERE].read_text("/var/spool/exim4/input/1vwz8C-000001-00-H")
        assert head.split("\n")[:18] == [
            "1vwz8C-000001-00-H",
            "Debian-exim 100 102",
            "<alice@example.com>",
            "1772442000 0",
            "-received_time_usec .000000",
            "-received_protocol esmtp",
            "-helo_name games.example.com",
            "-host_name games.example.com",
            "-host_address [128.10.12.3]:49152",
            "-interface_address [128.10.12.4]:25",
            "-body_linecount 1",
            "-deliver_firsttime",
            "-spool_file_wireformat",
            "-aclm _letter 19",
            "alice@example.com/1",
            "-aclm _cause 19",
            village.trace.find(events.Spooled)[0].cause,
            "XX",
        ]
        body = village.files[HERE].read_bytes("/var/spool/exim4/input/1vwz8C-000001-00-D")
        assert body == b"1vwz8C-000001-00-D\nNoon?\r\n"

    play(tmp_path, act, queue_only=True)


def test_a_spool_file_names_the_event_its_story_goes_on_from(tmp_path: Path) -> None:
    async def act(village: Village) -> None:
        village.world.network.refuse(ADDRESSES[THERE], 25)
        await village.send("alice@example.com", "bob@ask.com")
        await village.world.clock.run(within="1m")
        (letter,) = village.mtas[HERE].queue
        (told,) = village.trace.find(events.PutOff)
        assert letter.cause == told.name

    play(tmp_path, act)


@pytest.mark.parametrize("many", [1_000, pytest.param(10_000, marks=pytest.mark.long)])
def test_a_great_many_recipients(tmp_path: Path, many: int) -> None:
    ghosts = [f"ghost{number}@ask.com" for number in range(1, many)]

    async def act(village: Village) -> None:
        sent = await village.send("alice@example.com", [*ghosts, "bob@ask.com"])
        assert len(sent.delivered) == many
        await village.world.clock.run(within="1h")

    village = play(tmp_path, act, trace=False)
    assert len(village.maildir(THERE, "bob")) == 1
    (bounce,) = village.maildir(HERE, "alice")
    assert bounce.count(b"\nFinal-Recipient: ") == many - 1
    assert village.spool(HERE) == village.spool(THERE) == []
