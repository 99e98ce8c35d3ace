"""Rounds: a queue runner that comes every half an hour, as Debian's daemon has it.

    /etc/default/exim4      QUEUERUNNER='combined'      QUEUEINTERVAL='30m'

A host of the lab has no such file at first. Then each letter has a timer of its own and is tried at
the very moment when its retry rule wants it, which is easier to follow. With the file, it is as on
a Debian host: a run when the daemon starts, and one after each interval, in which those letters are
tried whose time has come in between. Where a run takes longer, the next one begins beside it, up to
``queue_run_max`` of them. ``QUEUERUNNER='no'``: there is no runner; somebody must say ``exim -q``.

Law: Exim specification, §5.3 (-q<time>), chapter 14 (queue_run_max).

Try: ``lab.host("mail.example.com").files.write_text("/etc/default/exim4", "QUEUEINTERVAL='30m'")``.
"""

from __future__ import annotations

import asyncio
import re
from contextlib import suppress
from typing import TYPE_CHECKING

from labmail.exim.errors import EximError
from labmail.world import seconds

from .running import Running
from .wanted import Wanted

if TYPE_CHECKING:
    from .queue import Queue

FILE = "/etc/default/exim4"
_ANSWER = re.compile(r"""^\s*(QUEUERUNNER|QUEUEINTERVAL|QFLAGS)=(["']?)([^"'#\n]*)\2""", re.M)
NO_RUNNER = ("no", "ppp", "nodaemon")
MOST_LETTERS = 20


class Rounds:
    """The queue runners that the daemon of one host starts."""

    def __init__(self, queue: Queue) -> None:
        self.queue = queue
        self.rule = ""
        """``-q30m``, as the daemon was started; "no" without a runner; "": timers."""
        self._every = 0.0
        self._wanted = Wanted()
        self._timer: asyncio.TimerHandle | None = None
        self._runs: set[asyncio.Task[None]] = set()

    def begin(self, text: str) -> None:
        """Reads what the file says ("" where there is none). Raises ValueError for an interval
        that is none."""
        answers = {name: value.strip() for name, _, value in _ANSWER.findall(text)}
        if not answers:
            return
        if answers.get("QUEUERUNNER", "combined") in NO_RUNNER:
            self.rule = "no"
            return
        interval, flags = answers.get("QUEUEINTERVAL", "30m"), answers.get("QFLAGS", "")
        self._every, self._wanted = seconds(interval), Wanted.of(flags)
        if not self._every:
            raise ValueError(f"QUEUEINTERVAL={interval}: expected more than no time")
        self.rule = f"-q{flags}{interval}"
        self._timer = asyncio.get_running_loop().call_later(0.0, self._go)

    def _go(self) -> None:
        """Time for a run, if there are not too many already."""
        loop = asyncio.get_running_loop()
        self._timer = loop.call_later(self._every, self._go)
        if len(self._runs) >= self._most:
            return
        run = loop.create_task(Running(self.queue, self._wanted, at_once=MOST_LETTERS).run())
        self._runs.add(run)
        run.add_done_callback(self._runs.discard)

    @property
    def _most(self) -> int:
        """How many runs may be at work (``queue_run_max``)."""
        with suppress(EximError, ValueError):
            return int(self.queue.office.orders.text_now("queue_run_max"))
        return 5

    async def end(self) -> None:
        """No more runs; those at work are broken off."""
        if self._timer is not None:
            self._timer.cancel()
        for run in list(self._runs):
            run.cancel()
        await asyncio.gather(*self._runs, return_exceptions=True)
