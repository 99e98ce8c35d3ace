"""The alarm clock of a queue: one timer for all letters."""

from __future__ import annotations

from labmail.mta.queue.alarm import Alarm
from labmail.world import World, simulate


def rung(script: list[tuple[str, str, float]], until: str = "1h") -> list[tuple[float, str]]:
    """When it rings for whom, after ``set``, ``unset`` and ``advance``, in seconds."""
    told: list[tuple[float, str]] = []

    async def main(world: World) -> None:
        began = world.clock.time()
        now = world.clock.time
        alarm = Alarm(now, lambda letter: told.append((round(now() - began, 3), letter)))
        for verb, letter, at in script:
            if verb == "set":
                alarm.set(letter, began + at)
            elif verb == "unset":
                alarm.unset(letter)
            else:
                await world.clock.advance(at)
        await world.clock.advance(until)
        assert len(alarm) == 0
        alarm.stop()

    simulate(main, flow=False)
    return told


def test_in_order_of_their_time() -> None:
    assert rung([("set", "a", 90), ("set", "b", 30), ("set", "c", 60)]) == [
        (30, "b"), (60, "c"), (90, "a"),
    ]  # fmt: skip


def test_set_anew_it_rings_once() -> None:
    assert rung([("set", "a", 30), ("set", "a", 90)]) == [(90, "a")]
    assert rung([("set", "a", 90), ("set", "a", 30)]) == [(30, "a")]


def test_unset_it_does_not_ring() -> None:
    assert rung([("set", "a", 30), ("unset", "a", 0), ("set", "b", 40)]) == [(40, "b")]


def test_what_is_overdue_rings_at_once() -> None:
    assert rung([("advance", "", 100), ("set", "a", 10)]) == [(100, "a")]


def test_many_that_are_set_again_and_again_leave_little_behind() -> None:
    async def main(world: World) -> None:
        alarm = Alarm(world.clock.time, lambda letter: None)
        for turn in range(100):
            for number in range(10):
                alarm.set(f"letter {number}", world.clock.time() + 1000 + turn)
        assert len(alarm) == 10 and len(alarm._heap) < 100
        alarm.stop()

    simulate(main, flow=False)
