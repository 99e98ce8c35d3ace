"""Programs that we start: waited for, told to end, never left behind.

Ctrl-C goes to every program of a terminal's foreground group, so a child in our own group hears it
by itself; what we add is to wait for its last words instead of killing it in the middle of them.
"""

from __future__ import annotations

import signal
import subprocess
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from types import FrameType
from typing import Any

ENDINGS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
"""How a reader, a system and a closed terminal ask a program to end."""

PassOn = Callable[[int, int], int | None]
"""Which signal the child gets when we get a signal for the n-th time; None for none."""


@contextmanager
def child(
    argv: Sequence[str], pass_on: PassOn, **options: Any
) -> Iterator[tuple[subprocess.Popen[bytes], list[int]]]:
    """Start a program; gives it, and the list of signals that have come to us, in order.

    We listen before it is there: a signal that comes too early is kept for it.
    """
    heard: list[int] = []
    started: subprocess.Popen[bytes] | None = None

    def tell(turn: int) -> None:
        number = pass_on(heard[turn], turn + 1)
        if started is not None and number is not None:
            started.send_signal(number)

    def hear(number: int, frame: FrameType | None) -> None:
        heard.append(number)
        tell(len(heard) - 1)

    before = {number: signal.signal(number, hear) for number in ENDINGS if not ignored(number)}
    try:
        started = subprocess.Popen(argv, **options)
        for turn in range(len(heard)):
            tell(turn)
        try:
            yield started, heard
        finally:
            stop(started)
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def ignored(number: int) -> bool:
    """Did whoever started us want this unheard? (``nohup make lab``)"""
    return number == signal.SIGHUP and signal.getsignal(number) == signal.SIG_IGN


def attend(argv: Sequence[str], **options: Any) -> int:
    """Run a program in our own group to its end; its exit status as a shell gives it.

    Ctrl-C reaches it without us; a request to end that is for us alone is passed on.
    """
    with child(argv, lambda number, n: None if number == signal.SIGINT else number, **options) as (
        started,
        _,
    ):
        status = started.wait()
    return status if status >= 0 else 128 - status


def stop(child: subprocess.Popen[bytes], patience: float = 5.0) -> None:
    """End a child that still runs: kindly first."""
    if child.poll() is not None:
        return
    child.terminate()
    try:
        child.wait(patience)
    except subprocess.TimeoutExpired:
        child.kill()
        child.wait()
