"""The lab's clock as a notebook holds it: look at it, move it.

Try: ``lab.clock.now()``, ``lab.clock.advance("4d")``.
"""

from __future__ import annotations

from datetime import datetime

from ..world import Clock, Interval, LoopThread
from .twin import twin


class LabClock:
    """`labmail.world.Clock` for the thread of the notebook; each method has an ``.aio`` twin."""

    def __init__(self, clock: Clock, thread: LoopThread) -> None:
        self._clock, self._thread = clock, thread

    def __repr__(self) -> str:
        manner = "live" if self._clock.live else "frozen"
        return f"<clock {self.now():%a %d %b %Y %H:%M:%S} UTC, {manner}>"

    @property
    def live(self) -> bool:
        """Whether time passes by itself."""
        return self._clock.live

    def time(self) -> float:
        """POSIX seconds of the lab."""
        return self._clock.time()

    def now(self) -> datetime:
        """The lab's date and time, in UTC."""
        return self._clock.now()

    @twin
    async def advance(self, by: Interval) -> datetime:
        """Moves the clock on and plays what falls due: ``"15m"``, ``"4d"``, seconds, a timedelta.

        Gives the new date and time. Raises ValueError for an interval that is none.
        """
        await self._clock.advance(by)
        return self._clock.now()
