"""Locks: how programs that do not know each other take turns at one mailbox.

Three are at work, for three different questions.

**Who may write now?** Two locks of old, held for milliseconds, and taken in Exim's order (chapter
26 of its specification, *appendfile*):

* the *dot-lock* ``bob.lock`` beside ``bob``. Whoever manages to create it has it; it works between
  programs that agree on nothing else, and, since the name and not the file is what is locked, while
  the mailbox is being replaced;
* the *fcntl lock* on the mailbox itself, for programs that look only there.

**Who has the maildrop open?** A POP3 session lasts minutes, and mail must go on arriving meanwhile.
So it has a lock of its own, ``.bob.session``, that delivery does not look at. It is an flock(2):
the system itself drops it when the program dies, and it excludes two servers in one process as
well as in two.

A dot-lock has no such luck: after a crash it stays. Ours is therefore marked and also flocked for
as long as its owner lives, so that the next one to come can tell an orphan: marked, and nobody
holds it. A lock of somebody else's is believed, for half an hour of lab time after it was first
seen (Exim's ``lockfile_timeout``).

Locks are promises among the living: nothing of them has to survive a power cut, so they are made
with plain system calls and not through the `Disk`, and a full disk does not keep a reader out.
"""

from __future__ import annotations

import fcntl
import os
import threading
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from .base import MailboxBusy

MARK = b"labmail\n"
"""What our dot-locks contain."""
STRANGER_TIMEOUT = 1800.0
"""Seconds of lab time after which another program's dot-lock is taken for a leftover."""

_FLAGS = os.O_RDWR | os.O_CREAT | os.O_CLOEXEC


class SessionLock:
    """The right to have a maildrop open (RFC 1939 §4). Raises `MailboxBusy` at once."""

    def __init__(self, mailbox: Path, name: str) -> None:
        self.path = mailbox.with_name(f".{mailbox.name}.session")
        self.fd: int | None = None
        while self.fd is None:
            self.fd = self._claim(name)

    def _claim(self, name: str) -> int | None:
        """A locked descriptor, or None where the file was removed while we came."""
        fd = os.open(self.path, _FLAGS, 0o600)
        try:
            if not _flock(fd):
                raise MailboxBusy(f"{name} is open in another session", session=True)
            if _is_at(self.path, fd):
                return fd
        except BaseException:
            os.close(fd)
            raise
        os.close(fd)
        return None

    def release(self) -> None:
        """Lets the next reader in. The file goes first, while it is still ours."""
        if self.fd is not None:
            fd, self.fd = self.fd, None
            with suppress(FileNotFoundError):
                os.unlink(self.path)
            os.close(fd)


class Strangers:
    """Dot-locks of other programs, and since when they have been in the way."""

    def __init__(self, now: Callable[[], float]) -> None:
        self._now = now
        self._seen: dict[Path, tuple[tuple[int, int], float]] = {}

    def overdue(self, path: Path, status: os.stat_result) -> bool:
        """Whether this very lock was there `STRANGER_TIMEOUT` seconds ago."""
        which, now = (status.st_ino, status.st_mtime_ns), self._now()
        known, since = self._seen.get(path, (None, now))
        if known != which:
            self._seen[path] = which, now
            return False
        return now - since >= STRANGER_TIMEOUT

    def forget(self, path: Path) -> None:
        self._seen.pop(path, None)


class DotLock:
    """``bob.lock``: taken at construction, or `MailboxBusy`; let go by `release`."""

    def __init__(self, mailbox: Path, name: str, strangers: Strangers) -> None:
        self.path = mailbox.with_name(f"{mailbox.name}.lock")
        self._strangers = strangers
        for _ in range(3):
            with suppress(FileExistsError):
                self.fd = self._create(name)
                strangers.forget(self.path)
                return
            if not self._orphaned():
                break
        raise MailboxBusy(f"{name} is locked: another program holds {name}.lock")

    def _create(self, name: str) -> int:
        try:
            fd = os.open(self.path, _FLAGS | os.O_EXCL, 0o600)
        except PermissionError as error:
            words = f"{error.strerror} to create {name}.lock"
            raise PermissionError(error.errno, words) from None
        _flock(fd)
        with suppress(OSError):  # a full disk: then this lock, left behind, looks like a stranger's
            os.write(fd, MARK)
        return fd

    def _orphaned(self) -> bool:
        """Removes a lock whose owner is dead. True if it is out of the way."""
        try:
            fd = os.open(self.path, os.O_RDONLY | os.O_CLOEXEC | os.O_NONBLOCK)
        except FileNotFoundError:
            return True
        try:
            ours = os.read(fd, len(MARK)) == MARK
            dead = _flock(fd) if ours else self._strangers.overdue(self.path, os.fstat(fd))
            if dead and _is_at(self.path, fd):
                os.unlink(self.path)
            return dead
        finally:
            os.close(fd)

    def release(self) -> None:
        with suppress(FileNotFoundError):
            os.unlink(self.path)
        os.close(self.fd)


class Turns:
    """One lock in memory for each mailbox: colleagues in this process wait instead of failing.

    It also keeps a trap of POSIX shut: closing any descriptor of a file drops every fcntl lock that
    the process has on it. So whoever opens or closes an mbox does it in turn.
    """

    def __init__(self) -> None:
        self._guard = threading.Lock()
        self._locks: dict[Path, threading.RLock] = {}

    def of(self, mailbox: Path) -> threading.RLock:
        with self._guard:
            return self._locks.setdefault(mailbox, threading.RLock())


def lock_file(fd: int, name: str) -> None:
    """Takes the fcntl lock on an open mailbox, which goes with the descriptor, or `MailboxBusy`."""
    try:
        fcntl.lockf(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except (BlockingIOError, PermissionError):
        raise MailboxBusy(f"{name} is locked: another program is writing to it") from None


def _flock(fd: int) -> bool:
    try:
        fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _is_at(path: Path, fd: int) -> bool:
    """Whether the name still means the file that is open."""
    try:
        there, here = os.stat(path), os.fstat(fd)
    except FileNotFoundError:
        return False
    return (there.st_dev, there.st_ino) == (here.st_dev, here.st_ino)
