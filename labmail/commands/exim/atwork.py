"""At work on a host of a lab: the command waits in its own thread, the deed is done in the lab's.

    the command's thread                       the lab's thread
    do(work) ────────────────────────────────▶ work(mta, ask)
      reads a line from the terminal  ◀──────────  await ask(stdin.readline)
      hands it over                   ────────▶      … goes on with the line
      has the outcome                 ◀──────────  returns

Whatever may take long in real life (somebody types, a pager does not read on) is done by the
command's own thread, so that it holds up nobody else's mail. While the lab waits for the terminal
its clock stands still; at other times a frozen clock moves on as far as the deed needs.

Law: Exim specification, chapter 3 (each process of Exim's does one thing).
"""

from __future__ import annotations

import asyncio
import queue
from collections.abc import Awaitable, Callable, Coroutine
from typing import TYPE_CHECKING, Any, TypeVar

from labmail.world import Pump

if TYPE_CHECKING:
    from labmail.lab import LabHost
    from labmail.world import Clock, LoopThread

T = TypeVar("T")
Ask = Callable[..., Awaitable[Any]]
"""``await ask(function, *arguments)``: has something done that may take long."""
Work = Callable[[Any, Ask], Coroutine[Any, Any, T]]

PATIENCE = "10m"
"""How far a frozen clock moves at one go, while the deed is not done."""


class AtWork:
    """Does work with the mail system of a host; see the module's head."""

    def __init__(self, host: LabHost) -> None:
        self._host = host

    def __call__(self, work: Work[T]) -> T:
        """The outcome of ``work(mta, ask)``.

        Raises ValueError where no mail daemon runs, RuntimeError where the lab is closed.
        """
        mta, thread = self._host._mta, self._host._thread
        desk = Desk(self._host._host.site.world.clock)
        if isinstance(thread, Pump):  # a lab without threads: all is done in this one
            return thread.call(desk.happen(work(mta, in_place)))
        return desk.serve(thread, work(mta, desk.ask))


async def in_place(function: Callable[..., Any], *arguments: Any) -> Any:
    """What may take long, done here and now."""
    return function(*arguments)


class Desk:
    """What the lab's thread asks for is done here, in the thread that serves."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._wishes: queue.SimpleQueue[Any] = queue.SimpleQueue()
        self._asked = 0
        """How many answers the lab waits for."""
        self._answered = asyncio.Event()

    async def ask(self, function: Callable[..., Any], *arguments: Any) -> Any:
        """Has ``function(*arguments)`` done by the thread that serves. In the lab's thread."""
        answer: asyncio.Future[Any] = asyncio.get_running_loop().create_future()
        self._asked += 1
        self._answered.clear()
        self._wishes.put((answer, function, arguments))
        try:
            return await answer
        finally:
            self._asked -= 1
            self._answered.set()

    def serve(self, thread: LoopThread, work: Coroutine[Any, Any, T]) -> T:
        """Runs ``work`` in the lab, and does what it asks for until it is done."""
        running = thread.begin(self.happen(work))
        running.add_done_callback(lambda _: self._wishes.put(None))
        try:
            while (wish := self._wishes.get()) is not None:
                answer, function, arguments = wish
                outcome = _done(function, arguments)
                thread.loop.call_soon_threadsafe(_hand_over, answer, *outcome)
        except BaseException:  # interrupted, or the lab's loop is closed
            running.cancel()
            raise
        if running.cancelled():
            raise RuntimeError("this lab was closed before it could answer")
        return running.result()

    async def happen(self, work: Coroutine[Any, Any, T]) -> T:
        """Moves a frozen clock while there is something to do, and not while somebody types."""
        if self._clock.live:
            return await work
        task, before = asyncio.ensure_future(work), -1.0
        while not task.done() and before != self._clock.time():
            before = self._clock.time()
            await self._clock.run(lambda: task.done() or self._asked > 0, PATIENCE)
            while self._asked and not task.done():
                await self._answered.wait()
                before = -1.0
        return await task


def _done(function: Callable[..., Any], arguments: tuple[Any, ...]) -> tuple[Any, Exception | None]:
    try:
        return function(*arguments), None
    except Exception as error:
        return None, error


def _hand_over(answer: asyncio.Future[Any], result: Any, error: Exception | None) -> None:
    if answer.done():  # nobody waits any more
        return
    if error is None:
        answer.set_result(result)
    else:
        answer.set_exception(error)
