"""The ration: how much strangers may have told of themselves.

The trace keeps all that the lab's own hosts say to each other: that is what it is for. A program
that comes in through a door can say more than anybody will ever read, for hours, and its lines must
not fill the memory. So the lines and refusals of strangers are told as long as their ration lasts.
It is large, and grows again with time; what becomes of a *letter* is told whatever it costs.

    >>> ration = Ration(lambda: 0.0, most=2, rate=1.0)
    >>> ration.spend(), ration.spend(), ration.spend(), ration.skipped
    (True, True, False, 1)

Try: ``cat /dev/urandom`` into a door, and look at the memory of the process.
"""

from __future__ import annotations

from collections.abc import Callable

KILO = 1024
MOST, RATE = 50_000, 20.0


class Ration:
    """So many events of about a kilobyte, and ``rate`` more each second that ``now`` tells."""

    def __init__(self, now: Callable[[], float], *, most: float = MOST, rate: float = RATE) -> None:
        self._now, self._most, self._rate = now, most, rate
        self._left, self._asked = float(most), now()
        self.skipped = 0
        """Events that were not told since the ration was last enough."""

    def spend(self, octets: int = 0) -> bool:
        """Whether one more event, with so many octets in it, may be told."""
        now = self._now()
        self._left = min(self._most, self._left + (now - self._asked) * self._rate)
        self._asked = now
        cost = 1 + octets // KILO
        if self._left < cost:
            self.skipped += 1
            return False
        self._left -= cost
        self.skipped = 0
        return True
