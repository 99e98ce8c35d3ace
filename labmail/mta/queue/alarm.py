"""The alarm clock of a queue: it rings for each letter when its next try is due.

A hundred thousand letters may wait. So there is one timer, for whoever is due first, and a heap in
which the others stand behind; a letter that is set anew, or is gone, leaves its old place in the
heap behind, which is passed over when its time comes.

Try: ``Alarm(now=mta.office.now, ring=print).set("1vwz8C-000001-00", due)``.
"""

from __future__ import annotations

import asyncio
import heapq
from collections.abc import Callable

SOON = 0.001
"""Seconds; so much early is on time."""


class Alarm:
    """``ring`` is called with the id of a letter that is due; ``now`` gives POSIX seconds."""

    def __init__(self, now: Callable[[], float], ring: Callable[[str], None]) -> None:
        self._now, self._ring = now, ring
        self._due: dict[str, float] = {}
        self._heap: list[tuple[float, str]] = []
        self._timer: asyncio.TimerHandle | None = None
        self._armed = 0.0
        """For when the timer is set."""

    def __len__(self) -> int:
        """How many letters it will ring for."""
        return len(self._due)

    def set(self, letter: str, due: float) -> None:
        """Rings for the letter at ``due`` (POSIX seconds), and at no other time."""
        self._due[letter] = due
        heapq.heappush(self._heap, (due, letter))
        if len(self._heap) > 2 * len(self._due) + 64:  # mostly places that were left behind
            self._heap = [(due, letter) for letter, due in self._due.items()]
            heapq.heapify(self._heap)
        self._arm()

    def unset(self, letter: str) -> None:
        """Does not ring for it."""
        self._due.pop(letter, None)

    def stop(self) -> None:
        """Rings for nobody any more."""
        self._due.clear()
        self._heap.clear()
        self._disarm()

    def _arm(self) -> None:
        """Sets the timer for whoever is due first."""
        if not self._heap:
            return
        due = self._heap[0][0]
        if self._timer is not None and self._armed <= due:
            return
        self._disarm()
        wait = max(due - self._now(), 0.0)
        self._timer, self._armed = asyncio.get_running_loop().call_later(wait, self._rings), due

    def _disarm(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _rings(self) -> None:
        self._timer = None
        while self._heap and self._heap[0][0] <= self._now() + SOON:
            due, letter = heapq.heappop(self._heap)
            if self._due.get(letter) == due:
                del self._due[letter]
                self._ring(letter)
        self._arm()
