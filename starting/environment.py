""".venv: what the lock file says, installed once, redone when it was interrupted.

An environment is ready when its stamp says so, and the stamp is written last::

    .venv/.labmail         "labmail made this folder": only such a folder is ever removed
    .venv/setup.log        what the installers said
    .venv/.labmail-stamp   what was installed, for which Python, in which folder

A set-up that dies at any instant leaves no stamp, and the next one starts again from nothing: a
half unpacked package looks installed to pip, so nothing of it is trusted. When only the lock file
or pyproject.toml has changed, the environment is brought up to date in place.

Every package comes by the hash that ``requirements.lock`` names for it. The build backend is
locked too, so labmail itself is installed last without asking a package index.
"""

from __future__ import annotations

import fcntl
import hashlib
import json
import re
import shutil
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

from starting.checks import troubles, working_uv
from starting.installing import Step, run
from starting.isolation import write_json
from starting.progress import Progress
from starting.trouble import Trouble

Runner = Callable[["Environment", Step, Progress], None]

ITSELF = ("--no-deps", "--no-build-isolation", "--editable")
"""How labmail itself is installed: with the build backend that the lock file brought."""


class Wanted(NamedTuple):
    """What a stamp says: the files that decide, the Python, and the place (a venv cannot move)."""

    files: str
    python: str
    place: str


class Environment:
    """The virtual environment of the project in ``root``."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.folder = root / ".venv"
        self.python = self.folder / "bin/python"
        self.log = self.folder / "setup.log"
        self.lock = root / "requirements.lock"
        self.held: tuple[int, ...] = ()
        self._mark = self.folder / ".labmail"
        self._stamp = self.folder / ".labmail-stamp"

    def wanted(self) -> Wanted:
        """What a ready environment was made from."""
        files = hashlib.sha256()
        for path in (self.lock, self.root / "pyproject.toml"):
            files.update(path.read_bytes() + b"\0")
        return Wanted(files.hexdigest(), sys.version, str(self.root))

    def found(self) -> Wanted | None:
        """What this environment was made from, or None when it never became ready."""
        try:
            stamp = json.loads(self._stamp.read_text(encoding="utf-8"))
            return Wanted(**stamp) if self.python.exists() else None
        except (OSError, ValueError, TypeError):
            return None

    def ready(self) -> bool:
        return self.found() == self.wanted()

    def ensure(self, progress: Progress | None = None, *, do: Runner = run) -> bool:
        """Make the environment ready. True when there was something to do. Raises Trouble."""
        if self.ready():
            return False
        progress = progress or Progress()
        uv = working_uv()
        for trouble in troubles(self.root, uv=uv):
            raise trouble
        with only_one(self.root / ".setup.lock", progress) as held:
            if self.ready():  # somebody else was at it while we waited
                return False
            self.held = (held,)
            self._make(uv, progress, do)
        return True

    def _make(self, uv: str | None, progress: Progress, do: Runner) -> None:
        wanted = self.wanted()
        found = self.found()
        if found is None or found[1:] != wanted[1:]:
            self.begin_anew()
        self._stamp.unlink(missing_ok=True)
        try:
            for step in self.steps(uv):
                do(self, step, progress)
        except Trouble:
            if uv is None or any(troubles(self.root, uv=None)):
                raise
            progress.end("uv could not do it; trying again with pip")
            self.begin_anew()
            for step in self.steps(None):
                do(self, step, progress)
        write_json(self._stamp, wanted._asdict())
        progress.end(f"labmail is set up in {self.folder}")

    def begin_anew(self) -> None:
        """An empty folder with our mark. A .venv that somebody else made is never removed."""
        if self.folder.is_symlink() or (
            self.folder.exists() and not self._mark.exists() and any(self.folder.iterdir())
        ):
            raise Trouble(
                f"{self.folder} is there already, and labmail did not make it.",
                f"move it away: mv {self.folder} {self.folder}.mine",
            )
        if self.folder.exists():
            self.remove()
        self.folder.mkdir()
        self._mark.write_text("Made by labmail's start.py; make clean removes it.\n")

    def remove(self) -> None:
        """Take the environment away, the mark last, so that an interruption is no stranger."""
        for entry in self.folder.iterdir():
            if entry.is_dir() and not entry.is_symlink():
                shutil.rmtree(entry)
            elif entry != self._mark:
                entry.unlink()
        self._mark.unlink(missing_ok=True)
        self.folder.rmdir()

    def steps(self, uv: str | None) -> list[Step]:
        """What to run, in order. ``uv`` brings no pip and needs none."""
        base = getattr(sys, "_base_executable", None) or sys.executable
        python, lock, root = str(self.python), str(self.lock), str(self.root)
        venv = [base, "-m", "venv", str(self.folder)]
        if uv:
            into = ["--python", python]
            return [
                Step("preparing", [*venv, "--without-pip"]),
                Step("packages", [uv, "pip", "sync", "--require-hashes", *into, lock]),
                Step("labmail", [uv, "pip", "install", *into, *ITSELF, root]),
            ]
        pip = [python, "-m", "pip", "--disable-pip-version-check", "--no-input", "install"]
        locked = ["--no-deps", "--no-compile", "--require-hashes", "-r", lock]
        return [
            Step("preparing", venv),
            Step("fetching", [*pip, *locked]),
            Step("labmail", [*pip, *ITSELF, root]),
        ]

    def packages(self) -> int:
        """How many packages the lock file names for any system."""
        text = self.lock.read_text(encoding="utf-8")
        return len(re.findall(r"^[\w.-]+==[^;\s]+ \\$", text, re.MULTILINE))

    def installed(self) -> int:
        """How many packages have been unpacked so far."""
        return sum(1 for _ in self.folder.glob("lib/*/site-packages/*.dist-info"))


@contextmanager
def only_one(path: Path, progress: Progress) -> Iterator[int]:
    """Let one set-up at a time through; gives the descriptor that holds the lock.

    The system lets go of the lock when the last process that holds the descriptor is gone. The
    installers inherit it, so that one whose parent was killed is waited for, too. Where the disk
    knows no locks (some network file systems), go on without one.
    """
    with open(path, "a", encoding="ascii") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            progress.show("waiting", detail="for another set-up in this folder")
            fcntl.flock(file, fcntl.LOCK_EX)
        except OSError:
            pass
        yield file.fileno()
