"""Programs that start.py runs are waited for and never left behind (starting/children.py)."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from starting.children import attend, stop

ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize(("script", "status"), [("exit 0", 0), ("exit 5", 5), ("kill -9 $$", 137)])
def test_the_exit_status_is_the_childs(script: str, status: int) -> None:
    before = signal.getsignal(signal.SIGINT)
    assert attend(["sh", "-c", script]) == status
    assert signal.getsignal(signal.SIGINT) == before


CHILD = """
import signal, time
def last_words(*_):
    time.sleep(0.5); print('4 passed, 1 interrupted', flush=True); raise SystemExit(2)
for number in (signal.SIGINT, signal.SIGTERM):
    signal.signal(number, last_words)
print('ready', flush=True)
time.sleep(60)
"""


@pytest.mark.parametrize("way", ["ctrl-c", "terminate"])
def test_the_childs_last_words_are_heard(way: str) -> None:
    """pytest needs a moment after Ctrl-C to take its labs down and to print its summary."""
    code = (
        "import sys; from starting.children import attend\n"
        f"sys.exit(attend([sys.executable, '-c', {CHILD!r}]))"
    )
    parent = subprocess.Popen(
        [sys.executable, "-c", code],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    assert parent.stdout and parent.stdout.readline() == "ready\n"
    if way == "ctrl-c":
        os.killpg(parent.pid, signal.SIGINT)
    else:
        parent.terminate()
    assert parent.communicate(timeout=20)[0] == "4 passed, 1 interrupted\n"
    assert parent.returncode == 2


def test_a_signal_that_comes_before_the_child_is_kept_for_it() -> None:
    def early(argv: object, **options: object) -> subprocess.Popen[bytes]:
        os.kill(os.getpid(), signal.SIGTERM)
        return real(argv, **options)  # type: ignore[call-overload, no-any-return]

    real = subprocess.Popen
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(subprocess, "Popen", early)
        status = attend(["sleep", "60"])
    assert status == 128 + signal.SIGTERM


def test_a_stubborn_child_is_killed_in_the_end() -> None:
    deaf = "signal.signal(signal.SIGTERM, signal.SIG_IGN)"
    code = f"import signal, time; {deaf}; print(1, flush=True); time.sleep(60)"
    child = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE)
    assert child.stdout and child.stdout.readline()
    began = time.monotonic()
    stop(child, patience=0.2)
    assert child.returncode == -signal.SIGKILL and time.monotonic() - began < 10
    child.stdout.close()
