"""Who is at work: a few letters are delivered at the same time, the others stand in line.

    line      ids in the order in which they came, each with the manner in which it is to be tried
    tasks     at most so many at work
    beside    letters that were handed a line to their host: they are at work, too, and not counted,
              since those who are counted may all be waiting for that very line

Nobody works on a letter twice at the same time: that is the lock of a letter.

Law: Exim specification, §3.14 (a delivery process for each message), §5.3 under -q.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import NamedTuple

from ..delivery.manner import Manner


class Turn(NamedTuple):
    """How a letter is tried: ``everybody`` who waits for it, or those whose time has come."""

    manner: Manner
    everybody: bool = True


Work = Callable[[str, Turn], Awaitable[None]]


class AtWork:
    """``work(id, turn)`` tries one letter; ``most`` are at work at the same time. ``ended(id)`` is
    told when nobody is at it any more."""

    def __init__(self, work: Work, ended: Callable[[str], None], most: int) -> None:
        self._work, self._then, self._most = work, ended, most
        self._line: dict[str, Turn] = {}
        self._tasks: dict[str, asyncio.Task[None]] = {}
        self._turns: dict[str, Turn] = {}
        self._beside: set[str] = set()
        self._ends: dict[str, asyncio.Event] = {}
        """For those whose end somebody waits for."""
        self._stopped = False

    def __contains__(self, letter: object) -> bool:
        """Whether somebody is at it, or about to be."""
        return letter in self._tasks or letter in self._line

    def __len__(self) -> int:
        return len(self._tasks) + len(self._line)

    @property
    def crowded(self) -> bool:
        """Whether who comes now has to stand in line."""
        return len(self._tasks) - len(self._beside) >= self._most

    def begin(self, letter: str, turn: Turn) -> None:
        """Has a letter tried when there is room, unless somebody is at it."""
        if letter not in self and not self._stopped:
            self._line[letter] = turn
            self._fill()

    def begin_beside(self, letter: str, turn: Turn) -> bool:
        """Has a letter tried at once, also one that stands in line; False: somebody is at it."""
        if letter in self._tasks or self._stopped:
            return False
        self._line.pop(letter, None)
        self._beside.add(letter)
        self._go(letter, turn)
        return True

    def is_beside(self, letter: str) -> bool:
        """Whether it was handed a line."""
        return letter in self._beside

    async def insist(self, letter: str, turn: Turn) -> None:
        """Sees to it that the next try is a forced one: one in line becomes so, and one that goes
        on is waited for."""
        if letter in self._line:
            self._line[letter] = turn
        while letter in self._turns and not self._turns[letter].manner.force:
            await self.done(letter)

    async def done(self, letter: str) -> None:
        """Returns when nobody is at it any more."""
        if letter in self:
            await self._ends.setdefault(letter, asyncio.Event()).wait()

    async def all_beside(self) -> None:
        """Returns when the lines that letters hand to each other have come to their end."""
        while self._beside:
            await self.done(next(iter(self._beside)))

    async def stop(self) -> None:
        """Breaks off what goes on; nothing begins any more."""
        self._stopped = True
        self._line.clear()
        tasks = list(self._tasks.values())
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        for end in self._ends.values():
            end.set()

    def _fill(self) -> None:
        while self._line and not self.crowded:
            letter = next(iter(self._line))
            self._go(letter, self._line.pop(letter))

    def _go(self, letter: str, turn: Turn) -> None:
        self._turns[letter] = turn
        task = asyncio.get_running_loop().create_task(self._work_on(letter, turn))
        self._tasks[letter] = task
        task.add_done_callback(lambda _: self._ended(letter, task))

    async def _work_on(self, letter: str, turn: Turn) -> None:
        await self._work(letter, turn)

    def _ended(self, letter: str, task: asyncio.Task[None]) -> None:
        del self._tasks[letter], self._turns[letter]
        self._beside.discard(letter)
        if not task.cancelled() and task.exception() is None:  # else the host is no more
            self._then(letter)
        if end := self._ends.pop(letter, None):
            end.set()
        self._fill()
