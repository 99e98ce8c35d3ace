"""Is there all that a set-up needs? Each answer "no" is a `Trouble` with its cure.

The checks look, and change nothing. They run before the first byte is installed, since a set-up
that fails after two minutes with somebody else's traceback has lost its reader.

Try: ``python3 -m starting.checks``.
"""

from __future__ import annotations

import importlib.util
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from starting.trouble import Trouble

NEEDED_MB = 1000
"""A set-up takes about 400 MB, and pip unpacks beside it."""


def troubles(root: Path, *, uv: str | None) -> Iterator[Trouble]:
    """Yield every obstacle to a set-up in ``root``; ``uv`` is the path of a working uv, or None."""
    for found in (path_trouble(root), rights_trouble(root), disk_trouble(root)):
        if found:
            yield found
    found = venv_trouble(uv)
    if found:
        yield found


def path_trouble(root: Path) -> Trouble | None:
    """A virtual environment cannot live under a name with the separator of PATH in it."""
    if os.pathsep not in str(root):
        return None
    return Trouble(
        f"the folder's name has a {os.pathsep!r} in it, which Python's venv refuses: {root}",
        f"rename or move the folder so that its path has no {os.pathsep!r}",
    )


def rights_trouble(root: Path) -> Trouble | None:
    """May files be made here? Asked by making one: mode bits do not tell about read-only disks."""
    try:
        with tempfile.TemporaryFile(dir=root, prefix=".can-write-"):
            return None
    except OSError as error:
        return Trouble(
            f"nothing can be written in {root} ({error.strerror}).",
            "copy the folder to a place of your own: cp -r labmail ~/labmail",
            "or become the user it belongs to",
        )


def disk_trouble(root: Path, needed_mb: int = NEEDED_MB) -> Trouble | None:
    """Is there room for the packages?"""
    free = shutil.disk_usage(root).free // 1_000_000
    if free >= needed_mb:
        return None
    return Trouble(
        f"only {free} MB are free in {root}; a set-up needs {needed_mb} MB.",
        "make room, or move the folder to a larger disk",
    )


def venv_trouble(uv: str | None) -> Trouble | None:
    """Debian and Ubuntu ship Python without the part of ``venv`` that brings pip."""
    version = f"{sys.version_info.major}.{sys.version_info.minor}"
    missing = [name for name in ("venv", "ensurepip") if importlib.util.find_spec(name) is None]
    if not missing or (uv and missing == ["ensurepip"]):
        return None
    return Trouble(
        f"this Python cannot make a virtual environment: {' and '.join(missing)} missing "
        f"({sys.executable}).",
        f"Debian, Ubuntu: sudo apt install python{version}-venv",
        "without root: install uv (one program, found on PATH) and call this again",
        "or use another Python: make lab PYTHON=/path/to/python3.11",
    )


def working_uv() -> str | None:
    """The path of uv, a faster installer, when it is on PATH and answers; otherwise None."""
    uv = shutil.which("uv")
    if uv is None:
        return None
    try:
        done = subprocess.run([uv, "--version"], capture_output=True, timeout=20, check=False)
    except (OSError, subprocess.SubprocessError):
        return None
    return uv if done.returncode == 0 else None


if __name__ == "__main__":
    obstacles = [str(trouble) for trouble in troubles(Path.cwd(), uv=working_uv())]
    print("\n\n".join(obstacles or ["Nothing is missing."]))
