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
journey gives the same trace every time. (And a task that spins, ``while True: await sleep(0)``,
never lets the lab be idle: then nothing is handed over at all; `Pulse.give_way` does not spin.)

A live lab has clients that nobody controls, and no order to keep. It hands over in every turn of
the loop: otherwise whoever sends without a pause would have the loop for himself.
"""

from __future__ import annotations

import asyncio
import heapq
import time
from collections import Counter
from collections.abc import Callable
from itertools import count
from typing import Any

from .leap import Leap

Key = tuple[int, ...]
Poll = Callable[[float | None], list[Any]]

GIVEN_WAY = 3
"""Order of a round: after connections (0), datagrams (1) and results of disk work (2)."""
SLICE = 0.005
"""Real seconds after which a turn of a live lab should come to its end."""
PATIENCE = 30.0
"""Real seconds that a thread or child process may take while somebody moves the clock."""
FAR = 86400.0
"""asyncio never asks to wait longer than a day, so timers beyond that are told to the pulse."""
TINY = 1e-9
"""Seconds: instants nearer than this are one instant. Floating point is not exact."""


class Pulse:
    """The lab's time and its reasons to wait. ``flow``: time passes by itself when all is quiet."""

    def __init__(self, *, live: bool = False, flow: bool = False) -> None:
        self.live, self.flow = live, flow
        self.patience = PATIENCE
        self.in_flight: Counter[str] = Counter()
        self.guests = 0
        """Doors: the world outside may speak at any moment, so time must not flow."""
        self.turn = 0
        """Counts the turns of the loop: all that is ready is called once in each."""
        self._turn_began = 0.0
        self.on_asleep: Callable[[], None] | None = None
        """Called when nothing can ever happen again."""
        self._now = 0.0
        self._shift = -time.monotonic()
        self._arrived: dict[Key, Callable[[], None]] = {}
        self._air: list[tuple[float, Key, int, Callable[[], None]]] = []
        self._far: list[tuple[float, int, asyncio.TimerHandle]] = []
        self._numbers = count()
        self._settlers: list[asyncio.Future[None]] = []
        self._leap: Leap | None = None

    # -- what time is it

    def time(self) -> float:
        """Seconds since the lab began."""
        if self.live and self._leap is None:
            return time.monotonic() + self._shift
        return self._now

    def far_timer(self, handle: asyncio.TimerHandle) -> None:
        """A timer has been set for a day or more from now."""
        self._forget_far()
        heapq.heappush(self._far, (handle.when(), next(self._numbers), handle))

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
        heapq.heappush(self._air, (due, key, next(self._numbers), hand_over))

    def turn_begins(self) -> None:
        """All that is ready will be called now."""
        self.turn += 1
        self._turn_began = time.monotonic()

    @property
    def late(self) -> bool:
        """Whether this turn of a live lab has lasted long. On a frozen clock nothing takes time."""
        return self.live and time.monotonic() - self._turn_began > SLICE

    async def give_way(self) -> None:
        """Waits until all that has arrived by now has been handed over."""
        turn = asyncio.Event()
        self.arrive((GIVEN_WAY, next(self._numbers)), turn.set)
        await turn.wait()

    # -- moving the clock

    async def leap(
        self,
        distance: float,
        *,
        stop_when_quiet: bool,
        until: Callable[[], bool] | None = None,
    ) -> None:
        """Moves the clock; see `Clock.advance` and `Clock.run`. Interrupted, it stands still."""
        if self._leap is not None:
            raise RuntimeError("the clock is already being moved: wait for that to end first")
        self._now = self.time()
        done = asyncio.get_running_loop().create_future()
        self._leap = Leap(self._now + distance, stop_when_quiet, until, done)
        try:
            await done
        finally:
            self._leap = None
            self._shift = self._now - time.monotonic()

    async def settle(self) -> None:
        """Waits until nothing is in flight, on the wires or in the air."""
        future = asyncio.get_running_loop().create_future()
        self._settlers.append(future)
        await future

    # -- the heart

    def wait(self, poll: Poll, timeout: float | None) -> list[Any]:
        """Called in place of ``selector.select(timeout)``; ``poll`` is the real one."""
        if self.live and self._leap is None:
            self._land_from_air(self.time())
            if self._hand_over():
                return poll(0)
        if timeout is not None and timeout <= 0:
            return poll(0)
        if events := poll(0):
            return events
        if timeout is not None and timeout >= FAR:
            timeout = self._next_far(timeout)
        if self.live and self._leap is None:
            return self._wait_live(poll, timeout)
        if self.in_flight:
            return poll(self.patience) or self._stuck()
        if self._hand_over() or self._fly_on(timeout) or self._wake_settlers():
            return []
        if self._leap is not None:
            self._move(self._leap, timeout)
            return []
        return self._rest(poll, timeout)

    def _next_far(self, timeout: float) -> float:
        """asyncio asks for a day at most: the true distance of the next timer."""
        self._forget_far()
        return self._far[0][0] - self.time() if self._far else timeout

    def _forget_far(self) -> None:
        while self._far and (self._far[0][2].cancelled() or self._far[0][0] <= self.time()):
            heapq.heappop(self._far)

    def _wait_live(self, poll: Poll, timeout: float | None) -> list[Any]:
        """Time passes by itself. Timers must not be late, so threads are not waited for."""
        if not (self.in_flight or self._air) and self._wake_settlers():
            return []
        waits = [FAR] if timeout is None else [FAR, timeout]
        if self._air:
            waits.append(max(0.0, self._air[0][0] - self.time()))
        return poll(min(waits))

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
        if self._leap is not None and due > self._leap.target + TINY:
            return False
        if timeout is not None and self._now + timeout < due:
            self._now += timeout
        else:
            self._now = max(self._now, due)
            self._land_from_air(self._now)
        return True

    def _land_from_air(self, now: float) -> None:
        while self._air and self._air[0][0] <= now:
            _, key, _, hand_over = heapq.heappop(self._air)
            self.arrive(key, hand_over)

    def _wake_settlers(self) -> bool:
        settlers, self._settlers = self._settlers, []
        for future in settlers:
            if not future.done():
                future.set_result(None)
        return bool(settlers)

    def _move(self, leap: Leap, timeout: float | None) -> None:
        """All is quiet: jumps to the next timer, or ends the leap."""
        if leap.arrived():
            leap.end()
        elif timeout is not None and self._now + timeout <= leap.target + TINY:
            self._now += timeout
        else:
            if not leap.stop_when_quiet:
                self._now = max(self._now, leap.target)
            leap.end()

    def _rest(self, poll: Poll, timeout: float | None) -> list[Any]:
        """All is quiet and nobody moves the clock: it flows, or stands until the world speaks."""
        if not self.flow or self.guests:
            return poll(None)
        if timeout is not None:
            self._now += timeout
            return []
        if self.on_asleep is not None:
            self.on_asleep()
            return poll(0)
        return poll(None)

    def _stuck(self) -> list[Any]:
        """Nothing has come for a long time: whoever waits is told what is still at work."""
        what = ", ".join(f"{why} ({n})" for why, n in sorted(self.in_flight.items()))
        text = f"nothing moved for {self.patience:g} s of real time; still at work: {what}"
        settlers, self._settlers = self._settlers, []
        for future in settlers:
            if not future.done():
                future.set_exception(RuntimeError(text))
        if self._leap is not None:
            self._leap.end(RuntimeError(text))
        return []
