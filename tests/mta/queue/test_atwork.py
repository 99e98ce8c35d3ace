"""Who is at work: how many at the same time, in which order, and nobody twice."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

from labmail.mta.delivery.manner import AT_ONCE, IN_TURN, Manner
from labmail.mta.queue.atwork import AtWork, Turn
from labmail.world import World, simulate

TURN = Turn(AT_ONCE)
FORCED = Turn(Manner(force=True))


class Shop:
    """Two may be at work; each takes ten seconds."""

    def __init__(self) -> None:
        self.told: list[str] = []
        self.at_work = AtWork(self.work, lambda letter: self.told.append(f"-{letter}"), 2)

    async def work(self, letter: str, turn: Turn) -> None:
        self.told.append(f"+{letter}{'!' if turn.manner.force else ''}")
        await asyncio.sleep(10)


def play(act: Callable[[Shop], Awaitable[None]]) -> list[str]:
    async def main(world: World) -> Shop:
        shop = Shop()
        await act(shop)
        while len(shop.at_work):
            await asyncio.sleep(1)
        return shop

    return simulate(main).told


def test_two_at_a_time_in_their_order() -> None:
    async def act(shop: Shop) -> None:
        for letter in "abcd":
            shop.at_work.begin(letter, TURN)
        assert shop.at_work.crowded and "d" in shop.at_work

    assert play(act) == ["+a", "+b", "-a", "-b", "+c", "+d", "-c", "-d"]


def test_nobody_twice() -> None:
    async def act(shop: Shop) -> None:
        shop.at_work.begin("a", TURN)
        shop.at_work.begin("a", TURN)
        await asyncio.sleep(5)
        shop.at_work.begin("a", TURN)
        assert not shop.at_work.begin_beside("a", TURN)

    assert play(act) == ["+a", "-a"]


def test_who_was_handed_a_line_does_not_stand_in_line() -> None:
    async def act(shop: Shop) -> None:
        for letter in "abcd":
            shop.at_work.begin(letter, TURN)
        await asyncio.sleep(1)
        assert shop.at_work.begin_beside("d", Turn(IN_TURN)) and shop.at_work.is_beside("d")
        await shop.at_work.all_beside()
        assert "d" not in shop.at_work and "c" in shop.at_work

    assert play(act)[:3] == ["+a", "+b", "+d"]


def test_who_insists_waits_for_a_try_that_is_not_forced() -> None:
    async def act(shop: Shop) -> None:
        shop.at_work.begin("a", TURN)
        await asyncio.sleep(1)
        await shop.at_work.insist("a", FORCED)
        shop.at_work.begin("a", FORCED)
        await asyncio.sleep(1)
        await shop.at_work.insist("a", FORCED)  # that one will do
        assert "a" in shop.at_work

    assert play(act) == ["+a", "-a", "+a!", "-a"]


def test_who_insists_has_the_turn_in_line() -> None:
    async def act(shop: Shop) -> None:
        for letter in "abc":
            shop.at_work.begin(letter, TURN)
        await shop.at_work.insist("c", FORCED)

    assert play(act)[-2:] == ["+c!", "-c"]


def test_whoever_waits_for_the_end_is_told_when_it_is_stopped() -> None:
    async def act(shop: Shop) -> None:
        for letter in "abc":
            shop.at_work.begin(letter, TURN)
        waiting = [asyncio.ensure_future(shop.at_work.done(each)) for each in "ac"]
        await asyncio.sleep(1)
        await shop.at_work.stop()
        await asyncio.gather(*waiting)

    assert play(act) == ["+a", "+b", "-a", "-b"]
