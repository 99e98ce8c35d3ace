"""The only place in labmail where threads are started: the lab's own thread, and its disk workers.

The servers of a lab run in one background thread with one event loop, so that a blocking client in
a notebook cell (`smtplib`, `poplib`) can talk to them. Disk work that waits for the platter runs in
a small pool. Where there are no threads (a browser tab), work is done in place and the loop is run
by its caller.

The thread holds the loop, never the `Lab`: a lab that nobody refers to any more can be collected.
"""

from __future__ import annotations

import asyncio
import concurrent.futures
import threading
from collections.abc import Callable, Coroutine
from typing import TYPE_CHECKING, Any, TypeVar

if TYPE_CHECKING:
    from .loop import LabLoop

T = TypeVar("T")
Landed = Callable[[Any, "BaseException | None"], None]


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
        """Ends the threads after the work they have begun."""
        if self._pool is not None:
            self._pool.shutdown(wait=True)


def _attempt(func: Callable[..., Any], args: tuple[Any, ...]) -> tuple[Any, BaseException | None]:
    try:
        return func(*args), None
    except Exception as error:
        return None, error


class LoopThread:
    """The lab's thread: runs ``loop`` until `stop`, and answers calls from other threads."""

    def __init__(self, loop: LabLoop, name: str = "labmail") -> None:
        self.loop = loop
        self._thread = threading.Thread(target=_run, args=(loop,), name=name, daemon=True)
        self._thread.start()

    def call(self, coroutine: Coroutine[Any, Any, T], timeout: float | None = None) -> T:
        """Runs ``coroutine`` in the lab and waits, so that an interrupt reaches the caller at once.

        ``timeout`` is in real seconds. Raises RuntimeError when called from the lab's own thread,
        where waiting would be waiting for oneself.
        """
        if threading.current_thread() is self._thread:
            coroutine.close()
            raise RuntimeError("called from the lab's own thread: use the async twin and await it")
        if not self._thread.is_alive():
            coroutine.close()
            raise RuntimeError("this lab is closed: make a new one")
        future = asyncio.run_coroutine_threadsafe(coroutine, self.loop)
        try:
            return future.result(timeout)
        except BaseException:
            future.cancel()
            raise

    @property
    def alive(self) -> bool:
        return self._thread.is_alive()

    def stop(self) -> None:
        """Stops the loop, waits for the thread and closes the loop. Safe to call twice."""
        if self._thread.is_alive():
            self.loop.call_soon_threadsafe(self.loop.stop)
            if threading.current_thread() is not self._thread:
                self._thread.join(10)


def _run(loop: LabLoop) -> None:
    asyncio.set_event_loop(loop)
    try:
        loop.run_forever()
    finally:
        loop.run_until_complete(_last_rites())
        asyncio.set_event_loop(None)
        loop.close()


async def _last_rites() -> None:
    loop = asyncio.get_running_loop()
    tasks = asyncio.all_tasks() - {asyncio.current_task()}
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    await loop.shutdown_asyncgens()
    await loop.shutdown_default_executor()
