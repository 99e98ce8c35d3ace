"""One lane to the disk: what is asked for at the same time is done together, in order.

Whoever asks while a sync is under way waits for the next one, and shares it with all others who
wait: ten letters that come in at once cost one sync and not ten. No timer makes anybody wait for
company; the batch is whatever has come meanwhile.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from .journal import Place
from .records import Record

Deed = Callable[["Place | None"], None]


@dataclass(slots=True, eq=False)
class Job:
    """Something for the disk: a record for the journal, and then a deed with Exim's files.

    The deed blocks, and is handed where the record's body lies. ``wanted`` is whoever waits for it.
    """

    record: Record | None
    deed: Deed | None = None
    wanted: asyncio.Future[None] | None = None
    then: Callable[[], None] | None = None
    """Is called when it is done, where nobody waits."""


class Lane:
    """Hands jobs to ``work``, one batch after another. ``work`` blocks, in a worker; it gives for
    each job None, or what kept it from being done; where nobody waits, ``failed`` is told."""

    def __init__(
        self,
        work: Callable[[Sequence[Job]], list[BaseException | None]],
        failed: Callable[[Job, BaseException], None],
    ) -> None:
        self._work, self._failed = work, failed
        self._jobs: list[Job] = []
        self._running: asyncio.Future[list[BaseException | None]] | None = None
        self._called = False

    async def ask(self, record: Record | None, deed: Deed | None = None) -> None:
        """Returns when it is done, and durable. Raises what kept it from being done."""
        job = Job(record, deed, asyncio.get_running_loop().create_future())
        self._add(job)
        assert job.wanted is not None
        await asyncio.shield(job.wanted)

    def leave(
        self,
        record: Record | None,
        deed: Deed | None = None,
        then: Callable[[], None] | None = None,
    ) -> None:
        """Asks for it and does not wait: it will be done soon, and lost in a power cut before.
        ``then`` is called when it is done."""
        self._add(Job(record, deed, then=then))

    def _add(self, job: Job) -> None:
        self._jobs.append(job)
        if self._running is None and not self._called:
            self._called = True  # all that this turn of the loop asks for goes together
            asyncio.get_running_loop().call_soon(self._start)

    def _start(self) -> None:
        self._called = False
        batch, self._jobs = self._jobs, []
        loop = asyncio.get_running_loop()
        self._running = loop.run_in_executor(None, self._work, batch)
        self._running.add_done_callback(lambda done: self._landed(batch, done))

    def _landed(
        self, batch: Sequence[Job], done: asyncio.Future[list[BaseException | None]]
    ) -> None:
        self._running = None
        problems: Sequence[BaseException | None]
        if done.cancelled():
            problems = [asyncio.CancelledError()] * len(batch)
        elif error := done.exception():
            problems = [error] * len(batch)
        else:
            problems = done.result()
        untold, then = [], []
        for job, problem in zip(batch, problems, strict=True):
            if job.wanted is None:
                untold += [(job, problem)] if problem is not None else []
                then += [job.then] if job.then is not None and problem is None else []
            elif job.wanted.done():
                continue
            elif problem is None:
                job.wanted.set_result(None)
            else:
                job.wanted.set_exception(problem)
        if self._jobs:
            self._start()
        for job, problem in untold:
            self._failed(job, problem)
        for deed in then:
            deed()

    async def rest(self) -> None:
        """Returns when nothing is left to do."""
        while self._running is not None or self._called or self._jobs:
            await self.ask(None)
