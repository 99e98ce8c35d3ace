"""One worker for each store: what comes while it writes is the next batch.

To make one letter durable costs an fsync; to make fifty of them durable together costs an mbox no
more. So nobody waits for a batch to fill: the worker takes what is there, and while it writes, the
next batch gathers by itself::

    letters   a b c d e f g
    batches   a │ b c d │ e f g      one fsync each, one worker's job each

A mailbox that another program has locked is tried again, every three seconds and ten times if
nobody says otherwise (`labmail.store.manner`), while letters for others go on. Then its letters are
deferred.
"""

from __future__ import annotations

import asyncio
from collections import Counter, deque
from collections.abc import Sequence
from dataclasses import dataclass, field

from labmail.message.outcome import Outcome
from labmail.store import Delivery, LockedOut, Store

from .person import deliver_to_person

MOST_LETTERS = 128
MOST_OCTETS = 16 * 1024 * 1024
"""The largest batch; a single letter may be larger."""


@dataclass(eq=False, slots=True)
class _Waiting:
    """A letter that waits for the worker, and whoever waits for its outcome."""

    delivery: Delivery
    outcome: asyncio.Future[Outcome]
    pauses: Counter[str] = field(default_factory=Counter)
    """How often it has waited for each kind of lock."""


class StoreWorker:
    """Delivers into ``store``, in batches. Belongs to one event loop, the lab's."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self._queue: deque[_Waiting] = deque()
        self._running: asyncio.Task[None] | None = None

    async def deliver(self, batch: Sequence[Delivery]) -> list[Outcome]:
        """Stores the letters, together with others', and answers an outcome for each, in order.

        Whoever stops waiting does not stop the delivery.
        """
        loop = asyncio.get_running_loop()
        waiting = [_Waiting(delivery, loop.create_future()) for delivery in batch]
        self._queue.extend(waiting)
        self._go_on()
        return [await asyncio.shield(each.outcome) for each in waiting]

    def _go_on(self) -> None:
        if self._running is None or self._running.done():
            self._running = asyncio.get_running_loop().create_task(self._run())

    async def _run(self) -> None:
        loop = asyncio.get_running_loop()
        while self._queue:
            batch = self._next_batch()
            deliveries = [each.delivery for each in batch]
            outcomes = await loop.run_in_executor(None, deliver_to_person, self.store, deliveries)
            for each, outcome in zip(batch, outcomes, strict=True):
                self._settle(each, outcome)

    def _next_batch(self) -> list[_Waiting]:
        batch = [self._queue.popleft()]
        room = MOST_OCTETS - len(batch[0].delivery.content)
        while self._queue and len(batch) < MOST_LETTERS:
            room -= len(self._queue[0].delivery.content)
            if room < 0:
                break
            batch.append(self._queue.popleft())
        return batch

    def _settle(self, each: _Waiting, outcome: Outcome) -> None:
        """Answers, unless it is worth while to wait for a lock. The last pause is nothing but
        waiting, as in Exim."""
        if isinstance(outcome, LockedOut):
            most, pause = each.delivery.manner.locking.patience(outcome.lock)
            each.pauses[outcome.lock] += 1
            if each.pauses[outcome.lock] < most:
                asyncio.get_running_loop().call_later(pause, self._again, each)
                return
            if most:
                asyncio.get_running_loop().call_later(pause, _answer, each, outcome)
                return
        _answer(each, outcome)

    def _again(self, each: _Waiting) -> None:
        self._queue.append(each)
        self._go_on()


def _answer(each: _Waiting, outcome: Outcome) -> None:
    if not each.outcome.done():
        each.outcome.set_result(outcome)
