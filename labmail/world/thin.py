"""A world without threads and without sockets: for a browser tab, and for the proof that it works.

A web page may start no thread, open no socket, and must not wait. The lab needs none of these: its
bytes travel in memory, its disk work can be done in place, and its clock is its own. `ThinLoop` is
the lab's event loop with no descriptor in it. `Pump` stands in for the lab's thread: each call runs
the loop in the caller's own thread until the answer is there and nothing more is under way, even if
the caller is itself inside a running event loop, as a notebook's cell is::

    cell ── lab.send() ──▶ Pump.call ──▶ the lab's loop runs … quiet ──▶ answer
                              └─ the caller's own loop steps aside meanwhile

Where a thread would now sleep until the end of days, a pump can say what is the matter: nothing can
happen until the clock is advanced.

Try: ``Lab("two_companies", threads=False)``.
"""

from __future__ import annotations

import asyncio
import selectors
from collections.abc import Coroutine, Iterator, Mapping
from contextlib import contextmanager, suppress
from typing import Any, NoReturn, TypeVar

from .loop import LabLoop
from .workers import LoopThread, close_loop

T = TypeVar("T")

NO_SOCKETS = "a lab without threads has no sockets: no doors, no wire of sockets"


class Standstill(RuntimeError):
    """The caller waits for something that cannot happen while the clock stands still."""


class Blind(selectors.BaseSelector):
    """A selector that watches nothing: all that can happen is the lab's own doing."""

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        """Nothing, at once. Raises `Standstill` where it was asked to wait for ever."""
        if timeout is None:
            raise Standstill("nothing can happen until the clock is advanced")
        return []

    def register(self, fileobj: Any, events: int, data: Any = None) -> NoReturn:
        raise RuntimeError(NO_SOCKETS)

    modify = register

    def unregister(self, fileobj: Any) -> NoReturn:
        raise KeyError(fileobj)

    def get_map(self) -> Mapping[Any, selectors.SelectorKey]:
        return {}


class ThinLoop(LabLoop):
    """The lab's loop without a descriptor; disk work is done in place. Its clock is never live."""

    def __init__(self, *, flow: bool = False) -> None:
        super().__init__(flow=flow, workers=0, watch=Blind())

    def need_sockets(self) -> NoReturn:
        """Raises RuntimeError: there are none here."""
        raise RuntimeError(NO_SOCKETS)

    # asyncio's loops have a pair of sockets by which other threads wake them. There are none.

    def _make_self_pipe(self) -> None:
        """There is no other thread."""

    def _close_self_pipe(self) -> None:
        """There is none."""

    def _write_to_self(self) -> None:
        """Nobody sleeps."""


class Pump(LoopThread):
    """What a `LoopThread` is, without the thread: whoever calls, runs the loop."""

    def __init__(self, loop: ThinLoop) -> None:
        self.loop = loop
        self._busy = False

    @property
    def alive(self) -> bool:
        """Whether calls are answered."""
        return not self.loop.is_closed()

    @property
    def here(self) -> bool:
        """Whether the caller is called by the lab itself, which cannot wait for itself."""
        return self._busy

    def call(self, coroutine: Coroutine[Any, Any, T], timeout: float | None = None) -> T:
        """Runs ``coroutine`` to its end, and then until nothing is under way at this instant.

        ``timeout`` is of no use here. Raises RuntimeError when called from within the lab, and when
        it is closed; `Standstill` where the answer could only come later.
        """
        if self._busy or not self.alive:
            coroutine.close()
            raise RuntimeError(
                "called from within the lab: use the async twin and await it"
                if self._busy
                else "this lab is closed: make a new one"
            )
        self._busy = True
        try:
            with _stepping_aside():
                return self._run(coroutine)
        finally:
            self._busy = False

    def _run(self, coroutine: Coroutine[Any, Any, T]) -> T:
        task = self.loop.create_task(self._and_rest(coroutine))
        try:
            return self.loop.run_until_complete(task)
        except BaseException:
            if not task.done():
                task.cancel()
                with suppress(asyncio.CancelledError, Standstill):
                    self.loop.run_until_complete(task)
            raise

    async def _and_rest(self, coroutine: Coroutine[Any, Any, T]) -> T:
        try:
            return await coroutine
        finally:
            await self.loop.pulse.settle()

    async def ask(self, coroutine: Coroutine[Any, Any, T]) -> T:
        """The same for a caller in an event loop of its own, which stands still meanwhile."""
        return self.call(coroutine)

    def stop(self) -> None:
        """Ends what runs on the loop, and closes the network. Safe to call twice."""
        if self.alive and not self._busy:
            with _stepping_aside():
                close_loop(self.loop)


@contextmanager
def _stepping_aside() -> Iterator[None]:
    """The event loop that runs in this thread, if one does, makes room for another meanwhile."""
    outer = asyncio._get_running_loop()
    if outer is None:
        yield
        return
    task = asyncio.current_task()
    if task is not None:
        asyncio.tasks._leave_task(outer, task)
    asyncio._set_running_loop(None)
    try:
        yield
    finally:
        asyncio._set_running_loop(outer)
        if task is not None:
            asyncio.tasks._enter_task(outer, task)
