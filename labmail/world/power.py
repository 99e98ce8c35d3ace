"""A disk that forgets, over a power cut, what was not synced.

A program that is killed loses little: what it has written is in the memory of the kernel, and gets
to the platter in time. When the *machine* loses its power that memory goes, too. What is still
there afterwards is what somebody has waited for: the content of a file behind its ``fsync``, a name
in a folder that was synced::

    write            in memory                          gone
    write, fsync     the content is safe, its name not  gone, if the file is new
    … sync folder    content and name are safe          there

`PoweredDisk` is an ordinary disk until `remember` is called. From then on it knows what would be
left; `die` is the power cut, after which nothing works any more, and `forget` puts the folder into
the state in which the machine finds it when it comes up. A real disk may have kept more than that,
never less: mail must be safe on the least.

A folder of it can be sealed as well, as when a file system is mounted read-only after a mistake.

Law: fsync(2); Pillai and others, "All File Systems Are Not Created Equal" (OSDI 2014).
Try: ``lab.faults.power_cut("mail.example.com", when="accepted")``.
"""

from __future__ import annotations

import errno
import os
import shutil
from contextlib import suppress
from itertools import count
from pathlib import Path

from .files import Disk

CHANGING = os.O_WRONLY | os.O_RDWR | os.O_CREAT
FOLDER = 0
"""Stands for a folder where a file has a number of its own."""


class PowerCut(BaseException):
    """Whoever asks something of a disk without power gets no answer: its program is no more."""


class PoweredDisk(Disk):
    """The disk of one host, with its power."""

    def __init__(self) -> None:
        super().__init__()
        self._paths: dict[int, Path] = {}
        """The files that are open, by descriptor."""
        self._lasting: Lasting | None = None
        self._dead = False
        self._sealed: list[Path] = []

    def seal(self, folder: Path) -> None:
        """Nothing in this folder, or below it, can be changed (EROFS)."""
        self._sealed.append(folder)

    def unseal(self, folder: Path) -> None:
        """Takes one `seal` back."""
        self._sealed.remove(folder)

    # -- the power

    def remember(self, root: Path) -> None:
        """From now on it is known what a power cut would leave; what is there now is safe."""
        self._lasting = Lasting(root)

    def relax(self) -> None:
        """No power cut is to come."""
        self._lasting = None

    def die(self) -> None:
        """The power is cut: whatever is asked of the disk from now on raises `PowerCut`."""
        self._dead = True

    def forget(self) -> None:
        """What was not synced is gone. Nobody may be in the middle of anything any more."""
        for fd, path in self._paths.items():
            with suppress(OSError):  # closed, or without a name
                if os.fstat(fd).st_ino == path.stat().st_ino:
                    os.close(fd)
        self._paths.clear()
        if self._lasting is not None:
            self._lasting.restore()
        self._lasting = None

    def revive(self) -> None:
        """The power is back."""
        self._dead = False

    def _check(self, *changed: Path | None) -> None:
        """Whether there is power, and these files may be changed."""
        if self._dead:
            raise PowerCut("the host has no power")
        for path in changed if self._sealed else ():
            if path is not None and any(path.is_relative_to(each) for each in self._sealed):
                raise OSError(errno.EROFS, os.strerror(errno.EROFS), str(path))

    # -- the system calls

    def open(self, path: Path, flags: int, mode: int = 0o600) -> int:
        self._check(path if flags & CHANGING else None)
        new = self._lasting is not None and not os.path.lexists(path)
        fd = super().open(path, flags, mode)
        self._paths[fd] = path
        if new and self._lasting is not None:
            self._lasting.made(fd)
        return fd

    def write(self, fd: int, data: bytes) -> None:
        self._check(self._paths.get(fd))
        super().write(fd, data)

    def fsync(self, fd: int) -> None:
        self._check()
        super().fsync(fd)
        if self._lasting is not None:
            self._lasting.synced(fd, self._paths.get(fd))

    def truncate(self, fd: int, size: int) -> None:
        self._check(self._paths.get(fd))
        super().truncate(fd, size)

    def close(self, fd: int) -> None:
        self._check()
        self._paths.pop(fd, None)
        super().close(fd)

    def rename(self, source: Path, target: Path) -> None:
        self._check(source, target)
        super().rename(source, target)
        if self._lasting is not None:
            for fd, path in self._paths.items():
                if path == source:
                    self._paths[fd] = target

    def link(self, source: Path, target: Path) -> None:
        self._check(target)
        super().link(source, target)

    def unlink(self, path: Path) -> None:
        self._check(path)
        super().unlink(path)

    def mkdir(self, path: Path, mode: int = 0o755) -> None:
        self._check(None if path.is_dir() else path)
        super().mkdir(path, mode)

    def sync_folder(self, path: Path) -> None:
        self._check()
        super().sync_folder(path)
        if self._lasting is not None:
            self._lasting.folder_synced(path)


class Lasting:
    """What would be left of a folder: the names in each folder below it, and what files contain.

    A file has a number, since it may change its name, and since the machine gives the number of its
    own that a file had (its inode) to another one when it is gone.
    """

    def __init__(self, root: Path) -> None:
        self.root = root
        self._numbers: dict[int, int] = {}
        self._next = count(FOLDER + 1)
        self._names: dict[Path, dict[str, int]] = {}
        self._contents: dict[int, tuple[int, bytes]] = {}
        for here, _, files in os.walk(root):
            self.folder_synced(Path(here))
            for name in files:
                self._read(Path(here, name))

    # -- what becomes safe

    def made(self, fd: int) -> None:
        """A new file, of which nothing is safe yet."""
        self._numbers[os.fstat(fd).st_ino] = next(self._next)

    def synced(self, fd: int, path: Path | None) -> None:
        """The content of a file is safe, whatever its name is by now."""
        with suppress(OSError):
            if path is not None and os.fstat(fd).st_ino == path.stat().st_ino:
                self._read(path)

    def folder_synced(self, path: Path) -> None:
        """The names in a folder are safe."""
        self._names[path] = {entry.name: self._number(entry) for entry in os.scandir(path)}

    def _number(self, entry: os.DirEntry[str]) -> int:
        if entry.is_dir(follow_symlinks=False):
            return FOLDER
        return self._numbers.setdefault(entry.inode(), next(self._next))

    def _read(self, path: Path) -> None:
        if path.is_file() and not path.is_symlink():
            status = path.stat()
            number = self._numbers.setdefault(status.st_ino, next(self._next))
            self._contents[number] = status.st_mode, path.read_bytes()

    # -- after the power cut

    def restore(self) -> None:
        """Makes the folder what it is after a power cut."""
        self._restore(self.root)

    def _restore(self, folder: Path) -> None:
        lasting = self._names.get(folder, {})
        for entry in list(os.scandir(folder)):
            if lasting.get(entry.name) != self._number(entry):
                _remove(entry)
        for name, number in lasting.items():
            path = folder / name
            if number == FOLDER:
                path.mkdir(exist_ok=True)
                self._restore(path)
            elif not path.is_symlink():
                self._restore_file(path, *self._contents.get(number, (0o640, b"")))

    def _restore_file(self, path: Path, mode: int, content: bytes) -> None:
        if not path.exists() or path.read_bytes() != content:
            path.write_bytes(content)
            path.chmod(mode & 0o7777)


def _remove(entry: os.DirEntry[str]) -> None:
    if entry.is_dir(follow_symlinks=False):
        shutil.rmtree(entry.path)
    else:
        os.unlink(entry.path)
