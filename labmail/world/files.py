"""A host is a folder, and everything durable goes through one small disk.

`HostFiles` gives a lab host its own tree: ``/etc/aliases`` means the file of that name below the
host's root, and no path leads out of it. ``..`` stops at the root and a symbolic link is read as
the host would read it, as under chroot(2): a link to ``/etc/passwd`` shows the host's own, never
the machine's.

`Disk` is the handful of system calls that mail safety rests on. Stores and spool use nothing else,
so that a test can slip a disk under them that is full, or that forgets what was not synced.

Law: POSIX.1-2017 §4.13 (pathname resolution), fsync(2), rename(2).
Try: ``HostFiles(tmp).write_text("/etc/mailname", "example.com\\n")``.
"""

from __future__ import annotations

import errno
import fcntl
import os
from contextlib import suppress
from itertools import count
from pathlib import Path

MOST_LINKS = 40
"""Symbolic links followed in one path before it is called a loop, as in Linux."""


class Disk:
    """The system calls of durable work. Each blocks: call them from a worker.

    With ``full`` set, whatever needs room fails with ENOSPC, as on a disk that has filled up.
    """

    def __init__(self) -> None:
        self.full = False
        self._names = count()

    def open(self, path: Path, flags: int, mode: int = 0o600) -> int:
        """A file descriptor, closed on exec. Raises OSError as open(2) does."""
        if flags & os.O_CREAT and not os.path.lexists(path):
            self._check_room(path)
        return os.open(path, flags | os.O_CLOEXEC, mode)

    def write(self, fd: int, data: bytes) -> None:
        """Writes all of ``data``."""
        self._check_room()
        view = memoryview(data)
        while view:
            view = view[os.write(fd, view) :]

    def fsync(self, fd: int) -> None:
        """Returns when content and size are on the platter."""
        os.fsync(fd)

    def lock(self, fd: int) -> bool:
        """Whether this file is ours alone from now until it is closed (flock(2))."""
        try:
            fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True

    def truncate(self, fd: int, size: int) -> None:
        os.ftruncate(fd, size)

    def close(self, fd: int) -> None:
        os.close(fd)

    def rename(self, source: Path, target: Path) -> None:
        """Atomic: afterwards ``target`` is the new file or, after a crash, still the old one."""
        os.rename(source, target)

    def link(self, source: Path, target: Path) -> None:
        """A second name; fails where ``target`` exists, which makes it the safe lock of old."""
        self._check_room(target)
        os.link(source, target)

    def unlink(self, path: Path) -> None:
        os.unlink(path)

    def mkdir(self, path: Path, mode: int = 0o755) -> None:
        """Makes a folder and those above it; one that is there already is fine."""
        if not path.is_dir():
            self._check_room(path)
        path.mkdir(mode=mode, parents=True, exist_ok=True)

    def sync_folder(self, path: Path) -> None:
        """Makes names durable: a new, renamed or removed file is safe only after this."""
        fd = os.open(path, os.O_RDONLY | os.O_DIRECTORY)
        try:
            os.fsync(fd)
        finally:
            os.close(fd)

    def replace(self, path: Path, data: bytes, mode: int = 0o644) -> None:
        """Writes a whole file: after a crash it is the old one or the new one, never half."""
        temporary = path.with_name(f".{path.name}.{next(self._names)}~")
        try:
            self._write_new(temporary, data, mode)
            self.rename(temporary, path)
        except BaseException:
            with suppress(OSError):
                self.unlink(temporary)
            raise
        self.sync_folder(path.parent)

    def _write_new(self, path: Path, data: bytes, mode: int) -> None:
        fd = self.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, mode)
        try:
            self.write(fd, data)
            self.fsync(fd)
        finally:
            self.close(fd)

    def _check_room(self, path: Path | None = None) -> None:
        if self.full:
            name = None if path is None else str(path)
            raise OSError(errno.ENOSPC, "No space left on device", name)


class HostFiles:
    """The tree of one host below ``root``, a real folder. Paths are its own: ``/etc/aliases``."""

    def __init__(self, root: Path, disk: Disk | None = None) -> None:
        self._root = os.path.realpath(root)
        self.root = Path(self._root)
        self.disk = disk or Disk()
        self.root.mkdir(mode=0o700, parents=True, exist_ok=True)

    def real(self, path: str) -> Path:
        """The real file behind a path of the host, links followed; it need not exist.

        Raises FileNotFoundError for a path that holds NUL, OSError (ELOOP) on a loop of links.
        """
        return Path(self.found(path))

    def found(self, path: str) -> str:
        """The same as a text, for system calls: making a `Path` takes longer than they do."""
        if "\0" in path:
            raise FileNotFoundError(errno.ENOENT, "No such file or directory", path)
        todo, links = _parts(path), 0
        way = [self._root]  # the folders that lead there, the root first
        while todo:
            part = todo.pop()
            if part == "..":
                del way[max(1, len(way) - 1) :]
                continue
            here = f"{way[-1]}/{part}"
            if not os.path.islink(here):
                way.append(here)
                continue
            links += 1
            if links > MOST_LINKS:
                raise OSError(errno.ELOOP, "Too many levels of symbolic links", path)
            target = os.readlink(here)
            if target.startswith("/"):
                del way[1:]
            todo += _parts(target)
        return way[-1]

    def lab_path(self, real: Path) -> str:
        """The host's own name for a real file below its root. Raises ValueError for another."""
        return self.named(os.fspath(real))

    def named(self, real: str) -> str:
        """The same for a text that `found` has given."""
        if real == self._root:
            return "/"
        if not real.startswith(f"{self._root}/"):
            raise ValueError(f"{real} is not below {self._root}")
        return real[len(self._root) :]

    def exists(self, path: str) -> bool:
        """Whether there is such a file or folder. A loop of links or a name with NUL is none."""
        try:
            return os.path.exists(self.found(path))
        except OSError:
            return False

    def listdir(self, path: str) -> list[str]:
        """Names in a folder, sorted."""
        return sorted(os.listdir(self.found(path)))

    def read_bytes(self, path: str) -> bytes:
        """The file's bytes. Raises FileNotFoundError, IsADirectoryError, PermissionError."""
        with open(self.found(path), "rb") as file:
            return file.read()

    def read_text(self, path: str) -> str:
        """The file as UTF-8; bytes that are none are kept as surrogates."""
        return self.read_bytes(path).decode("utf-8", "surrogateescape")

    def write_text(self, path: str, text: str, mode: int = 0o644) -> None:
        """Writes a whole file, making the folders above it. See `Disk.replace`."""
        real = self.real(path)
        self.disk.mkdir(real.parent)
        self.disk.replace(real, text.encode("utf-8", "surrogateescape"), mode)

    def append(self, path: str, text: str, mode: int = 0o640) -> None:
        """Adds to the end of a file (logs): not synced."""
        real = self.real(path)
        flags = os.O_WRONLY | os.O_CREAT | os.O_APPEND
        try:
            fd = self.disk.open(real, flags, mode)
        except FileNotFoundError:
            self.disk.mkdir(real.parent)
            fd = self.disk.open(real, flags, mode)
        try:
            self.disk.write(fd, text.encode("utf-8", "surrogateescape"))
        finally:
            self.disk.close(fd)

    def mkdir(self, path: str, mode: int = 0o755) -> Path:
        """Makes a folder of the host and those above it; gives the real one."""
        real = self.real(path)
        self.disk.mkdir(real, mode)
        return real


def _parts(path: str) -> list[str]:
    """The names in a path, the first one last: that is the next to be looked at."""
    return [part for part in reversed(path.split("/")) if part not in ("", ".")]
