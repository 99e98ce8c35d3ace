"""A moving line while something takes long; plain lines where nothing can move.

On a terminal one line is drawn over and over::

    ⠹ fetching     57 of 131   jupyterlab                    12 s

Where output goes to a file or a log, a line is printed when the phase changes and every five
seconds, so that nobody wonders whether it still lives.
"""

from __future__ import annotations

import shutil
import sys
import time
from typing import TextIO

TURNS = "⠋⠙⠹⠸⠼⠴⠦⠧⠇⠏"
PLAIN_TURNS = "|/-\\"


class Progress:
    """Shows ``phase``, ``done of total`` and a word of detail; call `show` as often as you like."""

    def __init__(self, stream: TextIO | None = None, *, every: float = 5.0) -> None:
        self.stream = stream if stream is not None else sys.stderr
        self.moving = self.stream.isatty()
        self.every = every
        self.began = time.monotonic()
        self._phase = ""
        self._printed = 0.0
        self._turn = 0

    def show(self, phase: str, done: int = 0, total: int = 0, detail: str = "") -> None:
        """Say how far ``phase`` has come; ``total`` 0 means: nobody knows."""
        seconds = time.monotonic() - self.began
        count = f"{min(done, total)} of {total}" if total else ""
        if self.moving:
            self._draw(f"{phase:<12} {count:>10}   {detail:<28} {seconds:4.0f} s")
        elif phase != self._phase or seconds - self._printed >= self.every:
            self._printed = seconds
            self._print("  ".join(part for part in (phase, count, detail) if part))
        self._phase = phase

    def end(self, words: str) -> None:
        """Replace the moving line by a last one."""
        if self.moving:
            self.stream.write("\r\033[K")
        self._print(words)

    def _draw(self, text: str) -> None:
        turns = TURNS if "utf" in (self.stream.encoding or "").lower() else PLAIN_TURNS
        self._turn += 1
        width = shutil.get_terminal_size().columns
        line = f"{turns[self._turn % len(turns)]} {text}"[: max(width - 1, 10)]
        self.stream.write(f"\r\033[K{line}")
        self.stream.flush()

    def _print(self, text: str) -> None:
        self.stream.write(f"{text}\n")
        self.stream.flush()
