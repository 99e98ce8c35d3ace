"""The pulse: when may time jump?

asyncio asks its selector to wait until something happens or the next timer is due. Here the
selector belongs to the lab, so it is the lab that decides what waiting means. A frozen lab never
really waits for a timer. It asks four questions, in this order:

1. Has the kernel something for us?          Then take it.
2. Is anything in flight, that is, counted as begun and not yet ended (a disk job)?   Then wait.
3. Has anything arrived on the lab's wires?  Then hand all of it over, in a fixed order: a round.
4. Is a packet in the air?                   Then move the clock to the instant it lands.

Only when all four say no is the lab *quiet*; then those who wait for quiet are told, and if
somebody moves the clock, it jumps to the next timer. Because nothing is handed over until all that
is in flight has arrived, the order of events does not depend on how fast a thread was: the same
journey gives the same trace every time.
"""

from __future__ import annotations

import asyncio
import heapq
import selectors
import time
from collections import Counter
from collections.abc import Callable, Mapping
from itertools import count
from typing import Any

Key = tuple[int, ...]
Poll = Callable[[float | None], list[Any]]

PATIENCE = 30.0
"""Real seconds that a thread or child process may take while somebody moves the clock."""


class Pulse:
    """The lab's time and its reasons to wait. ``flow``: time passes by itself whenever all is quiet."""

    def __init__(self, *, live: bool = False, flow: bool = False) -> None:
        self.live, self.flow = live, flow
        self.in_flight: Counter[str] = Counter()
        self.guests = 0
        """Doors that are open: the world outside may speak at any moment, so time must not flow."""
        self._now = 0.0
        self._shift = -time.monotonic()
        self._arrived: dict[Key, Callable[[], None]] = {}
        self._air: list[tuple[float, Key, int, Callable[[], None]]] = []
        self._flights = count()
        self._settlers: list[asyncio.Future[None]] = []
        self._journey: _Journey | None = None
        self.on_asleep: Callable[[], None] | None = None

    # -- what time is it

    def time(self) -> float:
        """Seconds since the lab began."""
        if self.live and self._journey is None:
            return time.monotonic() + self._shift
        return self._now

    # -- what is under way

    def depart(self, why: str) -> None:
        """Something has begun whose end the lab must wait for."""
        self.in_flight[why] += 1

    def land(self, why: str) -> None:
        """It has ended."""
        self.in_flight[why] -= 1
        if self.in_flight[why] <= 0:
            del self.in_flight[why]

    def arrive(self, key: Key, hand_over: Callable[[], None]) -> None:
        """Hands over in the next round, in the order of keys. One entry a key."""
        self._arrived[key] = hand_over

    def fly(self, due: float, key: Key, hand_over: Callable[[], None]) -> None:
        """Hands over in the first round at or after the instant ``due``: a packet in the air."""
        heapq.heappush(self._air, (due, key, next(self._flights), hand_over))

    # -- moving the clock

    async def travel(
        self,
        distance: float,
        *,
        stop_when_quiet: bool,
        until: Callable[[], bool] | None = None,
    ) -> None:
        if self._journey is not None:
            raise RuntimeError("the clock is already being moved: wait for that to end first")
        self._now = self.time()
        loop = asyncio.get_running_loop()
        self._journey = journey = _Journey(
            self._now + distance, stop_when_quiet, until, loop.create_future()
        )
        try:
            await journey.done
        finally:
            self._journey = None
            self._shift = self._now - time.monotonic()

    async def settle(self) -> None:
        future = asyncio.get_running_loop().create_future()
        self._settlers.append(future)
        await future

    # -- the heart

    def wait(self, poll: Poll, timeout: float | None) -> list[Any]:
        """Called in place of ``selector.select(timeout)``; ``poll`` is the real one."""
        if timeout is not None and timeout <= 0:
            return poll(0)
        if events := poll(0):
            return events
        journey = self._journey
        if self.live and journey is None and not self._settlers:
            return self._wait_live(poll, timeout)
        if self.in_flight:
            return poll(PATIENCE) or self._stuck()
        if self._hand_over() or self._fly_on(timeout) or self._wake_settlers():
            return []
        if journey is not None:
            self._move(journey, timeout)
            return []
        return self._rest(poll, timeout)

    def _wait_live(self, poll: Poll, timeout: float | None) -> list[Any]:
        while self._air and self._air[0][0] <= self.time():
            self._arrive_from_air()
        if self._hand_over():
            return []
        if self._air:
            flight = max(0.0, self._air[0][0] - self.time())
            timeout = flight if timeout is None else min(timeout, flight)
        return poll(timeout)

    def _hand_over(self) -> bool:
        if not self._arrived:
            return False
        batch, self._arrived = self._arrived, {}
        loop = asyncio.get_running_loop()
        for key in sorted(batch):
            loop.call_soon(batch[key])
        return True

    def _fly_on(self, timeout: float | None) -> bool:
        """Moves the clock to the landing of the next packet, or to a timer that comes before it."""
        if not self._air:
            return False
        due = self._air[0][0]
        if self._journey is not None and due > self._journey.target:
            return False
        if timeout is not None and self._now + timeout < due:
            self._now += timeout
            return True
        self._now = max(self._now, due)
        while self._air and self._air[0][0] <= self._now:
            self._arrive_from_air()
        return True

    def _arrive_from_air(self) -> None:
        _, key, _, hand_over = heapq.heappop(self._air)
        self.arrive(key, hand_over)

    def _wake_settlers(self) -> bool:
        settlers, self._settlers = self._settlers, []
        for future in settlers:
            if not future.done():
                future.set_result(None)
        return bool(settlers)

    def _move(self, journey: _Journey, timeout: float | None) -> None:
        if journey.done.done():
            return
        if journey.until is not None and journey.until():
            journey.done.set_result(None)
        elif timeout is not None and self._now + timeout <= journey.target:
            self._now += timeout
        else:
            if not journey.stop_when_quiet:
                self._now = journey.target
            journey.done.set_result(None)

    def _rest(self, poll: Poll, timeout: float | None) -> list[Any]:
        if not self.flow or self.guests:
            return poll(timeout if self.live else None)
        if timeout is not None:
            self._now += timeout
            return []
        if self.on_asleep is not None:
            self.on_asleep()
            return poll(0)
        return poll(None)

    def _stuck(self) -> list[Any]:
        what = ", ".join(f"{why} ({n})" for why, n in sorted(self.in_flight.items()))
        error = RuntimeError(f"nothing moved for {PATIENCE:.0f} s of real time; still at work: {what}")
        waiting = self._settlers + ([self._journey.done] if self._journey else [])
        self._settlers = []
        for future in waiting:
            if not future.done():
                future.set_exception(error)
        return []


class _Journey:
    """One `travel`: how far, whether to stop when quiet, and who waits for it."""

    def __init__(
        self,
        target: float,
        stop_when_quiet: bool,
        until: Callable[[], bool] | None,
        done: asyncio.Future[None],
    ) -> None:
        self.target, self.stop_when_quiet, self.until, self.done = (
            target,
            stop_when_quiet,
            until,
            done,
        )


class PulseSelector(selectors.BaseSelector):
    """The machine's own selector, with the lab deciding how long to wait."""

    def __init__(self, pulse: Pulse) -> None:
        self._real, self._pulse = selectors.DefaultSelector(), pulse

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        return self._pulse.wait(self._real.select, timeout)

    def register(self, fileobj: Any, events: int, data: Any = None) -> selectors.SelectorKey:
        return self._real.register(fileobj, events, data)

    def unregister(self, fileobj: Any) -> selectors.SelectorKey:
        return self._real.unregister(fileobj)

    def modify(self, fileobj: Any, events: int, data: Any = None) -> selectors.SelectorKey:
        return self._real.modify(fileobj, events, data)

    def get_key(self, fileobj: Any) -> selectors.SelectorKey:
        return self._real.get_key(fileobj)

    def get_map(self) -> Mapping[Any, selectors.SelectorKey]:
        return self._real.get_map()

    def close(self) -> None:
        self._real.close()
