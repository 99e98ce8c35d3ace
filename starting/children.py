"""Programs that we start: waited for, told to end, never left behind.

Ctrl-C goes to every program of a terminal's foreground group, so a child in our own group hears it
by itself; what we add is to wait for its last words instead of killing it in the middle of them.
"""

from __future__ import annotations

import signal
import subprocess
from types import FrameType
from typing import Any

ENDINGS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
"""How a reader, a system and a closed terminal ask a program to end."""


def attend(child: subprocess.Popen[Any]) -> int:
    """Wait for a child of our own group; its exit status as a shell gives it.

    Ctrl-C reaches the child without us; a request to end that is for us alone is passed on.
    """

    def pass_on(number: int, frame: FrameType | None) -> None:
        if number != signal.SIGINT:
            child.send_signal(number)

    before = {number: signal.signal(number, pass_on) for number in ENDINGS}
    try:
        status = child.wait()
    finally:
        stop(child)
        for number, handler in before.items():
            signal.signal(number, handler)
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
