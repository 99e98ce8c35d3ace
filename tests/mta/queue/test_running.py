"""Queue runs and rounds in a village: two passes, what another works on, Debian's daemon."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path

from labmail.mta import events
from labmail.mta.delivery.manner import Manner
from labmail.mta.queue.byhand import ByHand
from labmail.mta.queue.running import Running
from labmail.mta.queue.wanted import Wanted
from labmail.world import World, simulate
from tests.mta.village import ADDRESSES, Village

HERE, THERE = "mail.example.com", "mail.ask.com"
DEFAULT = "/etc/default/exim4"


def play(tmp: Path, act: Callable[[Village], Awaitable[None]], **changes: object) -> Village:
    async def main(world: World) -> Village:
        village = await Village.make(world, tmp, **changes)  # type: ignore[arg-type]
        await act(village)
        await village.close()
        assert village.trace.faults == []
        return village

    return simulate(main, flow=False)


async def run(village: Village, flags: str, *, at_once: int = 1, **more: object) -> None:
    running = Running(village.mtas[HERE].queue, Wanted.of(flags, **more), at_once=at_once)
    going = asyncio.ensure_future(running.run())
    await village.world.clock.run(going.done, "1h")
    await going


async def settle(village: Village) -> None:
    await village.world.clock.run(within="1m")


async def send(village: Village, number: int, to: str = "bob@ask.com") -> None:
    await village.send("alice@example.com", to, letter=f"alice@example.com/{number}")


def said(village: Village, *signs: str) -> list[str]:
    """The lines of mainlog with one of these signs, without the id."""
    told = (line.partition(" ")[2] for line in village.log(HERE)[1:])
    return [line for line in told if line.startswith(signs)]


def connections(village: Village) -> int:
    return len(village.trace.find("smtp.Connecting", host=HERE))


def arrived(village: Village) -> int:
    return sum(" <= " in line for line in village.log(THERE))


def test_two_passes_send_all_down_one_line(tmp_path: Path) -> None:
    async def act(village: Village) -> None:
        for number in range(6):
            await send(village, number)
        await run(village, "qq")
        assert len(village.mtas[HERE].queue) == 0

    village = play(tmp_path, act, queue_only=True)
    assert connections(village) == 1
    assert arrived(village) == 6
    marks = ["]*" in line for line in said(village, "=>")]
    assert marks == [False] + [True] * 5
    assert said(village, "==") == []


def test_one_pass_calls_for_each_letter(tmp_path: Path) -> None:
    async def act(village: Village) -> None:
        for number in range(3):
            await send(village, number)
        await run(village, "")

    village = play(tmp_path, act, queue_only=True)
    assert connections(village) == arrived(village) == 3


def test_many_at_once_in_two_passes(tmp_path: Path) -> None:
    """More letters than may be at work, and all of them wait for one line."""

    async def act(village: Village) -> None:
        for number in range(45):
            await send(village, number)
        await run(village, "qq", at_once=20)
        assert len(village.mtas[HERE].queue) == 0

    village = play(tmp_path, act, queue_only=True, trace=False)
    assert arrived(village) == 45


def test_a_dead_host_is_called_once(tmp_path: Path) -> None:
    async def act(village: Village) -> None:
        village.world.network.down(ADDRESSES[THERE])
        for number in range(12):
            await send(village, number)
        await run(village, "", at_once=12)

    village = play(tmp_path, act, queue_only=True)
    assert len(village.trace.find("smtp.ConnectFailed")) == 1
    reasons = [line.split("defer ")[1].split(")")[0] for line in said(village, "==")]
    assert sorted(reasons) == ["(-54"] * 11 + ["(110"]


def test_the_pauses_grow_however_many_letters_wait(tmp_path: Path) -> None:
    async def act(village: Village) -> None:
        village.world.network.refuse(ADDRESSES[THERE], 25)
        for number in range(5):
            await send(village, number)
        await village.world.clock.advance("8h")

    village = play(tmp_path, act, retry="F,1h,30m; G,3d,1h,2", trace=False)
    said_no = [
        line
        for line in village.files[HERE].read_text("/var/log/exim4/mainlog").splitlines()
        if line.endswith("[128.10.30.2] Connection refused")
    ]
    hours = [int(line[11:13]) * 60 + int(line[14:16]) for line in said_no]
    assert [minutes - hours[0] for minutes in hours] == [0, 30, 60, 120, 240, 480]


def test_local_only(tmp_path: Path) -> None:
    async def act(village: Village) -> None:
        await village.send("alice@example.com", ["bob@ask.com", "anna@example.com"])
        await run(village, "l")

    village = play(tmp_path, act, queue_only=True)
    assert len(village.maildir(HERE, "anna")) == 1
    assert said(village, "==") == [
        "== bob@ask.com R=dnslookup T=remote_smtp defer (-55): remote deliveries suppressed"
    ]
    assert village.mtas[HERE].hints.find("T:bob@ask.com") is None
    assert connections(village) == 0


def test_only_what_nobody_has_tried(tmp_path: Path) -> None:
    async def act(village: Village) -> None:
        village.world.network.refuse(ADDRESSES[THERE], 25)
        await send(village, 1)
        await run(village, "")
        await send(village, 2, "anna@example.com")
        await village.stop(HERE)
        await village.start(HERE)
        await run(village, "iff")

    village = play(tmp_path, act, queue_only=True)
    assert len(village.trace.find("smtp.ConnectFailed")) == 1
    assert len(village.maildir(HERE, "anna")) == 1


def test_from_one_id_to_another(tmp_path: Path) -> None:
    async def act(village: Village) -> None:
        for number in range(4):
            await send(village, number, "anna@example.com")
        ids = [each.id for each in village.mtas[HERE].queue]
        await run(village, "", first=ids[1], last=ids[2])
        assert [each.id for each in village.mtas[HERE].queue] == [ids[0], ids[3]]

    play(tmp_path, act, queue_only=True)


def test_retry_times_do_not_count_for_the_first_that_is_meant(tmp_path: Path) -> None:
    async def act(village: Village) -> None:
        village.world.network.refuse(ADDRESSES[THERE], 25)
        for number in range(3):
            await send(village, number)
        await run(village, "")
        await run(village, "", recipient="ASK")

    village = play(tmp_path, act, queue_only=True)
    assert len(village.trace.find("smtp.ConnectFailed")) == 2


def test_the_order_is_by_chance_or_by_age(tmp_path: Path) -> None:
    def order(folder: Path, **changes: object) -> list[str]:
        async def act(village: Village) -> None:
            for number in range(8):
                await send(village, number, "anna@example.com")
            await run(village, "")

        village = play(folder, act, queue_only=True, **changes)
        return [line[:16] for line in village.log(HERE) if " => " in line]

    setting = {"/etc/exim4/conf.d/main/90_order": "queue_run_in_order\n"}
    by_chance = order(tmp_path / "1")
    assert by_chance != sorted(by_chance)
    assert order(tmp_path / "2") == by_chance  # the same chance
    assert order(tmp_path / "3", files=setting) == sorted(by_chance)


# ── what somebody is at ──────────────────────────────────────────────────────────────────────────


def test_what_another_works_on_is_left_alone(tmp_path: Path) -> None:
    async def act(village: Village) -> None:
        village.world.network.down(ADDRESSES[THERE])
        await send(village, 1)
        await village.world.clock.advance("1s")
        await run(village, "")
        assert village.mtas[HERE].queue.is_busy(next(iter(village.mtas[HERE].queue)))

    village = play(tmp_path, act)
    (told,) = said(village, "Spool file")
    assert told.endswith("is locked (another process is handling this message)")


def test_a_forced_run_does_not_take_another_try_for_its_own(tmp_path: Path) -> None:
    """After a restart a letter is tried at once, and its host is known not to answer."""

    async def act(village: Village) -> None:
        village.world.network.refuse(ADDRESSES[THERE], 25)
        await send(village, 1)
        await settle(village)
        await village.stop(HERE)
        village.world.network.allow(ADDRESSES[THERE], 25)
        await village.start(HERE)
        await village.mtas[HERE].run_queue(force=True)
        assert len(village.mtas[HERE].queue) == 0

    village = play(tmp_path, act)
    assert len(village.maildir(THERE, "bob")) == 1


# ── what is held back ────────────────────────────────────────────────────────────────────────────


def option(text: str) -> dict[str, str]:
    return {"/etc/exim4/conf.d/main/90_held": f"{text}\n"}


def test_held_until_it_is_forced(tmp_path: Path) -> None:
    async def act(village: Village) -> None:
        await send(village, 1)
        await settle(village)
        await run(village, "")
        assert len(village.mtas[HERE].queue) == 1
        await run(village, "f")
        assert len(village.mtas[HERE].queue) == 0

    village = play(tmp_path, act, files=option("hold_domains = ask.com"))
    assert said(village, "==") == ["== bob@ask.com defer (-23): domain is held"] * 2
    assert village.mtas[HERE].hints.find("R:bob@ask.com") is None


def test_queued_until_a_queue_run(tmp_path: Path) -> None:
    async def act(village: Village) -> None:
        await send(village, 1)
        await settle(village)
        assert connections(village) == 0
        await run(village, "")
        assert len(village.mtas[HERE].queue) == 0

    village = play(tmp_path, act, files=option("queue_domains = ask.com"))
    assert said(village, "==") == ["== bob@ask.com routing defer (-56): domain is in queue_domains"]


def test_routed_at_once_and_sent_in_a_queue_run(tmp_path: Path) -> None:
    async def act(village: Village) -> None:
        for number in range(3):
            await send(village, number)
        await settle(village)
        assert connections(village) == 0
        await run(village, "")
        assert len(village.mtas[HERE].queue) == 0

    village = play(tmp_path, act, files=option("queue_smtp_domains = *.com"))
    assert (
        said(village, "==")
        == [
            "== bob@ask.com R=dnslookup T=remote_smtp defer (-1): first-pass only routing due to"
            " -odqs, queue_smtp_domains or control=queue"
        ]
        * 3
    )
    assert connections(village) == 1  # who waits for which host was known


def test_who_is_given_up_in_time_is_told_so(tmp_path: Path) -> None:
    async def act(village: Village) -> None:
        village.world.network.refuse(ADDRESSES[THERE], 25)
        await send(village, 1)
        await settle(village)
        queue = village.mtas[HERE].queue
        await ByHand(queue, "root").freeze(next(iter(queue)))
        await village.world.clock.advance("8d")  # Debian's timeout_frozen_after is a week
        await run(village, "")
        await settle(village)

    village = play(tmp_path, act)
    place = village.states("alice@example.com/1")["bob@ask.com"]
    assert place == (HERE, "spool", "bounced")
    (bounced,) = village.trace.find(events.Bounced)
    (given_up,) = village.trace.find(events.GivenUp)
    assert bounced.cause == given_up.name
    assert len(village.maildir(HERE, "alice")) == 1


# ── Debian's daemon ──────────────────────────────────────────────────────────────────────────────


def test_a_queue_runner_every_half_an_hour(tmp_path: Path) -> None:
    async def act(village: Village) -> None:
        village.files[HERE].write_text(DEFAULT, "QUEUERUNNER='combined'\nQUEUEINTERVAL='30m'\n")
        await village.stop(HERE)
        await village.start(HERE)
        await settle(village)
        village.world.network.refuse(ADDRESSES[THERE], 25)
        await send(village, 1)
        await village.world.clock.advance("1h50m")

    village = play(tmp_path, act)
    assert said(village, "queue run") == ["queue run: pid=1"] * 8
    tries = [event.time for event in village.trace.find("smtp.ConnectFailed")]
    first = tries[0]
    assert [round((time - first) / 60) for time in tries] == [0, 30, 60, 90]


def test_a_run_when_the_daemon_starts(tmp_path: Path) -> None:
    async def act(village: Village) -> None:
        await send(village, 1, "anna@example.com")
        village.files[HERE].write_text(DEFAULT, "QUEUEINTERVAL=2h")
        await village.stop(HERE)
        await village.start(HERE)
        await settle(village)

    village = play(tmp_path, act, queue_only=True)
    assert len(village.maildir(HERE, "anna")) == 1


def test_no_runner_and_nobody_tries(tmp_path: Path) -> None:
    async def act(village: Village) -> None:
        village.files[HERE].write_text(DEFAULT, "QUEUERUNNER='no'\n")
        await village.stop(HERE)
        await village.start(HERE)
        village.world.network.refuse(ADDRESSES[THERE], 25)
        await send(village, 1)
        await village.world.clock.advance("5h")

    village = play(tmp_path, act)
    assert len(village.trace.find("smtp.ConnectFailed")) == 1


def test_no_more_runs_at_a_time_than_queue_run_max(tmp_path: Path) -> None:
    async def act(village: Village) -> None:
        village.world.network.down(ADDRESSES[THERE])
        await send(village, 1)
        village.files[HERE].write_text(DEFAULT, "QUEUEINTERVAL='30s'\nQFLAGS='f'\n")
        await village.stop(HERE)
        await village.start(HERE)
        await village.world.clock.advance("100s")
        began = [line for line in village.log(HERE) if "Start queue run" in line]
        assert len(began) == 2

    play(tmp_path, act, queue_only=True, files=option("queue_run_max = 2"))


def test_an_interval_that_is_none(tmp_path: Path) -> None:
    async def act(village: Village) -> None:
        for bad in ("soon", "0s"):
            village.files[HERE].write_text(DEFAULT, f"QUEUEINTERVAL='{bad}'\n")
            await village.stop(HERE)
            await village.start(HERE)

    village = play(tmp_path, act)
    panic = village.log(HERE, "paniclog")
    assert DEFAULT in panic[0] and "expected a number with w, d, h, m or s" in panic[0]
    assert "expected more than no time" in panic[1]


def test_stopping_in_the_middle_of_a_run(tmp_path: Path) -> None:
    async def act(village: Village) -> None:
        village.world.network.down(ADDRESSES[THERE])
        for number in range(3):
            await send(village, number)
        going = asyncio.ensure_future(Running(village.mtas[HERE].queue, Wanted.of("f")).run())
        await village.world.clock.advance("1s")
        await village.stop(HERE)
        await going
        await village.start(HERE)
        assert len(village.mtas[HERE].queue) == 3

    play(tmp_path, act, queue_only=True)


def test_what_is_wanted_in_words() -> None:
    wanted = Wanted.of("qiffl", recipient="ann", sender="b", patterns="S")
    assert str(wanted) == "-qqiffl -R ann -Sr b"
    assert str(Wanted.of("")) == ""
    assert Wanted.of("q").manners == (
        Manner(queue_run=True, first_pass=True),
        Manner(queue_run=True),
    )
