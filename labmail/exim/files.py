"""Where a path leads: the files that a configuration may look into.

In a lab a host hands in its own tree. `RealFiles` is for the administrator at her own machine:
real paths, read with her own rights and no others.

Every method raises OSError as the system call does; the engine's messages quote its words.

Try: ``RealFiles().read_bytes("/etc/hostname")``.
"""

from __future__ import annotations

import errno
import os
import stat
from collections.abc import Mapping
from typing import Protocol

MOST_OCTETS = (1 << 24) + 1
"""Of a device or a pipe: one more than a string may have."""


class Files(Protocol):
    """What the engine asks of a file system. A path is a latin-1 `str` of octets."""

    def read_bytes(self, path: str) -> bytes: ...

    def stat(self, path: str) -> os.stat_result: ...

    def lstat(self, path: str) -> os.stat_result: ...

    def listdir(self, path: str) -> list[str]: ...

    def realpath(self, path: str) -> str: ...

    def access(self, path: str, mode: int) -> bool: ...


class RealFiles:
    """The machine's own files. What is no file but a source without end is read up to a limit."""

    def read_bytes(self, path: str) -> bytes:
        with open(_octets(path), "rb") as file:
            ends = stat.S_ISREG(os.fstat(file.fileno()).st_mode)
            return file.read() if ends else file.read(MOST_OCTETS)

    def stat(self, path: str) -> os.stat_result:
        return os.stat(_octets(path))

    def lstat(self, path: str) -> os.stat_result:
        return os.lstat(_octets(path))

    def listdir(self, path: str) -> list[str]:
        return [name.decode("latin-1") for name in os.listdir(_octets(path))]

    def realpath(self, path: str) -> str:
        return os.path.realpath(_octets(path)).decode("latin-1")

    def access(self, path: str, mode: int) -> bool:
        return os.access(_octets(path), mode)

    def real(self, path: str) -> bytes:
        """The machine's own path, for libraries that open a file themselves."""
        return _octets(path)


class Through:
    """Other files, seen through this: a kind of files that changes one answer says only that."""

    def __init__(self, files: Files) -> None:
        self._files = files

    def read_bytes(self, path: str) -> bytes:
        return self._files.read_bytes(path)

    def stat(self, path: str) -> os.stat_result:
        return self._files.stat(path)

    def lstat(self, path: str) -> os.stat_result:
        return self._files.lstat(path)

    def listdir(self, path: str) -> list[str]:
        return self._files.listdir(path)

    def realpath(self, path: str) -> str:
        return self._files.realpath(path)

    def access(self, path: str, mode: int) -> bool:
        return self._files.access(path, mode)

    def real(self, path: str) -> bytes:
        return real(self._files, path)


class Kept(Through):
    """Files, and before them texts that lie nowhere: the cells of a notebook, by their names."""

    def __init__(self, files: Files, texts: Mapping[str, str]) -> None:
        super().__init__(files)
        self._texts = texts

    def read_bytes(self, path: str) -> bytes:
        if path in self._texts:
            return self._texts[path].encode("utf-8")
        return super().read_bytes(path)


def real(files: Files, path: str) -> bytes:
    """The machine's own path of a file. FileNotFoundError where the files lie nowhere."""
    ask = getattr(files, "real", None)
    if ask is None:
        raise FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT), path)
    return os.fsencode(ask(path))


def _octets(path: str) -> bytes:
    """The name as the system has it: octets, in no encoding. NUL makes it a name of nothing."""
    if "\0" in path:
        raise FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT), path)
    return path.encode("latin-1")
