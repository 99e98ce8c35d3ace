"""Runs a small world in the calling thread: for tests, benchmarks and anything without a notebook.

>>> async def main(world):
...     await world.clock.sleep("4d")
...     return world.clock.now().isoformat()
>>> simulate(main)
'2026-03-06T09:00:00+00:00'
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any, TypeVar

from .chance import Chance
from .clock import Clock
from .files import Disk
from .loop import LabLoop
from .network import VISITOR, Network
from .thin import ThinLoop
from .workers import close_loop

T = TypeVar("T")


@dataclass(frozen=True)
class World:
    """What is passed in, never reached for."""

    loop: LabLoop
    clock: Clock
    network: Network
    chance: Chance
    disk: Disk


def make_world(
    loop: LabLoop,
    *,
    epoch: float | None = None,
    seed: str = "labmail",
    latency: float = 0.0,
    visitor: str = VISITOR,
    wire: str = "memory",
) -> World:
    """A world on ``loop``: clock, network, chance and disk that belong together."""
    network = Network(loop, latency=latency, visitor=visitor, wire=wire)
    return World(loop, Clock(loop, epoch=epoch), network, Chance(seed), Disk())


def simulate(
    main: Callable[[World], Awaitable[T]],
    *,
    flow: bool = True,
    live: bool = False,
    latency: float = 0.0,
    seed: str = "labmail",
    workers: int = 2,
    wire: str = "memory",
    thin: bool = False,
) -> T:
    """Runs ``main(world)`` to its end and gives its result.

    With ``flow`` time passes by itself whenever all is quiet, so that a time-out of an hour plays
    at once; without it the clock is frozen and ``main`` moves it; with ``live`` it is the
    machine's. While a door is open time does not flow, since somebody outside may be thinking.
    ``wire`` says how bytes are carried, ``memory`` or ``sockets`` (carrier.py); with ``thin`` there
    are neither threads nor sockets (thin.py).

    Raises RuntimeError when ``main`` waits for something that can no longer happen.
    """
    if thin:
        loop: LabLoop = ThinLoop(flow=flow)
    else:
        loop = LabLoop(live=live, flow=flow and not live, workers=workers)
    try:
        return loop.run_until_complete(_run(loop, main, latency=latency, seed=seed, wire=wire))
    finally:
        close_loop(loop)


async def _run(loop: LabLoop, main: Callable[[World], Awaitable[T]], **options: Any) -> T:
    world = make_world(loop, **options)
    task = loop.create_task(_call(main, world))
    asleep = False

    def on_asleep() -> None:
        nonlocal asleep
        asleep = True
        task.cancel()

    loop.pulse.on_asleep = on_asleep
    try:
        return await task
    except BaseException as error:
        if asleep:
            raise RuntimeError("nothing can happen any more, and main still waits") from error
        raise
    finally:
        loop.pulse.on_asleep = None
        await world.network.close()


async def _call(main: Callable[[World], Awaitable[T]], world: World) -> T:
    return await main(world)
