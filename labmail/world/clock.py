"""The lab's clock: frozen until you move it, or live.

A frozen clock makes a lesson repeatable: every date, message id and log line is the same on each
run. It moves for three reasons only: somebody calls `Clock.advance` or `Clock.run`, or a packet is
on the wire and the wire takes time (`Network.latency`). ``advance("4d")`` plays everything that
falls due in four days, in order, on the same code that would play it in four real days.

A live clock is the machine's own, for ``labmail serve``; it too can be advanced, and goes on from
there.

Try: ``simulate(main)`` with ``await world.clock.advance("4d")`` in ``main``.
"""

from __future__ import annotations

import asyncio
import re
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .loop import LabLoop

EPOCH = datetime(2026, 3, 2, 9, 0, 0, tzinfo=UTC).timestamp()
"""When a frozen lab begins unless it says otherwise: a Monday morning."""

Interval = str | float | timedelta

_UNITS = {"w": 604800, "d": 86400, "h": 3600, "m": 60, "s": 1, "ms": 0.001, "": 1}
_PART = re.compile(r"\s*(\d+(?:\.\d+)?)\s*(ms|[wdhms]|)")


def seconds(interval: Interval) -> float:
    """Seconds in an interval: a number, a `timedelta`, or Exim's ``1w2d3h4m5s`` (also ``20ms``).

    >>> seconds("15m"), seconds("2h30m"), seconds(90)
    (900.0, 9000.0, 90.0)

    Raises ValueError for anything else, and for a negative interval: time does not run backwards.
    """
    if isinstance(interval, timedelta):
        value = interval.total_seconds()
    elif isinstance(interval, int | float):
        value = float(interval)
    else:
        value = _parse(interval)
    if not 0 <= value < float("inf"):
        raise ValueError(f"an interval of {interval!r}: expected zero or more seconds")
    return value


def _parse(text: str) -> float:
    total, at, text = 0.0, 0, text.strip()
    while at < len(text):
        part = _PART.match(text, at)
        if not part:
            break
        total, at = total + float(part[1]) * _UNITS[part[2]], part.end()
    if not text or at < len(text):
        raise ValueError(
            f"interval {text!r}, column {at + 1}: expected a number with w, d, h, m or s, "
            'as in "4d" or "2h30m"'
        )
    return total


class Clock:
    """Time as the lab knows it. ``loop`` is the event loop whose time it is.

    ``epoch`` is the POSIX time at which the lab begins: by default `EPOCH`, or for a live lab now.
    """

    def __init__(self, loop: LabLoop, *, epoch: float | None = None) -> None:
        if epoch is None:
            epoch = time.time() - loop.time() if loop.pulse.live else EPOCH
        self._loop, self._epoch = loop, epoch

    @property
    def live(self) -> bool:
        """Whether time passes by itself."""
        return self._loop.pulse.live

    def time(self) -> float:
        """POSIX seconds of the lab, as `time.time` gives them for the world outside."""
        return self._epoch + self._loop.time()

    def now(self) -> datetime:
        """The lab's date and time, in UTC."""
        return datetime.fromtimestamp(self.time(), UTC)

    def age(self, touched: float) -> float:
        """Seconds since a file of this machine was touched, at ``touched`` in POSIX seconds of the
        machine. A frozen clock does not know: 0."""
        return time.time() - touched if self.live else 0.0

    async def sleep(self, interval: Interval) -> None:
        """Waits until so much lab time has passed."""
        await asyncio.sleep(seconds(interval))

    async def advance(self, by: Interval) -> None:
        """Moves the clock on, playing in order all that falls due, the last instant included.

        Raises RuntimeError if the clock is already being moved, or if something outside the lab's
        control (a thread, a child process) has been awaited too long.
        """
        await self._loop.pulse.leap(seconds(by), stop_when_quiet=False)

    async def run(self, until: Callable[[], bool] | None = None, within: Interval = "1m") -> None:
        """Lets everything happen that is due ``within`` this time, and stops when all is quiet.

        Unlike `advance` it does not move the clock past the last thing that happened. With
        ``until`` it also stops as soon as that is true.
        """
        await self._loop.pulse.leap(seconds(within), stop_when_quiet=True, until=until)

    @property
    def turn(self) -> int:
        """Which turn of the loop this is; see `give_way`."""
        return self._loop.pulse.turn

    @property
    def late(self) -> bool:
        """Whether this turn has lasted so long, in real time, that others should have theirs."""
        return self._loop.pulse.late

    async def give_way(self) -> None:
        """Lets others speak first: waits until what has arrived for them has been handed over."""
        await self._loop.pulse.give_way()

    async def settle(self) -> None:
        """Waits until nothing is under way at this instant; only the wire may take its time."""
        await self._loop.pulse.settle()

    @contextmanager
    def hold(self, why: str) -> Iterator[None]:
        """Time may not jump while something outside the lab works, a child process for example."""
        self._loop.pulse.depart(why)
        try:
            yield
        finally:
            self._loop.pulse.land(why)
