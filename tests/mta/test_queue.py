"""The queue: outages on the lab's clock, retries, restarts, full disks, and what is frozen."""

from __future__ import annotations

import asyncio
import errno
import itertools
from collections.abc import Awaitable, Callable
from dataclasses import replace
from pathlib import Path

import pytest

from labmail.mta import events
from labmail.world import Disk, World, simulate

from .village import ADDRESSES, Village

HERE, THERE = "mail.example.com", "mail.ask.com"
LETTER = "alice@example.com/1"
Play = Callable[[Village], Awaitable[None]]


def play(tmp: Path, act: Play, *, disk: Disk | None = None, **changes: object) -> Village:
    """Runs ``act`` in a village whose clock moves only when told."""

    async def main(world: World) -> Village:
        if disk is not None:
            world = replace(world, disk=disk)
        village = await Village.make(world, tmp, **changes)  # type: ignore[arg-type]
        await act(village)
        await village.close()
        assert village.trace.faults == []
        return village

    return simulate(main, flow=False)


async def settle(village: Village) -> None:
    await village.world.clock.run(within="1m")


def lines(village: Village, name: str = HERE, *, of: str = "") -> list[str]:
    """The log without the first line, the time and the id; ``of`` one letter, if it is named."""
    return [line.split(" ", 1)[1] for line in village.log(name)[1:] if line.startswith(of)]


def bounces(village: Village, login: str) -> list[bytes]:
    """What somebody has got back, without the warnings."""
    return [each for each in village.maildir(HERE, login) if b"\nX-Failed-Recipients: " in each]


# ── an outage ────────────────────────────────────────────────────────────────────────────────────


def test_28_tries_and_then_a_bounce(tmp_path: Path) -> None:
    async def act(village: Village) -> None:
        village.world.network.refuse(ADDRESSES[THERE], 25)
        await village.send("alice@example.com", "bob@ask.com")
        await village.world.clock.advance("6d")

    village = play(tmp_path, act)
    refused = "H=mail.ask.com [128.10.30.2] Connection refused"
    put_off = "== bob@ask.com R=dnslookup T=remote_smtp defer (111): Connection refused"
    told = lines(village, of="1vwz8C-000001-00 ")
    assert told[1:55] == [refused, put_off] * 27
    assert told[55:] == [
        refused,
        "** bob@ask.com R=dnslookup T=remote_smtp: Connection refused: retry timeout exceeded",
        "Completed",
    ]
    tries = [event.time for event in village.trace.find("smtp.ConnectFailed")]
    waits = [round((b - a) / 60) for a, b in itertools.pairwise(tries)]
    assert waits[:14] == [15] * 8 + [60, 90, 135, 202, 304, 456]
    assert waits[14:] == [360] * 13
    (bounce,) = bounces(village, "alice")
    assert b"Connection refused: retry timeout exceeded" in bounce
    assert b"\nStatus: 5.0.0\n" in bounce
    warnings = [each for each in village.maildir(HERE, "alice") if each != bounce]
    name = "1vwz8C-000001-00"
    delays = [f"Subject: Warning: message {name} delayed {n * 24} hours" for n in (1, 2, 3)]
    assert [each for each in delays if not any(each.encode() in one for one in warnings)] == []
    assert all(b"Action: delayed\nFinal-Recipient: rfc822;bob@ask.com\n" in one for one in warnings)
    assert village.states(LETTER) == {"bob@ask.com": (HERE, "spool", "bounced")}
    assert village.spool(HERE) == []


def test_each_try_says_when_the_next_one_is(tmp_path: Path) -> None:
    async def act(village: Village) -> None:
        village.world.network.refuse(ADDRESSES[THERE], 25)
        await village.send("alice@example.com", "bob@ask.com")
        await village.world.clock.advance("20m")

    village = play(tmp_path, act)
    first, second = village.trace.find(events.PutOff)
    assert first.question == "When is bob@ask.com tried again?"
    assert first.answer == (
        "In 15 minutes: so says the retry rule. What failed: Connection refused."
    )
    assert first.why[0].startswith("the first failure was just now, so F,2h,15m")
    assert second.why[0].startswith("first failed 15m ago, so F,2h,15m")
    assert first.places()["bob@ask.com"].state == "deferred"
    tried_again = village.trace.find("smtp.Connecting", host=HERE)[1]
    chain = []
    cause = tried_again.cause
    while cause:
        event = village.trace.get(cause)
        chain.append(type(event).__name__)
        cause = event.cause if event else None
    assert chain[:2] == ["Delivering", "MxLookup"] and "PutOff" in chain and "Spooled" in chain
    assert len(village.trace.find(events.Routed)) == 1  # the same again is not told again


def test_a_host_that_comes_back_gets_the_letter(tmp_path: Path) -> None:
    async def act(village: Village) -> None:
        village.world.network.down(ADDRESSES[THERE])
        await village.send("alice@example.com", "bob@ask.com")
        await village.world.clock.advance("5h")
        assert village.spool(HERE) == ["1vwz8C-000001-00-D", "1vwz8C-000001-00-H"]
        village.world.network.up(ADDRESSES[THERE])
        await village.world.clock.advance("5h")

    village = play(tmp_path, act)
    assert "defer (110): Connection timed out" in lines(village)[2]
    assert len(village.maildir(THERE, "bob")) == 1
    assert village.spool(HERE) == []
    assert list(village.mtas[HERE].hints) == []


def test_one_recipient_waits_while_the_other_is_served(tmp_path: Path) -> None:
    async def act(village: Village) -> None:
        village.world.network.refuse(ADDRESSES[THERE], 25)
        await village.send("alice@example.com", ["bob@ask.com", "anna@example.com"])
        await settle(village)
        (letter,) = village.mtas[HERE].queue
        assert [each.address for each in letter.waiting] == ["bob@ask.com"]
        assert village.spool(HERE) == ["1vwz8C-000001-00-D", "1vwz8C-000001-00-H"]
        village.world.network.allow(ADDRESSES[THERE], 25)
        await village.world.clock.advance("20m")

    village = play(tmp_path, act)
    assert len(village.maildir(HERE, "anna")) == len(village.maildir(THERE, "bob")) == 1


def test_a_name_server_that_is_silent_is_no_reason_to_give_up(tmp_path: Path) -> None:
    async def act(village: Village) -> None:
        assert village.names
        await village.names.stop()
        await village.send("alice@example.com", "bob@ask.com")
        await settle(village)
        await village.names.start()
        await village.world.clock.advance("20m")

    village = play(tmp_path, act)
    assert "== bob@ask.com R=dnslookup defer (-1): host lookup did not complete" in lines(village)
    assert len(village.maildir(THERE, "bob")) == 1


def test_a_second_letter_waits_for_the_host_too(tmp_path: Path) -> None:
    async def act(village: Village) -> None:
        village.world.network.refuse(ADDRESSES[THERE], 25)
        await village.send("alice@example.com", "bob@ask.com")
        await settle(village)
        await village.send("alice@example.com", "carol@ask.com", letter="alice@example.com/2")
        await settle(village)

    village = play(tmp_path, act)
    assert lines(village)[-1] == (
        "== carol@ask.com R=dnslookup T=remote_smtp defer (-54):"
        " retry time not reached for any host for 'ask.com'"
    )
    assert len(village.trace.find("smtp.ConnectFailed")) == 1
    assert village.states("alice@example.com/2") == {"carol@ask.com": (HERE, "spool", "deferred")}


def test_a_timer_wakes_only_those_whose_time_has_come(tmp_path: Path) -> None:
    async def act(village: Village) -> None:
        village.files[HERE].write_text("/etc/aliases", "slow: :defer: noon\n")
        village.world.network.refuse(ADDRESSES[THERE], 25)
        await village.send("alice@example.com", "bob@ask.com")
        await village.world.clock.advance("5m")
        names = ["carol@ask.com", "slow@example.com"]
        await village.send("alice@example.com", names, letter="alice@example.com/2")
        await village.world.clock.advance("11m")

    village = play(tmp_path, act)
    tried = [line.split()[1] for line in lines(village) if line.startswith("==")]
    assert sorted(tried) == ["bob@ask.com"] * 2 + ["carol@ask.com"] * 2 + ["slow@example.com"]


def test_a_new_letter_to_a_host_long_dead_comes_back_at_once(tmp_path: Path) -> None:
    async def act(village: Village) -> None:
        village.world.network.refuse(ADDRESSES[THERE], 25)
        await village.send("alice@example.com", "bob@ask.com")
        await village.world.clock.advance("4d6h")
        await village.send("alice@example.com", "carol@ask.com", letter="alice@example.com/2")
        await settle(village)

    village = play(tmp_path, act)
    assert "** carol@ask.com: retry timeout exceeded" in lines(village)
    assert len(bounces(village, "alice")) == 2


def test_another_rule_is_obeyed(tmp_path: Path) -> None:
    async def act(village: Village) -> None:
        village.world.network.refuse(ADDRESSES[THERE], 25)
        await village.send("alice@example.com", "bob@ask.com")
        await village.world.clock.advance("1h")

    village = play(tmp_path, act, retry="F,30m,10m")
    assert len(village.trace.find("smtp.ConnectFailed")) == 4
    assert village.maildir(HERE, "alice")


def test_the_queue_shows_itself(tmp_path: Path) -> None:
    async def act(village: Village) -> None:
        queue = village.mtas[HERE].queue
        assert str(queue) == "The queue is empty.\n"
        village.world.network.refuse(ADDRESSES[THERE], 25)
        await village.send("alice@example.com", ["bob@ask.com", "anna@example.com"])
        await village.send("nobody@example.com", "ghost@example.com", letter=None)
        await village.world.clock.advance("25m")
        assert str(queue) == (
            "25m   238 1vwz8C-000001-00 <alice@example.com>\n"
            "          bob@ask.com\n"
            "        D anna@example.com\n"
            "\n"
            "25m  1.5K 1vwz8C-000003-00 <> *** frozen ***\n"
            "          nobody@example.com\n"
        )
        assert repr(queue) == "<the queue of mail.example.com: 2 letters>"

    play(tmp_path, act)


# ── exim -q ──────────────────────────────────────────────────────────────────────────────────────


def test_queue_runs(tmp_path: Path) -> None:
    async def act(village: Village) -> None:
        mta = village.mtas[HERE]
        village.world.network.refuse(ADDRESSES[THERE], 25)
        await village.send("alice@example.com", "bob@ask.com")
        await settle(village)
        village.world.network.allow(ADDRESSES[THERE], 25)
        await mta.run_queue()
        assert len(mta.queue) == 1  # -q respects the retry time
        await mta.run_queue(force=True)
        assert len(mta.queue) == 0  # -qf does not

    village = play(tmp_path, act)
    assert [line for line in lines(village) if "queue run" in line or "-54" in line] == [
        "queue run: pid=1",
        "== bob@ask.com R=dnslookup T=remote_smtp defer (-54):"
        " retry time not reached for any host for 'ask.com'",
        "queue run: pid=1",
        "queue run: pid=1 -qf",
        "queue run: pid=1 -qf",
    ]


def test_letters_may_wait_for_a_queue_run(tmp_path: Path) -> None:
    async def act(village: Village) -> None:
        await village.send("alice@example.com", "anna@example.com")
        await village.world.clock.advance("1h")
        assert len(village.mtas[HERE].queue) == 1
        await village.mtas[HERE].run_queue()

    village = play(tmp_path, act, queue_only=True)
    assert len(village.maildir(HERE, "anna")) == 1


def test_what_is_frozen_is_left_alone_until_it_is_forced(tmp_path: Path) -> None:
    async def act(village: Village) -> None:
        mta = village.mtas[HERE]
        await village.send("nobody@example.com", "ghost@ask.com")
        await settle(village)
        await mta.run_queue(force=True)
        assert len(mta.queue) == 1
        village.files[HERE].write_text("/etc/aliases", "nobody: anna\n")
        await mta.run_queue(frozen=True)
        assert len(mta.queue) == 0

    village = play(tmp_path, act)
    assert [line for line in lines(village) if "rozen" in line] == [
        "Frozen (delivery error message)",
        "Message is frozen",
        "Unfrozen by forced delivery",
    ]
    assert len(village.maildir(HERE, "anna")) == 1


def test_a_letter_that_only_the_administrator_can_help_is_frozen(tmp_path: Path) -> None:
    async def act(village: Village) -> None:
        await village.send("alice@example.com", "x@self.void.test")
        await village.world.clock.advance("2d")

    village = play(tmp_path, act)
    assert lines(village, of="1vwz8C-000001-00 ")[1:] == [
        "lowest numbered MX record points to local host: self.void.test"
        " (while routing <x@self.void.test>)",
        "== x@self.void.test R=dnslookup defer (-1):"
        " lowest numbered MX record points to local host",
        "Frozen (lowest numbered MX record points to local host)",
    ]
    assert village.states(LETTER) == {"x@self.void.test": (HERE, "spool", "frozen")}


# ── a restart ────────────────────────────────────────────────────────────────────────────────────


def test_what_was_accepted_outlives_a_restart(tmp_path: Path) -> None:
    async def act(village: Village) -> None:
        village.world.network.refuse(ADDRESSES[THERE], 25)
        await village.send("alice@example.com", ["bob@ask.com", "anna@example.com"])
        await settle(village)
        await village.stop(HERE)
        village.world.network.allow(ADDRESSES[THERE], 25)
        await village.start(HERE)
        await settle(village)
        assert len(village.maildir(THERE, "bob")) == 0  # the host's time has not come
        await village.world.clock.advance("20m")

    village = play(tmp_path, act)
    assert len(village.maildir(THERE, "bob")) == len(village.maildir(HERE, "anna")) == 1
    (resumed,) = village.trace.find(events.Resumed)
    assert resumed.letter == LETTER and resumed.recipients == ("bob@ask.com",)
    assert village.trace.get(resumed.cause) is not None
    assert village.states(LETTER)["bob@ask.com"] == (THERE, "store", "delivered")
    assert village.spool(HERE) == []


def test_no_id_is_given_twice_over_a_restart(tmp_path: Path) -> None:
    """The clock stands still, and the lab begins to count anew."""

    async def act(village: Village) -> None:
        for number in range(3):
            village.numbers = itertools.count(1)
            await village.stop(HERE)
            await village.start(HERE)
            await village.send("alice@example.com", "anna@example.com", letter=f"a@b.test/{number}")
            await settle(village)

    village = play(tmp_path, act)
    arrivals = [line.split(" ")[0] for line in village.log(HERE) if " <= " in line]
    assert len(set(arrivals)) == 3


def test_the_patience_of_a_rule_outlives_a_restart(tmp_path: Path) -> None:
    async def act(village: Village) -> None:
        village.world.network.refuse(ADDRESSES[THERE], 25)
        await village.send("alice@example.com", "bob@ask.com")
        await village.world.clock.advance("3d")
        await village.stop(HERE)
        await village.start(HERE)
        await village.world.clock.advance("1d12h")

    village = play(tmp_path, act)
    assert len(bounces(village, "alice")) == 1


def test_a_letter_whose_journal_says_done_is_only_completed(tmp_path: Path) -> None:
    async def act(village: Village) -> None:
        await village.send("alice@example.com", "anna@example.com")
        await settle(village)
        await village.stop(HERE)
        village.files[HERE].append(
            "/var/spool/exim4/input/1vwz8C-000001-00-J", "anna@example.com\n"
        )
        village.changes[HERE]["queue_only"] = False
        await village.start(HERE)
        await settle(village)

    village = play(tmp_path, act, queue_only=True)
    assert village.maildir(HERE, "anna") == []
    assert lines(village)[-1] == "Completed" and village.spool(HERE) == []


def test_a_broken_spool_file_stops_nobody(tmp_path: Path) -> None:
    async def act(village: Village) -> None:
        for number in (1, 2):
            await village.send("alice@example.com", "anna@example.com", letter=f"a@b.test/{number}")
        await village.stop(HERE)
        village.files[HERE].real("/var/spool/exim4/input/1vwz8C-000001-00-H").write_bytes(
            b"garbage"
        )
        village.changes[HERE]["queue_only"] = False
        await village.start(HERE)
        await settle(village)

    village = play(tmp_path, act, queue_only=True)
    assert len(village.maildir(HERE, "anna")) == 1
    panic = village.log(HERE, "paniclog")
    assert panic[0] == (
        "Format error in spool file /var/spool/exim4/input/1vwz8C-000001-00-H: line 1: expected"
        " the name of the file, found the end of the file;"
        " kept as /var/spool/exim4/aside/1vwz8C-000001-00-H"
    )
    assert village.files[HERE].listdir("/var/spool/exim4/aside") == [
        "1vwz8C-000001-00-D",
        "1vwz8C-000001-00-H",
    ]
    assert len(village.trace.find(events.SetAside)) == 2


def test_a_body_that_vanished_stops_nobody(tmp_path: Path) -> None:
    async def act(village: Village) -> None:
        await village.send("alice@example.com", "anna@example.com")
        await village.stop(HERE)
        await village.start(HERE)
        village.files[HERE].real("/var/spool/exim4/input/1vwz8C-000001-00-D").unlink()
        await village.mtas[HERE].run_queue()
        assert len(village.mtas[HERE].queue) == 0

    village = play(tmp_path, act, queue_only=True)
    assert village.files[HERE].listdir("/var/spool/exim4/aside") == ["1vwz8C-000001-00-H"]
    assert "No such file or directory" in village.log(HERE, "paniclog")[0]


@pytest.mark.parametrize("turns", range(0, 60, 3))
def test_stopping_at_any_moment_loses_nothing(turns: int, tmp_path: Path) -> None:
    """A letter is delivered before or after the stop; twice at the very most to one of them."""

    async def act(village: Village) -> None:
        await village.send("alice@example.com", ["anna@example.com", "bob@ask.com"])
        for _ in range(turns):
            await asyncio.sleep(0)
        await village.stop(HERE)
        await village.start(HERE)
        await village.world.clock.advance("1h")

    village = play(tmp_path, act)
    assert len(village.maildir(HERE, "anna")) == 1
    assert len(village.maildir(THERE, "bob")) in (1, 2)
    assert village.spool(HERE) == []


# ── a full disk ──────────────────────────────────────────────────────────────────────────────────


def test_a_full_disk_puts_a_delivery_off(tmp_path: Path) -> None:
    async def act(village: Village) -> None:
        await village.send("alice@example.com", "anna@example.com")
        village.world.disk.full = True
        task = asyncio.ensure_future(village.mtas[HERE].run_queue())
        await settle(village)
        await task
        assert village.maildir(HERE, "anna") == []
        village.world.disk.full = False
        await village.world.clock.advance("20m")

    village = play(tmp_path, act, queue_only=True)
    assert len(village.maildir(HERE, "anna")) == 1
    (told,) = village.trace.find(events.PutOff)
    assert "No space left on device" in told.answer
    assert village.spool(HERE) == []


def test_a_bounce_that_cannot_be_kept_is_written_later(tmp_path: Path) -> None:
    async def act(village: Village) -> None:
        await village.send("alice@example.com", "ghost@example.com")
        village.world.disk.full = True
        task = asyncio.ensure_future(village.mtas[HERE].run_queue())
        await settle(village)
        await task
        assert len(village.mtas[HERE].queue) == 1
        village.world.disk.full = False
        await village.world.clock.advance("20m")
        await village.mtas[HERE].run_queue()

    village = play(tmp_path, act, queue_only=True)
    assert len(village.maildir(HERE, "alice")) == 1
    assert village.spool(HERE) == []


def test_a_locked_mailbox_is_waited_for(tmp_path: Path) -> None:
    async def act(village: Village) -> None:
        village.files[HERE].mkdir("/var/mail")
        lock = village.files[HERE].real("/var/mail/anna.lock")
        lock.write_text("1")
        await village.send("alice@example.com", "anna@example.com")
        await village.world.clock.advance("10s")
        lock.unlink()
        await settle(village)

    village = play(tmp_path, act, store="mbox")
    assert village.files[HERE].read_text("/var/mail/anna").count("Subject: Lunch") == 1


def test_stopping_does_not_wait_for_a_lock(tmp_path: Path) -> None:
    async def act(village: Village) -> None:
        village.files[HERE].mkdir("/var/mail")
        village.files[HERE].real("/var/mail/anna.lock").write_text("1")
        await village.send("alice@example.com", "anna@example.com")
        await village.world.clock.advance("1s")

    village = play(tmp_path, act, store="mbox")
    assert village.spool(HERE) == ["1vwz8C-000001-00-D", "1vwz8C-000001-00-H"]


def test_many_letters_at_once(tmp_path: Path) -> None:
    async def act(village: Village) -> None:
        for number in range(60):
            await village.send("alice@example.com", "bob@ask.com", letter=f"a@b.test/{number}")
        await settle(village)

    village = play(tmp_path, act)
    assert len(village.maildir(THERE, "bob")) == 60
    assert village.spool(HERE) == village.spool(THERE) == []


@pytest.mark.parametrize("many", [20, pytest.param(100, marks=pytest.mark.long)])
def test_many_letters_to_a_dead_host(tmp_path: Path, many: int) -> None:
    async def act(village: Village) -> None:
        village.world.network.refuse(ADDRESSES[THERE], 25)
        for number in range(many):
            await village.send("alice@example.com", "bob@ask.com", letter=f"a@b.test/{number}")
        await village.world.clock.advance("1d")
        village.world.network.allow(ADDRESSES[THERE], 25)
        await village.world.clock.advance("1d")

    village = play(tmp_path, act, trace=False)
    assert len(village.maildir(THERE, "bob")) == many


class NoRoomForMore(Disk):
    """A disk on which no new letter can be kept, while everything else goes on."""

    closed = False

    def write(self, fd: int, data: bytes) -> None:
        if self.closed and b"\ntake " in b"\n" + data:
            raise OSError(errno.ENOSPC, "No space left on device")
        super().write(fd, data)


def test_who_lost_something_is_done_when_the_bounce_is_safe(tmp_path: Path) -> None:
    disk = NoRoomForMore()

    async def act(village: Village) -> None:
        village.files[HERE].write_text("/etc/aliases", "team: ghost, anna\n")
        await village.send("alice@example.com", "team@example.com")
        disk.closed = True
        await village.mtas[HERE].run_queue()
        await village.stop(HERE)
        disk.closed = False
        village.changes[HERE]["queue_only"] = False
        await village.start(HERE)
        await settle(village)

    village = play(tmp_path, act, disk=disk, queue_only=True)
    assert len(village.maildir(HERE, "anna")) == len(village.maildir(HERE, "alice")) == 1
    assert village.spool(HERE) == []
    (panic,) = village.log(HERE, "paniclog")
    assert "cannot write the bounce, which is tried again: No space left on device" in panic
