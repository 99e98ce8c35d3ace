"""Small files that deliveries keep: a log of answers, a book of who has had one, a text to send.

Paths are the host's own, and stay inside its tree. What is there is read only if it is a regular
file of a sensible size, and a folder that is missing is not made.

Law: Exim specification, chapter 27 (log, once, file, mode).
"""

from __future__ import annotations

import errno
import os
import stat

from labmail.world import HostFiles

LARGEST = 1 << 20
"""Octets of a text that is sent, or of a book that is kept."""


def read(files: HostFiles, path: str) -> bytes:
    """The content of a file. Raises OSError."""
    fd = os.open(files.real(path), os.O_RDONLY | os.O_CLOEXEC | os.O_NONBLOCK | os.O_NOFOLLOW)
    try:
        status = os.fstat(fd)
        if not stat.S_ISREG(status.st_mode):
            raise OSError(errno.EINVAL, "not a regular file", path)
        if status.st_size > LARGEST:
            raise OSError(errno.EFBIG, os.strerror(errno.EFBIG), path)
        return os.read(fd, LARGEST + 1)
    finally:
        os.close(fd)


def append(files: HostFiles, path: str, text: bytes, mode: int) -> None:
    """Adds ``text`` at the end of a file, which is made if it is missing. Raises OSError."""
    flags = os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_NOFOLLOW | os.O_NONBLOCK
    fd = files.disk.open(files.real(path), flags, mode)
    try:
        if not stat.S_ISREG(os.fstat(fd).st_mode):
            raise OSError(errno.EINVAL, "not a regular file", path)
        files.disk.write(fd, text)
    finally:
        files.disk.close(fd)


def replace(files: HostFiles, path: str, text: bytes, mode: int) -> None:
    """Writes a whole file: after a crash it is the old one or the new one. Raises OSError."""
    files.disk.replace(files.real(path), text, mode)
