"""A mailbox ``DIR/out/f`` that another program has, or whose rights are not those of ``mode``."""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ..cases import FILE, append, filtered
from ..sides import Case

HOLD = "import fcntl, sys; fcntl.{}(1, fcntl.LOCK_EX); print('', file=sys.stderr); input()"


@dataclass(frozen=True)
class State:
    """What another program makes of the mailbox while a letter is on its way."""

    mode: int | None = 0o600
    """The rights of a mailbox that is there; None: there is none."""
    held: str = ""
    """The call by which another process has locked it: ``lockf`` or ``flock``."""
    beside: str = ""
    """What lies there by the name of the lock file: a ``file``, or a ``folder``."""

    @contextmanager
    def __call__(self, folder: Path) -> Iterator[None]:
        box = folder / "out/f"
        if self.mode is not None:
            _make(box, self.mode)
        if self.beside == "file":
            _make(folder / "out/f.lock", 0o600)
        elif self.beside:
            (folder / "out/f.lock").mkdir()
        if not self.held:
            yield
            return
        pipe = subprocess.PIPE
        argv = [sys.executable, "-c", HOLD.format(self.held)]
        with (
            box.open("ab") as file,
            subprocess.Popen(argv, stdin=pipe, stdout=file, stderr=pipe) as holder,
        ):
            assert holder.stderr and holder.stderr.read(1) == b"\n"
            yield
            holder.communicate(b"\n")


def _make(path: Path, mode: int) -> None:
    path.write_bytes(b"")
    path.chmod(mode)
    if path.parents[1].name.startswith("theirs-"):
        shutil.chown(path, "Debian-exim")


def box(state: State, *options: str, **more: Any) -> Case:
    waits = () if any("lock_retries" in each for each in options) else ("lock_retries = 2",)
    return append(FILE, "lock_interval = 1s", *waits, *options, meanwhile=state, **more)


def saved(state: State, words: str) -> Case:
    case = filtered(f"save DIR/out/f {words}")
    case.meanwhile = state
    return case


BY_FCNTL, BY_FLOCK = State(held="lockf"), State(held="flock")
LOCK_FILE = State(mode=None, beside="file")
BOTH = ("use_fcntl_lock", "use_flock_lock")

CASES: dict[str, Case] = {
    "fcntl": box(BY_FCNTL),
    "fcntl not asked": box(BY_FCNTL, "no_use_fcntl_lock"),
    "fcntl, but flock is used": box(BY_FCNTL, "use_flock_lock"),
    "fcntl, both are used": box(BY_FCNTL, *BOTH),
    "fcntl with time-out": box(BY_FCNTL, "lock_fcntl_timeout = 1s"),
    "flock": box(BY_FLOCK, "use_flock_lock"),
    "flock not asked": box(BY_FLOCK),
    "flock, both are used": box(BY_FLOCK, *BOTH),
    "flock with time-out": box(BY_FLOCK, "use_flock_lock", "lock_flock_timeout = 1s"),
    "flock, the other's time-out": box(BY_FLOCK, *BOTH, "lock_fcntl_timeout = 1s"),
    "lock file": box(LOCK_FILE),
    "lock file not asked": box(LOCK_FILE, "no_use_lockfile"),
    "lock file, forgotten": box(LOCK_FILE, "lockfile_timeout = 2s", "lock_retries = 6"),
    "lock file, no time-out": box(LOCK_FILE, "lockfile_timeout = 0s"),
    "lock file is a folder": box(State(mode=None, beside="folder"), "lockfile_timeout = 1s"),
    "lock file before rights": box(State(mode=0o400, beside="file")),
    "rights before locks": box(State(mode=0o400, held="lockf")),
    "made": box(State(mode=None), "mode = 0666"),
    "narrower": box(State(mode=0o400)),
    "narrower is good": box(State(mode=0o600), "mode = 0660", "no_mode_fail_narrower"),
    "wider": box(State(mode=0o666), "mode = 0640"),
    "wider, with more": box(State(mode=0o4770)),
    "neither": box(State(mode=0o604), "mode = 0640"),
    "neither is good": box(State(mode=0o604), "mode = 0640", "no_mode_fail_narrower"),
    "saved": saved(State(mode=0o606), "0640"),
    "saved, new": saved(State(mode=None), "0666"),
    "saved without": saved(State(mode=0o606), ""),
}
