"""Disks for tests: one that remembers what it was asked, one that forgets what was not synced.

Each call of a disk that changes something is a *point*: there the power may fail. A point has a
label, ``unlink input/-D``, by which `Forgetful.points` reports that it was come to. `watched` looks
over the shoulder of the whole process: what changes a file and asked no disk is no point, and a
hole in every test of this kind.
"""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from random import Random

from labmail.world import Disk, HostFiles


class Recorder(Disk):
    """Writes down each call as (verb, file name)."""

    def __init__(self) -> None:
        super().__init__()
        self.calls: list[tuple[str, str]] = []
        self._names: dict[int, str] = {}

    def open(self, path: Path, flags: int, mode: int = 0o600) -> int:
        fd = super().open(path, flags, mode)
        self._names[fd] = path.name
        return fd

    def write(self, fd: int, data: bytes) -> None:
        self.calls.append(("write", self._names[fd]))
        super().write(fd, data)

    def fsync(self, fd: int) -> None:
        self.calls.append(("fsync", self._names[fd]))
        super().fsync(fd)

    def truncate(self, fd: int, size: int) -> None:
        self.calls.append(("truncate", self._names[fd]))
        super().truncate(fd, size)

    def rename(self, source: Path, target: Path) -> None:
        self.calls.append(("rename", target.name))
        super().rename(source, target)

    def unlink(self, path: Path) -> None:
        self.calls.append(("unlink", path.name))
        super().unlink(path)

    def sync_folder(self, path: Path) -> None:
        self.calls.append(("sync folder", path.name))
        super().sync_folder(path)

    def verbs(self) -> list[str]:
        return [verb for verb, _ in self.calls]


class Light(Disk):
    """Syncs nothing: for tests in which the power does not fail, and that need not wait for it."""

    def fsync(self, fd: int) -> None:
        pass

    def sync_folder(self, path: Path) -> None:
        pass


class PowerCut(BaseException):
    """The machine stops here."""


_VARIES = re.compile(r"[0-9A-Za-z]{6}-[0-9A-Za-z]{6}-[0-9A-Za-z]{2}|\d[\w.,=+:-]*|^\.(?=.)|~$")


def label(verb: str, path: Path) -> str:
    """What a point is called: the folder and the name, without what is never twice the same.

    >>> label("unlink", Path("/x/input/1vwz8C-000001-00-D"))
    'unlink input/-D'
    """
    return f"{verb} {path.parent.name}/{_VARIES.sub('', path.name)}"


class Forgetful(Disk):
    """A disk that keeps, over a power cut, only what was synced.

    ``die_at`` is the number of the operation at which the power fails; ``None`` is never. A write
    at which it fails is half done. ``points`` are the labels of all operations, in order.
    """

    def __init__(self, root: Path) -> None:
        super().__init__()
        self.root = root
        self.die_at: int | None = None
        self.operations = 0
        self.points: list[str] = []
        self._paths: dict[int, Path] = {}
        self._contents: dict[int, bytes] = {}
        self._folders: dict[Path, dict[str, int]] = {}
        self.notice(root)

    def notice(self, folder: Path) -> None:
        """Takes what is there as durable."""
        for here, folders, files in os.walk(folder):
            for name in files:
                path = Path(here, name)
                self._contents[path.stat().st_ino] = path.read_bytes()
            self._folders[Path(here)] = {
                name: Path(here, name).stat().st_ino for name in folders + files
            }

    def _step(self, verb: str, at: Path | int) -> None:
        """A point. ``at`` is a path or a descriptor."""
        self.operations += 1
        self.points.append(label(verb, self._paths[at] if isinstance(at, int) else at))
        if self.die_at is not None and self.operations >= self.die_at:
            raise PowerCut

    def open(self, path: Path, flags: int, mode: int = 0o600) -> int:
        self._step("open", path)
        new = not path.exists()
        fd = super().open(path, flags, mode)
        self._paths[fd] = path
        if new:
            self._contents.pop(os.fstat(fd).st_ino, None)
        return fd

    def write(self, fd: int, data: bytes) -> None:
        try:
            self._step("write", fd)
        except PowerCut:
            if self.operations == self.die_at:
                super().write(fd, data[: len(data) // 2])
            raise
        super().write(fd, data)

    def fsync(self, fd: int) -> None:
        self._step("fsync", fd)
        path = Path(f"/proc/self/fd/{fd}").resolve()
        self._contents[os.fstat(fd).st_ino] = path.read_bytes()

    def truncate(self, fd: int, size: int) -> None:
        self._step("truncate", fd)
        super().truncate(fd, size)

    def rename(self, source: Path, target: Path) -> None:
        self._step("rename", target)
        self._keep(target)
        super().rename(source, target)

    def link(self, source: Path, target: Path) -> None:
        self._step("link", target)
        super().link(source, target)

    def unlink(self, path: Path) -> None:
        self._step("unlink", path)
        self._keep(path)
        super().unlink(path)

    def _keep(self, path: Path) -> None:
        """Keeps the content of a file that loses its name, so that no other gets its number."""
        if path.is_file():
            gone = self.root.with_name(f"{self.root.name}.gone")
            gone.mkdir(exist_ok=True)
            os.link(path, gone / str(self.operations))

    def mkdir(self, path: Path, mode: int = 0o755) -> None:
        self._step("mkdir", path)
        super().mkdir(path, mode)

    def sync_folder(self, path: Path) -> None:
        self._step("sync folder", path)
        self._folders[path] = {entry.name: entry.inode() for entry in os.scandir(path)}

    @property
    def dead(self) -> bool:
        """Whether the power has failed."""
        return self.die_at is not None and self.operations >= self.die_at

    def after_the_cut(self, target: Path, luck: Random | None = None) -> HostFiles:
        """The host as it is found afterwards, rebuilt in ``target`` from what was synced.

        With ``luck``, of each name and of each content that was not synced it is thrown whether the
        disk has it all the same.
        """
        self._rebuild(self.root, target, luck)
        return HostFiles(target)

    def _rebuild(self, folder: Path, target: Path, luck: Random | None) -> None:
        target.mkdir()
        for name, inode in self._found(folder, luck).items():
            now = folder / name
            if now in self._folders or now.is_dir():
                self._rebuild(now, target / name, luck)
            else:
                kept = self._contents.get(inode, b"")
                if luck and now.exists() and now.stat().st_ino == inode and luck.random() < 0.5:
                    kept = now.read_bytes()
                (target / name).write_bytes(kept)

    def _found(self, folder: Path, luck: Random | None) -> dict[str, int]:
        """The names in a folder, and what they stand for."""
        names = dict(self._folders.get(folder, {}))
        if luck is None or not folder.exists():
            return names
        now = {entry.name: entry.inode() for entry in os.scandir(folder)}
        for name in sorted(names.keys() | now.keys()):
            if names.get(name) != now.get(name) and luck.random() < 0.5:
                names.pop(name, None)
                names |= {name: now[name]} if name in now else {}
        return names


@contextmanager
def until_the_cut(disk: Forgetful, at: int) -> Iterator[None]:
    """Lets the power fail at the ``at``-th operation from now."""
    disk.die_at = disk.operations + at
    with suppress(PowerCut):
        yield


# ── who goes past the disk? ──────────────────────────────────────────────────────────────────────

_CHANGES = {
    "os.rename",
    "os.remove",
    "os.mkdir",
    "os.rmdir",
    "os.link",
    "os.symlink",
    "os.truncate",
}
_WRITES = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC
_watched: list[tuple[Path, list[str]]] = []
_hooked: list[bool] = []


@contextmanager
def watched(root: Path) -> Iterator[list[str]]:
    """The calls that change something below ``root`` meanwhile, whoever makes them."""
    if not _hooked:
        _hooked.append(True)
        sys.addaudithook(_note)
    seen: list[str] = []
    _watched.append((root, seen))
    try:
        yield seen
    finally:
        _watched.pop()


def _note(event: str, args: tuple[object, ...]) -> None:
    """Python tells of each call before it is made (PEP 578)."""
    if not _watched or not (event in _CHANGES or event == "open"):
        return
    if event == "open" and not (isinstance(args[2], int) and args[2] & _WRITES):
        return
    path = args[1] if event in ("os.rename", "os.link", "os.symlink") else args[0]
    for root, seen in _watched:
        if isinstance(path, str | os.PathLike) and Path(os.fspath(path)).is_relative_to(root):
            verb = {"os.remove": "unlink"}.get(event, event.removeprefix("os."))
            seen.append(label(verb, Path(os.fspath(path))))
