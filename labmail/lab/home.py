"""The folder in which a lab lives: one folder a host, owned by one process, gone without a trace.

A lab makes itself a temporary home, readable by its owner alone, and removes it when it closes. One
that was given a root keeps its folders there and finds them again at the next start. Either way the
folder is locked while a process owns it. A home that was left behind by a killed process is swept
away by the next lab: its lock is free, so nobody lives there any more.

    ROOT/
    ├── .labmail            who owns it, and what was written by the lab rather than by you
    ├── trace/              the events, so that a story survives a restart
    └── mail.example.com/   a host: etc/ var/ home/ …

Law: flock(2). Try: ``Home(None).path``.
"""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
import shutil
import tempfile
from pathlib import Path

from ..world import HostFiles
from .town import Town
from .town.etc import host_files, host_folders

MARK = ".labmail"
PREFIX = "labmail-"


class HomeError(RuntimeError):
    """The folder cannot be used: it belongs to another process, another town or another user."""


class Home:
    """A locked folder: ``root``, which is kept, or a temporary one that goes with the lab."""

    def __init__(self, root: Path | None) -> None:
        self.temporary = root is None
        if root is None:
            sweep()
            self.path = Path(tempfile.mkdtemp(prefix=PREFIX))
            self._mark = _lock(self.path, f"{MARK}.new")
            os.rename(self.path / f"{MARK}.new", self.path / MARK)  # locked before a sweep sees it
        else:
            self.path = _make(Path(root).expanduser())
            self._mark = _lock(self.path, MARK)

    def host_folder(self, name: str) -> Path:
        """The root folder of a host."""
        return self.path / name

    def furnish(self, town: Town, files: dict[str, HostFiles]) -> None:
        """Writes what the town says into the hosts' folders.

        A file that is there already stays, because it is the student's now; only if the town has
        changed is a file rewritten, and only if nobody but the lab has written it.
        """
        known = json.loads(self._read_mark().get("written", "{}"))
        for name, host in town.hosts.items():
            for path in host_folders(town, host):
                files[name].mkdir(path)
            for path, text in host_files(town, host).items():
                data, real = text.encode("utf-8", "surrogateescape"), files[name].found(path)
                key, digest = f"{name}:{path}", hashlib.sha256(data).hexdigest()
                if _write_new(real, data):
                    known[key] = digest
                elif _digest(real) == known.get(key):
                    if known.get(key) != digest:
                        _write(real, data)
                    known[key] = digest
        self._write_mark({"town": town.name, "written": json.dumps(known)})

    def check_town(self, town: Town) -> None:
        """Raises `HomeError` where the folder was made for another town."""
        other = self._read_mark().get("town", town.name)
        if other != town.name:
            raise HomeError(
                f"{self.path} belongs to the town {other!r}, not {town.name!r}: "
                "choose another folder, or remove this one if its mail is no longer wanted"
            )

    def clear(self) -> None:
        """Empties the folder but keeps it locked: `Lab.reset`."""
        for child in self.path.iterdir():
            if child.name != MARK:
                shutil.rmtree(child) if child.is_dir() else child.unlink()
        self._write_mark({})

    def close(self) -> None:
        """Unlocks the folder, and removes it if it was temporary. Safe to call twice."""
        if self._mark < 0:
            return
        if self.temporary:
            shutil.rmtree(self.path, ignore_errors=True)
        os.close(self._mark)
        self._mark = -1

    def _read_mark(self) -> dict[str, str]:
        text = os.pread(self._mark, 1 << 20, 0).decode("utf-8", "replace")
        return json.loads(text) if text.startswith("{") else {}

    def _write_mark(self, words: dict[str, str]) -> None:
        data = json.dumps({"pid": str(os.getpid()), **words}).encode()
        os.ftruncate(self._mark, 0)
        os.pwrite(self._mark, data, 0)


def _write_new(real: str, data: bytes) -> bool:
    """Writes a file, unless there is one. It could be made again from the town, and so need not be
    synced."""
    try:
        _write(real, data, os.O_EXCL)
    except FileExistsError:
        return False
    except FileNotFoundError:
        os.makedirs(os.path.dirname(real), exist_ok=True)
        return _write_new(real, data)
    return True


def _write(real: str, data: bytes, how: int = os.O_TRUNC) -> None:
    file = os.open(real, os.O_WRONLY | os.O_CREAT | os.O_CLOEXEC | how, 0o666)
    try:
        while data:
            data = data[os.write(file, data) :]
    finally:
        os.close(file)


def sweep() -> None:
    """Removes temporary homes of this user whose owners are gone."""
    for path in Path(tempfile.gettempdir()).glob(f"{PREFIX}*"):
        try:
            if path.is_symlink() or path.stat().st_uid != os.getuid() or not (path / MARK).exists():
                continue
            mark = _lock(path, MARK)
        except (OSError, HomeError):
            continue
        shutil.rmtree(path, ignore_errors=True)
        os.close(mark)


def _make(path: Path) -> Path:
    try:
        path.mkdir(mode=0o700, parents=True, exist_ok=True)
        os.chmod(path, 0o700)
    except OSError as error:
        raise HomeError(
            f"cannot use {path} as a lab's folder: {error.strerror}; "
            "choose a folder that you may write, with --root or root="
        ) from error
    return path.resolve()


def _lock(path: Path, name: str) -> int:
    mark = os.open(path / name, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(mark, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        text = os.pread(mark, 1 << 20, 0).decode("utf-8", "replace")
        os.close(mark)
        pid = json.loads(text).get("pid", "?") if text.startswith("{") else "?"
        raise HomeError(
            f"{path} is in use by another lab (process {pid}): "
            "close that one first, or choose another folder"
        ) from None
    return mark


def _digest(real: str) -> str:
    with open(real, "rb") as file:
        return hashlib.sha256(file.read()).hexdigest()
