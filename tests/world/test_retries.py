"""Days of retries in milliseconds: a host is down, a queue tries again and again, and gives up.

The schedule is Debian's and Exim's default: ``F,2h,15m; G,16h,1h,1.5; F,4d,6h`` (chapter 32 of the
Exim specification): every 15 minutes for two hours, then at gaps that grow by half from one hour
until 16 hours have passed, then every six hours until four days have passed.
"""

import asyncio
import time
from itertools import pairwise

import pytest

from labmail.world import seconds, simulate

HERE, THERE = "10.1.0.1", "10.1.0.2"
RULES = [("F", "2h", "15m"), ("G", "16h", "1h", 1.5), ("F", "4d", "6h")]


def gap(passed, last):
    """Seconds until the next try, ``passed`` seconds after the first failure; None: give up."""
    for kind, cutoff, first, *factor in RULES:
        if passed < seconds(cutoff):
            grown = last * factor[0] if kind == "G" else 0
            return max(seconds(first), grown)
    return None


async def try_until_it_works(world, tries):
    """Tries to connect until it works, or the schedule ends; notes each try in hours."""
    first, last = world.clock.time(), 0
    while True:
        tries.append(round((world.clock.time() - first) / 3600, 2))
        try:
            _, writer = await world.network.open_stream(HERE, THERE, 25)
        except TimeoutError:
            begun = first + tries[-1] * 3600
            last = gap(begun - first, last)
            if last is None:
                return "bounced"
            await world.clock.sleep(begun + last - world.clock.time())
        else:
            writer.close()
            return "delivered"


def play(days, back_after=None):
    async def main(world):
        world.network.add_host(HERE, THERE)
        await world.network.listen(THERE, 25, asyncio.Protocol)
        world.network.down(THERE)
        if back_after is not None:
            world.loop.call_later(seconds(back_after), world.network.up, THERE)
        tries = []
        task = asyncio.ensure_future(try_until_it_works(world, tries))
        begin = time.perf_counter()
        await world.clock.advance(days)
        assert time.perf_counter() - begin < 2
        return (await task if task.done() else None), tries

    return simulate(main, flow=False)


def test_twenty_eight_tries_then_a_bounce():
    outcome, tries = play("6d")
    assert outcome == "bounced"
    assert len(tries) == 28
    assert tries[:9] == [0, 0.25, 0.5, 0.75, 1, 1.25, 1.5, 1.75, 2]
    assert tries[9:15] == pytest.approx([3, 4.5, 6.75, 10.125, 15.1875, 22.78125], abs=0.1)
    assert {round(b - a, 1) for a, b in pairwise(tries[15:])} == {6.0}
    assert tries[-2] < 96 <= tries[-1]


def test_a_host_that_comes_back_after_a_day_gets_its_letter():
    outcome, tries = play("6d", back_after="1d")
    assert outcome == "delivered"
    assert 24 <= tries[-1] < 30


def test_not_before_its_time():
    assert play("3d")[0] is None


def test_the_same_each_time():
    first = play("6d")
    assert all(play("6d") == first for _ in range(20))
