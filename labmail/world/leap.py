"""A leap: the clock being moved, once, by somebody who waits for it.

Try: ``await world.clock.advance("4d")``; while it plays, a second one is refused.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass


@dataclass(eq=False)
class Leap:
    """How far the clock is to move, whether to stop when all is quiet, and who waits for it."""

    target: float
    stop_when_quiet: bool
    until: Callable[[], bool] | None
    done: asyncio.Future[None]

    def arrived(self) -> bool:
        """Whether ``until`` has come true. An error in it ends the leap, not the loop."""
        if self.until is None:
            return False
        try:
            return bool(self.until())
        except Exception as error:
            self.end(error)
            return True

    def end(self, error: Exception | None = None) -> None:
        """Wakes who waits."""
        if not self.done.done():
            self.done.set_exception(error) if error else self.done.set_result(None)
