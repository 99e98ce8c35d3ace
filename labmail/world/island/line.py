"""The line to the warden of an island: one socket, an object of JSON a line each way.

The warden is a process of this machine that holds the namespaces; see `warden`, which is the other
end. Whatever is asked has a number, and the answer has the same. What nobody asked for is told
when it happens: that all is ready, that a program has ended. If the line breaks, the island goes.

Try: ``await WardenLine(loop).open({"folder": …, "hostname": "mail", …})``.
"""

from __future__ import annotations

import asyncio
import json
import os
import socket
import subprocess
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from itertools import count
from typing import Any

from .program import python

PATIENCE = 20.0
"""Real seconds that an island may take to be made, or to go."""
_MAIN = (
    "import json, socket\n"
    "from labmail.world.island.warden import main\n"
    "main(socket.socket(fileno={number}), json.loads({plan!r}))\n"
)

Words = dict[str, Any]


class IslandError(OSError):
    """An island cannot be made, or is gone."""


@dataclass(frozen=True, slots=True)
class Ended:
    """How a program on an island ended: its exit status (negative: a signal), and its words."""

    status: int
    output: str
    errors: str

    @classmethod
    def read(cls, words: Words) -> Ended:
        """As the warden tells it."""
        return cls(words["status"], words["out"], words["err"])


class WardenLine:
    """A warden, and the line to it."""

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self._loop = loop
        self.process: subprocess.Popen[bytes] | None = None
        self.namespace = -1
        """The island's network, as an open file; -1 before and after."""
        self._wire: asyncio.WriteTransport | None = None
        self._ready: asyncio.Future[None] = loop.create_future()
        self._numbers = count(1)
        self._answers: dict[int, asyncio.Future[Words]] = {}
        self._ends: dict[int, Callable[[Ended], None]] = {}
        self._early: dict[int, Ended] = {}
        """Programs that had ended before anybody could ask to be told."""

    async def open(self, plan: Words) -> None:
        """Starts a warden, and waits until its island is ready. Raises `IslandError`."""
        ours, theirs = socket.socketpair()
        with theirs:
            text = _MAIN.format(number=theirs.fileno(), plan=json.dumps(plan))
            self.process = subprocess.Popen(
                python(text),
                pass_fds=[theirs.fileno()],
                stdin=subprocess.DEVNULL,
                cwd="/",
                start_new_session=True,  # Ctrl-C is meant for the lab, not for what runs on it
            )
        self._wire, _ = await self._loop.create_unix_connection(
            lambda: _Wire(self._hear, self._silent), sock=ours
        )
        await asyncio.wait_for(self._ready, PATIENCE)

    async def ask(self, do: str, **words: Any) -> Words:
        """Asks the warden. Raises `IslandError` where it cannot be done."""
        if self._wire is None or self._wire.is_closing():
            raise IslandError("the island is gone")
        number = next(self._numbers)
        answer = self._answers[number] = self._loop.create_future()
        self._wire.write(json.dumps({"id": number, "do": do, **words}).encode() + b"\n")
        words = await answer
        if "problem" in words:
            raise IslandError(f"{do} on an island: {words['problem']}")
        return words

    def when_ended(self, pid: int, told: Callable[[Ended], None]) -> None:
        """Calls ``told`` when a program that was started ends, or at once if it has."""
        early = self._early.pop(pid, None)
        if early is not None:
            told(early)
        else:
            self._ends[pid] = told

    def _hear(self, words: Words) -> None:
        if "ended" in words:
            pid = words["ended"]
            if told := self._ends.pop(pid, None):
                told(Ended.read(words))
            else:
                self._early[pid] = Ended.read(words)
        elif "id" in words:
            answer = self._answers.pop(words["id"], None)
            if answer is not None and not answer.done():
                answer.set_result(words)
        elif "pid" in words:
            self.namespace = os.open(f"/proc/{words['pid']}/ns/net", os.O_RDONLY | os.O_CLOEXEC)
        elif not self._ready.done():
            if problem := words.get("problem"):
                self._ready.set_exception(IslandError(f"no island can be made: {problem}"))
            else:
                self._ready.set_result(None)

    def _silent(self) -> None:
        """The warden is gone, and with it all that was on the island."""
        gone = IslandError("the island is gone")
        if not self._ready.done():
            self._ready.set_exception(gone)
        for answer in self._answers.values():
            if not answer.done():
                answer.set_exception(gone)
        self._answers.clear()
        for told in (ends := self._ends).values():
            told(Ended(-9, "", ""))
        ends.clear()

    def hang_up(self) -> None:
        """Breaks the line off, as the end of this process would: the warden ends by itself."""
        if self._wire is not None:
            self._wire.abort()
        if self.namespace >= 0:
            os.close(self.namespace)
            self.namespace = -1

    async def close(self) -> None:
        """Hangs up, and waits until the warden is gone. Safe to call twice."""
        self.hang_up()
        process, self.process = self.process, None
        waited = 0.0
        while process is not None and process.poll() is None:
            if waited > PATIENCE:
                process.kill()
                process.wait()
            await asyncio.sleep(0.005)
            waited += 0.005


class _Wire(asyncio.Protocol):
    """What the warden says, an object a line."""

    def __init__(self, hear: Callable[[Words], None], silent: Callable[[], None]) -> None:
        self._hear, self._silent, self._heard = hear, silent, b""

    def data_received(self, data: bytes) -> None:
        *lines, self._heard = (self._heard + data).split(b"\n")
        for line in lines:
            with suppress(FileNotFoundError):  # a warden that has ended meanwhile
                self._hear(json.loads(line))

    def connection_lost(self, exc: Exception | None) -> None:
        self._silent()
