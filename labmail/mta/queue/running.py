"""A queue run: what waits is gone through once (or twice, ``-qq``), and each letter is tried.

    Start queue run: pid=1 -qqf
      pass 1   every address is routed; who waits for which host is known then
      pass 2   the first letter for mail.ask.com calls it; the others follow down the same line
    End queue run: pid=1 -qqf

The order is by chance, as Exim has it: a letter that upsets the host it goes to is not always the
first to be tried, and those behind it get through. ``queue_run_in_order`` has the oldest first.

A letter that somebody else works on is left alone. One whose turn has come because it was handed a
line (`lines`) belongs to the run: the run waits for it.

Law: Exim specification, §5.3 under -q, chapter 14 (queue_run_in_order).

Try: ``await Running(mta.queue, Wanted(force=True)).run()``.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import TYPE_CHECKING

from ..delivery.manner import Manner
from .thawing import fate
from .wanted import Wanted

if TYPE_CHECKING:
    from ..letter import Letter
    from .queue import Queue

LOCKED = "Spool file for {} is locked (another process is handling this message)"


class Running:
    """One run of a queue; ``at_once`` letters are worked on at the same time. Exim's own runner
    takes one after the other, and five runners may be at work."""

    def __init__(self, queue: Queue, wanted: Wanted, *, at_once: int = 1) -> None:
        self.queue, self.wanted, self.at_once = queue, wanted, at_once
        self.office = queue.office
        self._chosen: Callable[[Letter], bool] = lambda letter: True

    async def run(self) -> None:
        """Returns when every letter has had its turn. Raises Panic for a bad pattern."""
        number = next(self.queue.runs)
        words = " ".join(filter(None, (f"pid={self.office.orders.machine.pid}", str(self.wanted))))
        self.office.logs.main(f"Start queue run: {words}", when="queue_run")
        self._chosen = self.wanted.chooser()
        for manner in self.wanted.manners:
            await self._pass(manner, number)
        self.office.logs.main(f"End queue run: {words}", when="queue_run")

    async def _pass(self, manner: Manner, number: int) -> None:
        turns = self._turns(manner, number)
        if self.wanted.selects:  # the first finds out whether there is somebody again
            for letter, how in turns:
                if await self._one(letter, how):
                    break
        await asyncio.gather(*(self._work(turns) for _ in range(max(1, self.at_once))))
        await self.queue.roused()

    def _turns(self, manner: Manner, number: int) -> Iterator[tuple[Letter, Manner]]:
        """The letters in their order, and how each is tried. Retry times do not count for the
        first of those that are meant by ``-R`` or ``-S``."""
        letters = [each for each in self.queue if self.wanted.in_range(each.id)]
        if not self.office.orders.main("queue_run_in_order"):
            self.office.chance.random("queue run", self.office.name, number).shuffle(letters)
        first, forced = self.wanted.selects, replace(manner, force=True)
        for letter in letters:
            if letter.id not in self.queue or not self._is_meant(letter):
                continue
            yield letter, forced if first else manner
            first = False

    def _is_meant(self, letter: Letter) -> bool:
        """Whether the run is for this letter. Where it has to look, it sees what is frozen."""
        looks = self.wanted.selects or self.wanted.untried
        if looks and letter.frozen is not None and not self.wanted.thaw:
            self.office.logs.main("Message is frozen", when="skip_delivery")
            return False
        return self._chosen(letter)

    async def _work(self, turns: Iterator[tuple[Letter, Manner]]) -> None:
        for letter, manner in turns:
            await self._one(letter, manner)

    async def _one(self, letter: Letter, manner: Manner) -> bool:
        """One letter; whether it was tried."""
        queue = self.queue
        if queue.is_busy(letter) and not manner.force:
            if not queue.is_roused(letter):
                self.office.logs.main(LOCKED.format(letter.id), letter.id, when="skip_delivery")
            return False
        if letter.frozen is not None and not await self._thaws(letter):
            return False
        await queue.deliver(letter, manner, thaw=True)
        if not self.queue.open:  # nobody else delivers what came of it
            await queue.deliver_new()
        await queue.roused()
        return True

    async def _thaws(self, letter: Letter) -> bool:
        """Decides about a frozen letter; True: it is to be tried."""
        office = self.office
        decided = fate(letter, office.now(), office.orders, forced=self.wanted.thaw)
        office.logs.main(decided.line, letter.id, when=decided.when)
        if decided.thaws:
            letter.head.facts.pop("frozen", None)
        if decided.ends:
            await self.queue.give_up(letter)
        return decided.thaws
