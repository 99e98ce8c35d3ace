"""What do letters cost that wait? Seconds of the processor's time.

    six days        one letter for a host that is down: every try that Debian's retry rule has (28),
                    three warnings and the bounce, under ``clock.advance("6d")``
    five hundred    letters for that host in one queue run: one of them calls it, the others are put
                    off by the hint

Both on the lab's network, with the trace on for the first. More work for each attempt (routing,
strings, questions to the DNS, events) makes them worse; wall time is printed beside, since disk
work is done by others meanwhile.
"""

from __future__ import annotations

import argparse
import statistics
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

from labmail.world import World, simulate

HERE, THERE = "mail.example.com", "128.10.30.2"
Play = Callable[[Any], Awaitable[tuple[float, float]]]


class Watch:
    """Seconds of the processor and of the wall since it was made."""

    def __init__(self) -> None:
        self._cpu, self._wall = time.process_time(), time.perf_counter()

    def read(self) -> tuple[float, float]:
        return time.process_time() - self._cpu, time.perf_counter() - self._wall


async def six_days(village: Any) -> tuple[float, float]:
    await village.send("alice@example.com", "bob@ask.com")
    await village.world.clock.run(within="1m")
    watch = Watch()
    await village.world.clock.advance("6d")
    return watch.read()


async def five_hundred(village: Any) -> tuple[float, float]:
    for number in range(500):
        await village.send("alice@example.com", "bob@ask.com", letter=f"a@b.test/{number}")
    watch = Watch()
    await village.mtas[HERE].run_queue()
    return watch.read()


def once(play: Play, **changes: object) -> tuple[float, float]:
    from tests.mta.village import Village

    with tempfile.TemporaryDirectory() as folder:

        async def main(world: World) -> tuple[float, float]:
            village = await Village.make(world, Path(folder), **changes)  # type: ignore[arg-type]
            village.world.network.refuse(THERE, 25)
            taken = await play(village)
            await village.close()
            return taken

        return simulate(main, flow=False)


def main() -> None:
    """Print median, least and most of the processor's time, and the median of the wall's."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--times", type=int, default=5, help="turns of each (5)")
    times = parser.parse_args().times
    sys.path.insert(0, str(Path(__file__).parents[1]))  # the two companies are those of the tests
    print(f"{'seconds':<14} {'processor':>10} {'wall':>8}   {times} turns")
    for play, changes in ((six_days, {}), (five_hundred, {"queue_only": True, "trace": False})):
        turns = [once(play, **changes) for _ in range(times)]
        cpu, wall = ([turn[column] for turn in turns] for column in (0, 1))
        spread = f"({min(cpu):.3f} to {max(cpu):.3f})"
        name = play.__name__.replace("_", " ")
        print(
            f"{name:<14} {statistics.median(cpu):10.3f} {statistics.median(wall):8.3f}   {spread}"
        )


if __name__ == "__main__":
    main()
