from __future__ import annotations

import asyncio
import os
import tracemalloc
from pathlib import Path
from typing import Any

import pytest

from labmail.access import Expunged, LoggedIn, LoginRefused, Pop3Error, Retrieved
from labmail.access.pop3 import Limits
from labmail.trace import Place, Said

from .pop3_lab import CLIENT, LETTERS, SERVER, Pop3Lab, pop3_lab

KINDS = pytest.mark.parametrize("kind", ["mbox", "maildir"])


# ── removing ─────────────────────────────────────────────────────────────────────────────────────


@KINDS
def test_only_quit_removes(kind: str) -> None:
    async def main(lab: Pop3Lab) -> None:
        for leave in ("close", "abort", "half"):
            raw = await lab.raw_bob()
            assert await raw.ask("DELE 1", "DELE 2") == "+OK"
            if leave == "close":
                raw.close()
            elif leave == "abort":
                raw.writer.transport.abort()
            else:
                raw.writer.write(b"QUI")
                raw.writer.write_eof()
            await lab.world.clock.settle()
            assert lab.contents() == list(LETTERS)
        raw = await lab.raw_bob()
        assert await raw.ask("DELE 1", "DELE 3", "QUIT") == "+OK"
        assert lab.contents() == [LETTERS[1]]

    pop3_lab(main, kind)


@KINDS
def test_mail_that_comes_meanwhile_is_kept(kind: str) -> None:
    async def main(lab: Pop3Lab) -> None:
        raw = await lab.raw_bob()
        lab.deliver(b"Subject: news\r\n\r\n")
        assert await raw.say("STAT") == "+OK 3 148"
        assert await raw.ask("DELE 1", "DELE 2", "DELE 3", "QUIT") == "+OK"
        assert lab.contents() == [b"Subject: news\r\n\r\n"]

    pop3_lab(main, kind)


@KINDS
def test_a_pipelined_client_that_says_quit_and_hangs_up_is_obeyed(kind: str) -> None:
    async def main(lab: Pop3Lab) -> None:
        _, writer = await lab.world.network.open_stream(CLIENT, SERVER, 110)
        writer.write(b"USER bob\r\nPASS secret\r\nDELE 2\r\nQUIT\r\n")
        writer.write_eof()
        await lab.world.clock.settle()
        assert lab.contents() == [LETTERS[0], LETTERS[2]]

    pop3_lab(main, kind)


def test_what_cannot_be_removed_is_said() -> None:
    async def main(lab: Pop3Lab) -> None:
        raw = await lab.raw_bob()
        lab.world.disk.full = True
        assert await raw.say("DELE 1") == "+OK message 1 deleted at QUIT"
        assert (await raw.say("QUIT")).startswith("-ERR some deleted messages not removed")
        lab.world.disk.full = False
        assert lab.contents() == list(LETTERS)
        assert not lab.trace.find(Expunged)

    pop3_lab(main)


# ── one reader at a time ─────────────────────────────────────────────────────────────────────────


@KINDS
def test_a_second_session_is_refused_until_the_first_has_ended(kind: str) -> None:
    async def main(lab: Pop3Lab) -> None:
        first, second = await lab.raw_bob(), await lab.raw()
        assert await second.ask("USER bob", "PASS secret") == "-ERR [IN-USE]"
        assert await second.ask("STAT") == "-ERR"
        await lab.client("carol", "pass word ")
        assert await first.ask("QUIT") == "+OK"
        assert await second.ask("USER bob", "PASS secret") == "+OK"
        second.writer.transport.abort()
        third = await lab.raw()
        assert await third.ask("USER bob", "PASS secret") == "+OK"

    pop3_lab(main, kind)


def test_another_program_that_writes_is_waited_for_on_a_live_clock() -> None:
    async def main(lab: Pop3Lab) -> None:
        lock = lab.files.real("/var/mail/bob.lock")
        lock.touch()
        raw = await lab.raw()
        login = asyncio.create_task(raw.ask("USER bob", "PASS secret"))
        await asyncio.sleep(0.2)
        assert not login.done()
        lock.unlink()
        assert await login == "+OK"

    pop3_lab(main, live=True, limits=Limits(lock_wait=0.1, lock_tries=50))


def test_and_not_waited_for_on_a_frozen_one() -> None:
    async def main(lab: Pop3Lab) -> None:
        lab.files.real("/var/mail/bob.lock").touch()
        raw = await lab.raw()
        assert await raw.ask("USER bob", "PASS secret") == "-ERR [IN-USE]"

    pop3_lab(main, flow=False)


@KINDS
def test_delivery_and_fetching_at_once(kind: str) -> None:
    """Nothing is lost and nothing is seen twice, however deliveries and sessions interleave."""

    async def main(lab: Pop3Lab) -> None:
        loop = asyncio.get_running_loop()
        fetched: list[bytes] = []

        async def deliver(number: int) -> None:
            for turn in range(10):
                letter = b"Subject: %d %d\r\n\r\n" % (number, turn)
                await loop.run_in_executor(None, lab.deliver, letter)

        async def fetch() -> None:
            client = await lab.client()
            for number in await client.list():
                fetched.append(await client.retr(number))
                await client.dele(number)
            await client.quit()

        deliveries = [asyncio.create_task(deliver(number)) for number in range(3)]
        while not all(task.done() for task in deliveries):
            await fetch()
        await asyncio.gather(*deliveries)
        await fetch()
        assert len(fetched) == len(set(fetched)) == 30 + len(LETTERS) and lab.contents() == []

    pop3_lab(main, kind)


# ── passwords ────────────────────────────────────────────────────────────────────────────────────


def test_unknown_and_wrong_are_told_apart_by_nobody() -> None:
    async def main(lab: Pop3Lab) -> None:
        raw = await lab.raw()
        replies = []
        for login in ("bob", "nobody"):
            await raw.say(f"USER {login}")
            replies.append(await raw.say("PASS wrong"))
        assert replies[0] == replies[1] == "-ERR [AUTH] login and password do not belong together"

    pop3_lab(main)


def test_guessing_ends() -> None:
    async def main(lab: Pop3Lab) -> None:
        raw = await lab.raw()
        for _ in range(4):
            assert await raw.ask("USER bob", "PASS wrong") == "-ERR [AUTH]"
        await raw.say("USER bob")
        assert await raw.say("PASS wrong") == "-ERR [AUTH] too many failed logins, good-bye"
        assert await raw.line() == ""
        await lab.client()

    pop3_lab(main)


def test_guessing_is_slow_on_a_live_clock() -> None:
    async def main(lab: Pop3Lab) -> None:
        raw = await lab.raw()
        before = lab.world.clock.time()
        await raw.ask("USER bob", "PASS wrong")
        assert lab.world.clock.time() - before >= 0.2

    pop3_lab(main, live=True, limits=Limits(failed_delay=0.2))


def test_a_frozen_clock_makes_nobody_wait() -> None:
    async def main(lab: Pop3Lab) -> None:
        before = lab.world.clock.time()
        raw = await lab.raw()
        await raw.ask("USER bob", "PASS wrong")
        assert lab.world.clock.time() == before

    pop3_lab(main, flow=False)


def test_login_delay() -> None:
    async def main(lab: Pop3Lab) -> None:
        client = await lab.client()
        assert "LOGIN-DELAY 60" in await client.capa()
        await client.quit()
        with pytest.raises(Pop3Error) as refused:
            await lab.client()
        assert refused.value.code == "LOGIN-DELAY"
        await lab.world.clock.sleep(60)
        await lab.client()

    pop3_lab(main, limits=Limits(login_delay=60))


def test_the_address_will_do_as_login() -> None:
    async def main(lab: Pop3Lab) -> None:
        await lab.client("bob@ask.com")

    pop3_lab(main)


# ── mailboxes that cannot be opened ──────────────────────────────────────────────────────────────


def test_a_file_that_is_no_mbox() -> None:
    async def main(lab: Pop3Lab) -> None:
        lab.files.real("/var/mail/bob").write_bytes(b"Dear diary\n")
        raw = await lab.raw()
        await raw.say("USER bob")
        answer = await raw.say("PASS secret")
        assert answer.startswith("-ERR [SYS/PERM] /var/mail/bob is no mbox: it begins with")
        await lab.client("carol", "pass word ")

    pop3_lab(main)


def test_trouble_with_the_disk_names_no_path_of_this_machine() -> None:
    async def main(lab: Pop3Lab) -> None:
        def fail(user: Any) -> Any:
            raise PermissionError(13, "Permission denied", "/tmp/of/this/machine")

        lab.users["bob"][1].store.open = fail  # type: ignore[method-assign]
        raw = await lab.raw()
        await raw.say("USER bob")
        answer = await raw.say("PASS secret")
        assert answer == "-ERR [SYS/TEMP] /var/mail/bob cannot be opened now: Permission denied"

    pop3_lab(main)


@KINDS
def test_a_message_removed_by_another_program(kind: str) -> None:
    async def main(lab: Pop3Lab) -> None:
        big = b"Subject: big\r\n\r\n" + b"x\r\n" * 50_000
        lab.deliver(big)
        raw = await lab.raw_bob()
        path = lab.files.real(lab.mailbox("bob"))
        if kind == "mbox":
            path.write_bytes(path.read_bytes().replace(b"x\nx\n", b"y\ny\n"))
        else:
            for file in (path / "new").iterdir():
                if file.stat().st_size > 10_000:
                    file.unlink()
        assert (await raw.say("RETR 4")).startswith(
            "-ERR [SYS/TEMP] message 4: another program has"
        )
        assert await raw.say("RETR 1") == "+OK 74 octets"

    pop3_lab(main, kind)


# ── time ─────────────────────────────────────────────────────────────────────────────────────────


def test_whoever_is_silent_for_ten_minutes_is_cut_off_without_a_word() -> None:
    async def main(lab: Pop3Lab) -> None:
        raw = await lab.raw_bob()
        await raw.say("DELE 1")
        await lab.world.clock.sleep(599)
        assert await raw.ask("NOOP") == "+OK"
        before = lab.world.clock.time()
        assert await raw.line() == ""
        assert lab.world.clock.time() - before == 600
        assert lab.contents() == list(LETTERS)

    pop3_lab(main)


def test_octets_without_a_command_do_not_help() -> None:
    async def main(lab: Pop3Lab) -> None:
        raw = await lab.raw_bob()
        for _ in range(9):
            raw.writer.write(b"N")
            await lab.world.clock.sleep(60)
        assert not raw.reader.at_eof()
        await lab.world.clock.sleep(61)
        assert await raw.line() == ""

    pop3_lab(main)


def test_a_client_that_does_not_read_is_cut_off() -> None:
    async def main(lab: Pop3Lab) -> None:
        raw = await lab.raw_bob()
        raw.writer.write(b"RETR 1\r\n")
        raw.reader._transport.pause_reading()
        await lab.world.clock.sleep(700)
        assert lab.contents()  # the maildrop is free again

    pop3_lab(main, letters=(b"Subject: big\r\n\r\n" + b"0123456789\r\n" * 100_000,))


# ── strangers ────────────────────────────────────────────────────────────────────────────────────


def test_binary_garbage() -> None:
    async def main(lab: Pop3Lab) -> None:
        raw = await lab.raw()
        garbage = bytes(range(256)) * 3
        raw.writer.write(garbage + b"\n" + b"\0" * 100 + b"\r\nUSER bob\r\nPASS secret\r\n")
        answers = [await raw.line() for _ in range(3 + 1 + 1 + 2)]
        assert all(answer.startswith("-ERR") for answer in answers[:-2]), answers
        assert answers[-2].startswith("+OK") and answers[-1].startswith("+OK bob")

    pop3_lab(main)


def test_the_longest_line_and_one_octet_more() -> None:
    async def main(lab: Pop3Lab) -> None:
        raw = await lab.raw()
        assert await raw.ask("USER " + "x" * 248) == "+OK"
        assert await raw.say("USER " + "x" * 249) == (
            "-ERR the line is too long: a command has at most 255 octets"
        )
        assert (await raw.say("x" * 60_000)).startswith("-ERR the line is too long")
        assert await raw.ask("USER bob", "PASS secret") == "+OK"

    pop3_lab(main)


def test_a_line_without_end() -> None:
    async def main(lab: Pop3Lab) -> None:
        raw = await lab.raw()
        raw.writer.write(b"x" * 200_000)
        assert (await raw.line()).startswith("-ERR the line is too long")
        assert await raw.reader.read() == b""

    pop3_lab(main)


def test_a_flood_of_commands_is_worked_off_one_by_one() -> None:
    async def main(lab: Pop3Lab) -> None:
        raw = await lab.raw_bob()
        raw.writer.write(b"LIST\r\nNOOP\r\nRETR 1\r\n" * 2000 + b"QUIT\r\n")
        octets = await raw.reader.read()
        assert octets.count(b"Friday?") == 2000 and octets.endswith(b"left\r\n")

    pop3_lab(main, trace=False)


def test_memory_stays_flat() -> None:
    """A client that asks for 20 MB fifty times over, and reads nothing."""
    letter = b"Subject: big\r\n\r\n" + b"0123456789abcdef\r\n" * 1_100_000

    async def main(lab: Pop3Lab) -> None:
        raw = await lab.raw_bob()
        tracemalloc.start()
        raw.writer.write(b"RETR 1\r\n" * 50)
        raw.reader._transport.pause_reading()
        await lab.world.clock.settle()
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        assert peak < 3_000_000, f"{peak:,} octets are held for a client that does not read"

    pop3_lab(main, letters=(letter,), trace=False)


@pytest.mark.only_on("linux")  # counts open files in /proc
def test_two_hundred_connections_leave_nothing() -> None:
    async def main(lab: Pop3Lab) -> None:
        before = len(asyncio.all_tasks()), len(os.listdir("/proc/self/fd"))
        for _ in range(200):
            raw = await lab.raw_bob()
            await raw.say("RETR 1")
            raw.writer.transport.abort()
        await lab.world.clock.settle()
        assert (len(asyncio.all_tasks()), len(os.listdir("/proc/self/fd"))) == before
        assert os.listdir(lab.files.real("/var/mail")) == ["bob"]

    pop3_lab(main)


@pytest.mark.only_on("linux")  # counts open files in /proc
def test_a_lab_that_ends_in_the_middle_of_a_session_frees_the_maildrop(tmp_path: Path) -> None:
    async def main(lab: Pop3Lab) -> Any:
        opened, opening = await lab.raw_bob(), await lab.raw()
        opening.writer.write(b"USER carol\r\nPASS pass word \r\n")
        await asyncio.sleep(0)
        assert set(os.listdir(tmp_path / "var/mail")) >= {".bob.session", "bob"}
        return opened, opening

    before = len(os.listdir("/proc/self/fd"))
    pop3_lab(main, root=tmp_path)
    assert os.listdir(tmp_path / "var/mail") == ["bob"]
    assert len(os.listdir("/proc/self/fd")) == before


# ── the trace ────────────────────────────────────────────────────────────────────────────────────


def test_the_trace_of_a_session() -> None:
    def letter_of(mailbox: str, uid: str) -> tuple[str, str, str]:
        return "alice@example.com/1", "bob@ask.com", "mail.ask.com#7"

    async def main(lab: Pop3Lab) -> None:
        reader, writer = await lab.world.network.open_stream(CLIENT, SERVER, 110, cause="mua#1")
        writer.write(b"USER bob\r\nPASS secret\r\nRETR 1\r\nDELE 1\r\nQUIT\r\n")
        await reader.read()
        (login,) = lab.trace.find(LoggedIn)
        (retrieved,) = lab.trace.find(Retrieved)
        (expunged,) = lab.trace.find(Expunged)
        assert isinstance(login, LoggedIn) and isinstance(retrieved, Retrieved)
        assert login.cause == "mua#1" and retrieved.cause == expunged.cause == login.name
        assert login.answer == "Yes, the password is right: 3 messages (148 octets)."
        assert login.peer == "bob.ask.com" and login.label == "POP3" and login.letter is None
        assert retrieved.letter == expunged.letter == "alice@example.com/1"
        assert retrieved.places() == {"bob@ask.com": Place("bob.ask.com", "mua", "fetched")}
        assert retrieved.proof == "var/mail/bob, octet 0"
        assert retrieved.connection == login.connection == "128.10.30.9:49152>128.10.30.2:110"
        said = [event for event in lab.trace.events if isinstance(event, Said)]
        assert [(s.speaker, s.text) for s in said[:5]] == [
            ("S", "+OK mail.ask.com POP3 server ready\r\n"),
            ("C", "USER bob\r\n"),
            ("S", "+OK bob, and the password?\r\n"),
            ("C", "PASS ***\r\n"),
            ("S", "+OK bob has 3 messages (148 octets)\r\n"),
        ]
        assert said[3].masked and all("secret" not in event.text for event in said)
        content = LETTERS[0].replace(b"\r\n.", b"\r\n..").decode() + ".\r\n"
        assert [s.text for s in said[5:8]] == ["RETR 1\r\n", "+OK 74 octets\r\n", content]
        assert said[7].letter == "alice@example.com/1"

    pop3_lab(main, letter_of=letter_of)


def test_the_dialogue_is_what_a_tap_on_the_wire_sees() -> None:
    async def main(lab: Pop3Lab) -> None:
        tapped: list[bytes] = []
        lab.world.network.tap = lambda end, data: tapped.append(data)
        client = await lab.client()
        for number in await client.uidl():
            await client.retr(number)
            await client.top(number, 1)
        await client.quit()
        said = "".join(event.text for event in lab.trace.events if isinstance(event, Said))
        assert said == b"".join(tapped).decode().replace("PASS secret", "PASS ***")

    pop3_lab(main)


def test_a_large_letter_is_shown_in_part() -> None:
    async def main(lab: Pop3Lab) -> None:
        client = await lab.client()
        letter = await client.retr(1)
        said = [event for event in lab.trace.events if isinstance(event, Said)][-1]
        assert len(said.text) == 65536 and len(said.text) + said.elided == len(letter) + 3

    pop3_lab(main, letters=(b"Subject: big\r\n\r\n" + b"x" * 100_000 + b"\r\n",))


def test_a_refused_login_is_told_without_the_password() -> None:
    async def main(lab: Pop3Lab) -> None:
        raw = await lab.raw()
        await raw.ask("USER bob", "PASS topsecret")
        (refused,) = lab.trace.find(LoginRefused)
        assert not refused.ok and "do not belong together" in refused.answer
        assert all("topsecret" not in repr(event) for event in lab.trace.events)

    pop3_lab(main)


def test_top_is_not_fetching() -> None:
    async def main(lab: Pop3Lab) -> None:
        client = await lab.client()
        await client.top(1, 100)
        assert not lab.trace.find(Retrieved)

    pop3_lab(main)


def test_without_a_recorder_all_is_the_same() -> None:
    async def main(lab: Pop3Lab) -> None:
        client = await lab.client()
        assert [await client.retr(number) for number in (1, 2, 3)] == list(LETTERS)
        await client.quit()
        assert len(lab.trace.events) == 0

    pop3_lab(main, trace=False)


def test_port_in_use() -> None:
    async def main(lab: Pop3Lab) -> None:
        with pytest.raises(OSError, match="port 110"):
            await lab.world.network.listen(SERVER, 110, asyncio.Protocol)

    pop3_lab(main)
