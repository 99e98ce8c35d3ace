"""The clock: frozen, moved, run until quiet, flowing, live."""

import asyncio
import time
from datetime import UTC, datetime

import pytest

from labmail.world import EPOCH, simulate

FIRST_HOUR = datetime(2026, 3, 2, 9, tzinfo=UTC)


def frozen(main, **options):
    return simulate(main, flow=False, **options)


class Diary:
    """Notes what happens and when, in seconds since the lab began."""

    def __init__(self, world):
        self.clock, self.start, self.pages = world.clock, world.clock.time(), []

    def note(self, what):
        self.pages.append((round(self.clock.time() - self.start, 6), what))

    async def every(self, interval, what):
        while True:
            await self.clock.sleep(interval)
            self.note(what)

    @property
    def now(self):
        return round(self.clock.time() - self.start, 6)


# -- frozen


def test_a_lab_begins_on_a_monday_morning():
    async def main(world):
        assert world.clock.now() == FIRST_HOUR
        assert world.clock.time() == EPOCH
        assert not world.clock.live

    frozen(main)


def test_a_frozen_clock_stands_still_whatever_is_done():
    async def main(world):
        world.network.add_host("10.1.0.1")
        await world.network.listen("10.1.0.1", 25, asyncio.Protocol)
        for _ in range(20):
            await world.network.connect("10.1.0.1", "10.1.0.1", 25, asyncio.Protocol)
            await world.loop.run_in_executor(None, time.sleep, 0.001)
            await world.clock.settle()
        assert world.clock.time() == EPOCH

    frozen(main)


def test_a_sleeper_sleeps_until_somebody_moves_the_clock():
    async def main(world):
        sleeper = asyncio.ensure_future(world.clock.sleep("1s"))
        await world.clock.settle()
        assert not sleeper.done()
        await world.clock.advance(0.999)
        assert not sleeper.done()
        await world.clock.advance(0.001)
        await world.clock.settle()
        assert sleeper.done()

    frozen(main)


# -- advance


def test_advance_plays_all_that_falls_due_in_order():
    async def main(world):
        diary = Diary(world)
        for when in (50, 10, 30, 20, 40, 70):
            world.loop.call_later(when, diary.note, when)
        await world.clock.advance("1m")
        assert diary.pages == [(n, n) for n in (10, 20, 30, 40, 50)]
        assert diary.now == 60
        await world.clock.advance("1m")
        assert diary.pages[-1] == (70, 70)
        assert diary.now == 120

    frozen(main)


def test_the_last_instant_is_included_and_what_it_brings():
    """A timer due at the very end fires, and what it sets in motion is played too."""

    async def main(world):
        diary = Diary(world)
        world.network.add_host("10.1.0.1")
        heard = []

        async def hear(reader, writer):
            heard.append(await reader.read())
            writer.close()

        async def speak():
            _, writer = await world.network.open_stream("10.1.0.1", "10.1.0.1", 25)
            writer.write(b"at the last instant")
            writer.close()

        await asyncio.start_server(hear, "10.1.0.1", 25)
        world.loop.call_later(60, lambda: asyncio.ensure_future(speak()))
        await world.clock.advance("1m")
        assert heard == [b"at the last instant"]
        assert diary.now == 60

    frozen(main)


@pytest.mark.parametrize("step", [0.1, 1 / 3, 7.7])
def test_the_last_instant_is_found_in_spite_of_rounding(step):
    async def main(world):
        diary = Diary(world)
        world.loop.call_later(step * 3, diary.note, "due")
        for _ in range(3):
            await world.clock.advance(step)
        assert [what for _, what in diary.pages] == ["due"]

    frozen(main)


def test_what_sleeps_in_a_loop_wakes_each_time():
    async def main(world):
        diary = Diary(world)
        task = asyncio.ensure_future(diary.every("15m", "tick"))
        await world.clock.advance("4d")
        assert len(diary.pages) == 4 * 96
        assert diary.pages[-1] == (4 * 86400, "tick")
        task.cancel()

    frozen(main)


def test_an_advance_of_nothing_plays_what_is_due_now():
    async def main(world):
        diary = Diary(world)
        world.loop.call_later(0, diary.note, "now")
        world.loop.call_later(1, diary.note, "later")
        await world.clock.advance(0)
        assert diary.pages == [(0, "now")]

    frozen(main)


def test_timers_of_weeks():
    """asyncio never waits for more than a day at a time; the lab knows of timers beyond."""

    async def main(world):
        diary = Diary(world)
        for days in (40, 1, 3, 2, 90):
            world.loop.call_later(days * 86400, diary.note, days)
        cancelled = world.loop.call_later(2.5 * 86400, diary.note, "cancelled")
        cancelled.cancel()
        await world.clock.run(within="1w")
        assert diary.pages == [(days * 86400, days) for days in (1, 2, 3)]
        assert diary.now == 3 * 86400
        await world.clock.advance("40d")
        assert diary.pages[-1] == (40 * 86400, 40)
        assert diary.now == 43 * 86400

    frozen(main)


def test_a_second_advance_is_refused():
    async def main(world):
        first = asyncio.ensure_future(world.clock.advance("1d"))
        await asyncio.sleep(0)
        for second in (world.clock.advance(1), world.clock.run()):
            with pytest.raises(RuntimeError, match="already being moved"):
                await second
        await first
        assert world.clock.time() == EPOCH + 86400

    frozen(main)


def test_an_advance_that_is_interrupted_leaves_the_clock_standing():
    async def main(world):
        diary = Diary(world)
        task = asyncio.ensure_future(diary.every(1, "tick"))
        advance = asyncio.ensure_future(world.clock.advance("1000w"))
        while diary.now < 100:
            await asyncio.sleep(1)
        advance.cancel()
        with pytest.raises(asyncio.CancelledError):
            await advance
        stood = world.clock.time()
        await world.loop.run_in_executor(None, time.sleep, 0.01)
        await world.clock.settle()
        assert world.clock.time() == stood
        await world.clock.advance("10s")
        assert world.clock.time() == stood + 10
        task.cancel()

    frozen(main)


# -- run and settle


def test_run_stops_at_the_last_thing_that_happens():
    async def main(world):
        diary = Diary(world)
        world.loop.call_later(20, diary.note, "a")
        world.loop.call_later(40, diary.note, "b")
        world.loop.call_later(90, diary.note, "c")
        await world.clock.run(within="1m")
        assert diary.pages == [(20, "a"), (40, "b")]
        assert diary.now == 40
        await world.clock.run(within="1m")
        assert diary.now == 90
        await world.clock.run(within="1m")
        assert diary.now == 90

    frozen(main)


def test_run_until_something_is_true():
    async def main(world):
        diary = Diary(world)
        task = asyncio.ensure_future(diary.every(1, "tick"))
        await world.clock.run(until=lambda: len(diary.pages) == 7)
        assert diary.now == 7
        await world.clock.run(until=lambda: True)
        assert diary.now == 7
        await world.clock.run(until=lambda: False, within="10s")
        assert diary.now == 17
        task.cancel()

    frozen(main)


def test_an_error_in_until_is_the_callers():
    async def main(world):
        with pytest.raises(ZeroDivisionError):
            await world.clock.run(until=lambda: 1 / 0)
        await world.clock.advance(1)
        assert world.clock.time() == EPOCH + 1

    frozen(main)


def test_settle_waits_for_threads_and_wires_but_not_for_timers():
    async def main(world):
        diary = Diary(world)

        async def work():
            await world.loop.run_in_executor(None, time.sleep, 0.01)
            diary.note("worked")
            await asyncio.sleep(1)
            diary.note("slept")

        task = asyncio.ensure_future(work())
        await world.clock.settle()
        assert diary.pages == [(0, "worked")]
        task.cancel()

    frozen(main)


# -- holding and patience


def test_time_does_not_jump_while_it_is_held():
    async def main(world):
        diary = Diary(world)
        world.loop.call_later(60, diary.note, "timer")

        async def program():
            with world.clock.hold("exim4"):
                await wait_outside(world.loop, 0.05)
                diary.note("program")

        task = asyncio.ensure_future(program())
        await asyncio.sleep(0)
        await world.clock.advance("2m")
        assert diary.pages == [(0, "program"), (60, "timer")]
        await task

    frozen(main)


async def wait_outside(loop, seconds):
    """Waits for something that the lab does not count: a thread that calls back."""
    import threading

    done = loop.create_future()
    timer = threading.Timer(seconds, lambda: loop.call_soon_threadsafe(done.set_result, None))
    timer.start()
    await done


@pytest.mark.parametrize("wait", ["advance", "settle"])
def test_the_watchdog_names_what_is_at_work(wait):
    async def main(world):
        world.loop.pulse.patience = 0.05
        with world.clock.hold("exim4"), world.clock.hold("exim4"), world.clock.hold("spamd"):
            with pytest.raises(RuntimeError, match=r"0\.05 s .* exim4 \(2\), spamd \(1\)"):
                await (world.clock.advance("1d") if wait == "advance" else world.clock.settle())
            assert world.clock.time() == EPOCH
        await world.clock.advance("1d")
        assert world.clock.time() == EPOCH + 86400

    frozen(main)


# -- flow


def test_time_flows_by_itself_when_asked_to():
    async def main(world):
        begin = time.monotonic()
        await world.clock.sleep("30d")
        assert time.monotonic() - begin < 1
        return world.clock.now()

    assert simulate(main) == datetime(2026, 4, 1, 9, tzinfo=UTC)


def test_a_main_that_waits_for_nothing_is_told_so():
    async def main(world):
        await world.loop.create_future()

    with pytest.raises(RuntimeError, match="nothing can happen any more"):
        simulate(main)


def test_time_does_not_flow_while_a_door_is_open():
    async def main(world):
        world.network.add_host("10.1.0.1")
        await world.network.endpoint("10.1.0.1", 25)
        sleeper = asyncio.ensure_future(world.clock.sleep(1))
        await wait_outside(world.loop, 0.05)
        assert not sleeper.done()
        assert world.clock.time() == EPOCH
        await world.network.close()
        await sleeper

    simulate(main)


# -- live


def test_a_live_clock_is_the_machines():
    async def main(world):
        assert world.clock.live
        assert abs(world.clock.time() - time.time()) < 1
        before, real = world.clock.time(), time.monotonic()
        await world.clock.sleep(0.05)
        lab, real = world.clock.time() - before, time.monotonic() - real
        assert 0.05 <= real < 5
        assert abs(lab - real) < 0.02

    simulate(main, live=True)


def test_a_live_clock_goes_on_from_where_it_was_moved_to():
    async def main(world):
        diary = Diary(world)
        world.loop.call_later(3600, lambda: diary.pages.append("an hour later"))
        begin = time.monotonic()
        await world.clock.advance("4d")
        assert time.monotonic() - begin < 1
        assert diary.pages == ["an hour later"]
        assert 0 <= diary.now - 4 * 86400 < 1
        await world.clock.sleep(0.02)
        assert 0.02 <= diary.now - 4 * 86400 < 2

    simulate(main, live=True)


def test_a_live_timer_is_not_late_for_a_thread_nor_for_a_settler():
    async def main(world):
        diary = Diary(world)
        world.loop.call_later(0.03, diary.note, "timer")
        job = world.loop.run_in_executor(None, time.sleep, 0.4)
        await world.clock.settle()
        assert diary.pages[0][0] < 0.3
        assert diary.now >= 0.4
        await job

    simulate(main, live=True)


def test_a_live_packet_takes_its_time():
    async def main(world):
        diary = Diary(world)
        world.network.add_host("10.1.0.1")
        await world.network.listen("10.1.0.1", 25, asyncio.Protocol)
        await world.network.connect("10.1.0.1", "10.1.0.1", 25, asyncio.Protocol)
        assert 0.06 <= diary.now < 2
        (near, *_) = world.network.ends
        near.write(b"on its way")
        await world.clock.settle()
        assert 0.09 <= diary.now < 2

    simulate(main, live=True, latency=0.03)
