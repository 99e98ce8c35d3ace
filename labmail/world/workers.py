"""The only place in labmail where threads are started: the lab's own thread, and its disk workers.

The servers of a lab run in one background thread with one event loop, so that a blocking client in
a notebook cell (`smtplib`, `poplib`) can talk to them. Disk work that waits for the platter runs in
a small pool. Where there are no threads (a browser tab), work is done in place and the loop is run
by its caller.

The thread holds the loop and nothing of its owner. So a lab that nobody refers to any more can be
collected, and with it goes its `LoopThread`, which stops the loop, closes the network and ends the
thread.

Try: ``thread = LoopThread(LabLoop()); thread.call(asyncio.sleep(0)); thread.stop()``.
"""

from __future__ import annotations

import asyncio
import concurrent.futures
import contextlib
import inspect
import threading
import weakref
from collections.abc import Callable, Coroutine
from typing import TYPE_CHECKING, Any, TypeVar

if TYPE_CHECKING:
    from .loop import LabLoop

T = TypeVar("T")
Landed = Callable[[Any, "BaseException | None"], None]

GRACE = 10.0
"""Seconds that tasks and threads are given to end."""


class Workers:
    """A pool of ``size`` threads for blocking disk work; threads start when first needed."""

    def __init__(self, size: int) -> None:
        self._size = size
        self._pool: concurrent.futures.ThreadPoolExecutor | None = None

    def submit(
        self, loop: asyncio.AbstractEventLoop, landed: Landed, func: Callable[..., Any], *args: Any
    ) -> None:
        """Runs ``func(*args)``; then calls ``landed(result, error)`` in the loop."""
        if not self._size:
            loop.call_soon(landed, *_attempt(func, args))
            return
        if self._pool is None:
            self._pool = concurrent.futures.ThreadPoolExecutor(self._size, "labmail-disk")

        def work() -> None:
            outcome = _attempt(func, args)
            loop.call_soon_threadsafe(landed, *outcome)

        self._pool.submit(work)

    def close(self) -> None:
        """Ends the threads after the work that they were given."""
        if self._pool is not None:
            self._pool.shutdown(wait=True)


def _attempt(func: Callable[..., Any], args: tuple[Any, ...]) -> tuple[Any, BaseException | None]:
    try:
        return func(*args), None
    except BaseException as error:  # handed to whoever asked; a worker goes on
        return None, error


class LoopThread:
    """The lab's thread: runs ``loop`` until `stop`, and answers calls from other threads.

    When the last reference to it is gone, it stops by itself.
    """

    def __init__(self, loop: LabLoop, name: str = "labmail") -> None:
        self.loop = loop
        self._calls: set[concurrent.futures.Future[Any]] = set()
        self._closed = threading.Event()
        self._thread = threading.Thread(
            target=_run, args=(loop, self._calls, self._closed), name=name, daemon=True
        )
        self._thread.start()
        self._end = weakref.finalize(self, _stop, loop, self._thread)

    @property
    def alive(self) -> bool:
        """Whether calls are answered."""
        return self._end.alive and self._thread.is_alive()

    def call(self, coroutine: Coroutine[Any, Any, T], timeout: float | None = None) -> T:
        """Runs ``coroutine`` in the lab and waits, so that an interrupt reaches the caller at once.

        ``timeout`` is in real seconds. Raises RuntimeError when called from the lab's own thread,
        where waiting would be waiting for oneself, and when the lab is closed, before or meanwhile.
        """
        if threading.current_thread() is self._thread:
            coroutine.close()
            raise RuntimeError("called from the lab's own thread: use the async twin and await it")
        future = self._submit(coroutine)
        try:
            return future.result(timeout)
        except concurrent.futures.CancelledError:
            if self.alive:
                raise
            if inspect.getcoroutinestate(coroutine) == inspect.CORO_CREATED:
                coroutine.close()
            raise RuntimeError("this lab was closed before it could answer") from None
        except BaseException:
            future.cancel()
            raise
        finally:
            self._calls.discard(future)

    def _submit(self, coroutine: Coroutine[Any, Any, T]) -> concurrent.futures.Future[T]:
        closed = RuntimeError("this lab is closed: make a new one")
        if not self.alive:
            coroutine.close()
            raise closed
        try:
            future = asyncio.run_coroutine_threadsafe(coroutine, self.loop)
        except RuntimeError:  # closed at this very moment
            coroutine.close()
            raise closed from None
        self._calls.add(future)
        if self._closed.is_set():
            future.cancel()
        return future

    def stop(self) -> None:
        """Stops the loop, ends what runs on it, closes the network and waits for the thread.

        Safe to call twice, and from the lab's own thread (which then ends a moment later).
        """
        self._end()


def _stop(loop: LabLoop, thread: threading.Thread) -> None:
    if thread.is_alive():
        with contextlib.suppress(RuntimeError):  # closed already
            loop.call_soon_threadsafe(loop.stop)
        if threading.current_thread() is not thread:
            thread.join(GRACE)


def _run(
    loop: LabLoop, calls: set[concurrent.futures.Future[Any]], closed: threading.Event
) -> None:
    asyncio.set_event_loop(loop)
    try:
        loop.run_forever()
    finally:
        close_loop(loop)
        asyncio.set_event_loop(None)
        closed.set()
        for future in tuple(calls):
            future.cancel()


def close_loop(loop: LabLoop) -> None:
    """Ends what runs on a loop that has stopped, and closes its network, its workers and itself."""
    loop.pulse.flow = True  # what still sleeps need not be waited for
    loop.set_exception_handler(_report)
    try:
        loop.run_until_complete(_last_rites(loop))
    finally:
        loop.close()


def _report(loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
    """Python 3.11's stream servers complain when their task is cancelled: that is our doing."""
    if not isinstance(context.get("exception"), asyncio.CancelledError):
        loop.default_exception_handler(context)


async def _last_rites(loop: LabLoop) -> None:
    if loop.network is not None:
        await loop.network.close()
    tasks = asyncio.all_tasks() - {asyncio.current_task()}
    for task in tasks:
        task.cancel()
    if tasks:
        await asyncio.wait(tasks, timeout=GRACE)
    await loop.shutdown_asyncgens()
    await loop.shutdown_default_executor()
