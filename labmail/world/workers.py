"""The only place in labmail where threads are started: the lab's own, its disk workers, a shower.

The servers of a lab run in one background thread with one event loop, so that a blocking client in
a notebook cell (`smtplib`, `poplib`) can talk to them. Disk work that waits for the platter runs in
a small pool. What is shown while mail travels is shown by a thread of its own (`Errands`), so that
neither the mail nor the cell waits for it. Where there are no threads (a browser tab), work is done
in place and the loop is run by its caller.

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
import time
import weakref
from collections.abc import Callable, Coroutine
from typing import TYPE_CHECKING, Any, TypeVar

from .power import PowerCut

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

        try:
            self._pool.submit(work)
        except RuntimeError:  # the interpreter is going, and starts no thread any more
            loop.call_soon(landed, *_attempt(func, args))

    def close(self) -> None:
        """Ends the threads after the work that they were given."""
        if self._pool is not None:
            self._pool.shutdown(wait=True)


def _attempt(func: Callable[..., Any], args: tuple[Any, ...]) -> tuple[Any, BaseException | None]:
    try:
        return func(*args), None
    except BaseException as error:  # handed to whoever asked; a worker goes on
        return None, error


class Errands:
    """Work that is done soon, off the caller's thread: "show what is new", many times a second.

    `soon` only leaves word, and may be called from any thread at any rate. One thread runs
    ``work`` a moment later, with at least ``pause`` real seconds between two runs (and twice as
    long as the last one took, so that it never eats more than a third of a processor). It ends by
    itself when nothing has been asked for ``idle`` seconds, and begins anew. Where there are no
    threads, the work is done in place.
    """

    def __init__(
        self, work: Callable[[], object], *, pause: float = 0.05, idle: float = 0.5
    ) -> None:
        self._work, self._pause, self._idle = work, pause, idle
        self._asked = threading.Event()
        self._lock = threading.Lock()
        self._thread: threading.Thread | None = None

    def soon(self) -> None:
        """Asks for a run of ``work`` that begins after this call."""
        with self._lock:
            self._asked.set()
            if self._thread is not None:
                return
            self._thread = threading.Thread(target=self._run, name="labmail-show", daemon=True)
            try:
                self._thread.start()
                return
            except RuntimeError:  # no threads here, or the interpreter is going
                self._thread = None
                self._asked.clear()
        self._work()

    def _run(self) -> None:
        while self._wanted():
            self._asked.clear()
            begun = time.monotonic()
            with contextlib.suppress(Exception):  # whose work it is has told of it
                self._work()
            time.sleep(max(self._pause, 2 * (time.monotonic() - begun)))

    def _wanted(self) -> bool:
        """Waits until work is asked for; False, once and for all, when nobody does."""
        if self._asked.wait(self._idle):
            return True
        with self._lock:
            if not self._asked.is_set():
                self._thread = None
            return self._thread is not None


class LoopThread:
    """The lab's thread: runs ``loop`` until `stop`, and answers calls from other threads.

    When the last reference to it is gone, it stops by itself.
    """

    def __init__(self, loop: LabLoop, name: str = "labmail") -> None:
        self.loop = loop
        self._calls: set[concurrent.futures.Future[Any]] = set()
        self._ending = threading.Event()
        self._thread = threading.Thread(
            target=_run, args=(loop, self._calls, self._ending), name=name, daemon=True
        )
        self._thread.start()
        self._end = weakref.finalize(self, _stop, loop, self._thread)

    @property
    def alive(self) -> bool:
        """Whether calls are answered."""
        return self._end.alive and self._thread.is_alive()

    @property
    def here(self) -> bool:
        """Whether the caller is the lab's own thread, which cannot wait for itself."""
        return threading.current_thread() is self._thread

    def call(self, coroutine: Coroutine[Any, Any, T], timeout: float | None = None) -> T:
        """Runs ``coroutine`` in the lab and waits, so that an interrupt reaches the caller at once.

        ``timeout`` is in real seconds. Raises RuntimeError when called from the lab's own thread,
        where waiting would be waiting for oneself, and when the lab is closed, before or meanwhile.
        """
        if self.here:
            coroutine.close()
            raise RuntimeError("called from the lab's own thread: use the async twin and await it")
        future = self._submit(coroutine)
        try:
            return future.result(timeout)
        except concurrent.futures.CancelledError:
            if not self._ending.is_set():
                raise
            if inspect.getcoroutinestate(coroutine) == inspect.CORO_CREATED:
                coroutine.close()
            raise RuntimeError("this lab was closed before it could answer") from None
        except BaseException:
            future.cancel()
            raise
        finally:
            self._calls.discard(future)

    async def ask(self, coroutine: Coroutine[Any, Any, T]) -> T:
        """Runs ``coroutine`` in the lab, awaited in an event loop of the caller's own."""
        return await asyncio.wrap_future(self._submit(coroutine))

    def begin(self, coroutine: Coroutine[Any, Any, T]) -> concurrent.futures.Future[T]:
        """Begins ``coroutine`` in the lab, for a caller who has something else to do meanwhile.

        It is cancelled when the lab is closed. Raises RuntimeError for one that is closed already.
        """
        future = self._submit(coroutine)
        future.add_done_callback(self._calls.discard)
        return future

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
        if self.loop.is_closed():
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
    loop: LabLoop, calls: set[concurrent.futures.Future[Any]], ending: threading.Event
) -> None:
    asyncio.set_event_loop(loop)
    try:
        loop.run_forever()
    finally:
        ending.set()
        close_loop(loop)
        asyncio.set_event_loop(None)
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
    """Python 3.11's stream servers complain when their task is cancelled: that is our doing, and
    so it is when a program had no power to end in order."""
    if not isinstance(context.get("exception"), (asyncio.CancelledError, PowerCut)):
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
