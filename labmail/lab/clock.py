"""The lab's clock as a notebook holds it: look at it, move it.

Try: ``lab.clock.now()``, ``lab.clock.advance("4d")``.
"""

from __future__ import annotations

from datetime import datetime

from ..message import Shown, look
from ..trace.words import day
from ..world import Clock, Interval, LoopThread
from .showable import Showable, title
from .twin import twin


class LabClock(Showable):
    """`labmail.world.Clock` for the thread of the notebook; each method has an ``.aio`` twin."""

    def __init__(self, clock: Clock, thread: LoopThread, *, bound: str = "") -> None:
        """``bound``: why it cannot be moved; "" where it can."""
        self._clock, self._thread, self._bound = clock, thread, bound

    def show(self) -> Shown:
        """Date and time, and whether they pass by themselves."""
        moment = f"{day(self.time())} UTC"
        manner = "it runs" if self.live else "it stands still until something moves it"
        card = look.card(look.row(title("clock", moment, manner, "now")), label="clock")
        return Shown(f"{moment}; {manner}", card)

    def __repr__(self) -> str:
        return f"<clock {day(self.time())} UTC, {'live' if self.live else 'frozen'}>"

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
    async def advance(self, by: Interval) -> LabClock:
        """Moves the clock on and plays what falls due: ``"15m"``, ``"4d"``, seconds, a timedelta.

        Gives the clock, to be looked at. Raises ValueError for an interval that is none, and where
        programs run that go by the machine's own clock.
        """
        if self._bound:
            raise ValueError(self._bound)
        await self._clock.advance(by)
        return self
