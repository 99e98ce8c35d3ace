"""Disk work in threads: counted, its errors handed over, never in the way of the lab's end."""

import asyncio
import threading
import time

import pytest

from labmail.world import LabLoop, simulate


@pytest.mark.parametrize("workers", [0, 1, 2])
def test_a_result_and_an_error(workers):
    async def main(world):
        assert await world.loop.run_in_executor(None, divmod, 7, 2) == (3, 1)
        with pytest.raises(ZeroDivisionError):
            await world.loop.run_in_executor(None, divmod, 7, 0)
        return await asyncio.to_thread(int, "42")

    assert simulate(main, workers=workers) == 42


@pytest.mark.parametrize("error", [SystemExit, KeyboardInterrupt, GeneratorExit])
def test_no_error_is_so_bad_that_the_asker_waits_for_ever(error):
    async def main(world):
        def fail():
            raise error

        job = world.loop.run_in_executor(None, fail)
        await world.clock.settle()
        assert isinstance(job.exception(), error)

    simulate(main, flow=False)


def test_stop_iteration_becomes_an_error_that_a_future_can_carry():
    async def main(world):
        with pytest.raises(RuntimeError, match="StopIteration"):
            await world.loop.run_in_executor(None, next, iter(()))

    simulate(main)


def test_work_is_done_in_threads_of_their_own():
    async def main(world):
        names = {await world.loop.run_in_executor(None, name_of_thread) for _ in range(5)}
        assert all(name.startswith("labmail-disk") for name in names)

    simulate(main)
    assert not [t for t in threading.enumerate() if t.name.startswith("labmail-disk")]


def name_of_thread():
    return threading.current_thread().name


def test_without_threads_work_is_done_in_place():
    async def main(world):
        return await world.loop.run_in_executor(None, name_of_thread)

    assert simulate(main, workers=0) == threading.current_thread().name


def test_an_asker_who_leaves_does_not_disturb():
    async def main(world):
        job = world.loop.run_in_executor(None, time.sleep, 0.01)
        job.cancel()
        await world.clock.settle()
        assert not world.loop.pulse.in_flight

    simulate(main, flow=False)


def test_work_that_was_begun_is_ended_when_the_loop_closes():
    done = []

    async def main(world):
        world.loop.run_in_executor(None, lambda: (time.sleep(0.05), done.append("done")))

    simulate(main)
    assert done == ["done"]


def test_a_loop_without_a_network_is_an_ordinary_one():
    loop = LabLoop(flow=True)
    try:
        assert loop.run_until_complete(asyncio.sleep(3600, "rested")) == "rested"
    finally:
        loop.close()
