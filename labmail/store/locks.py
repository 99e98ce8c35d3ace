"""Locks: how programs that do not know each other take turns at one mailbox.

Three are at work, for three different questions.

**Who may write now?** Two locks of old, held for milliseconds, and taken in Exim's order (chapter
26 of its specification, *appendfile*):

* the *dot-lock* ``bob.lock`` beside ``bob``. Whoever manages to create it has it; it works between
  programs that agree on nothing else, and, since the name and not the file is what is locked, while
  the mailbox is being replaced;
* the *fcntl lock* on the mailbox itself, for programs that look only there, or an *flock*, or both.

Which of them is taken is the configuration's affair (`labmail.store.manner`).

**Who has the maildrop open?** A POP3 session lasts minutes, and mail must go on arriving meanwhile.
So it has a lock of its own, ``.bob.session``, that delivery does not look at. It is an flock(2):
the system itself drops it when the program dies, and it excludes two servers in one process as
well as in two.

A dot-lock has no such luck: after a crash it stays. Ours is therefore marked and also flocked for
as long as its owner lives, so that the next one to come can tell an orphan: marked, and nobody
holds it. It gets its name last, as a link to a file made beside it (Exim's *hitching post*). A
lock of somebody else's is believed, for half an hour if nobody says otherwise (Exim's
``lockfile_timeout``): half an hour of lab time after it was first seen or, where the lab's clock is
the machine's, half an hour after it was made.

Locks are promises among the living: nothing of them has to survive a power cut, so they are made
with plain system calls and not through the `Disk`, and a full disk does not keep a reader out.
"""

from __future__ import annotations

import fcntl
import os
import stat
import threading
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from .base import MailboxBusy
from .manner import EXIMS, Lock, Locking
from .modes import give

MARK = b"labmail\n"
"""What our dot-locks contain."""

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
    """Dot-locks of other programs, and since when they have been in the way. ``age`` says how long
    ago a file of the machine was touched, for a clock that knows it."""

    def __init__(
        self, now: Callable[[], float], age: Callable[[float], float] = lambda touched: 0.0
    ) -> None:
        self._now, self._age = now, age
        self._seen: dict[Path, tuple[tuple[int, int], float]] = {}

    def overdue(self, path: Path, status: os.stat_result, timeout: float) -> bool:
        """Whether this very lock has been there for ``timeout`` seconds."""
        which, now = (status.st_ino, status.st_mtime_ns), self._now()
        known, since = self._seen.get(path, (None, now))
        if known != which:
            self._seen[path] = which, now
            since = now
        return 0 < timeout <= max(now - since, self._age(status.st_ctime))

    def forget(self, path: Path) -> None:
        self._seen.pop(path, None)


class DotLock:
    """``bob.lock``: taken at construction, or `MailboxBusy`; let go by `release`."""

    def __init__(
        self, mailbox: Path, name: str, strangers: Strangers, locking: Locking = EXIMS
    ) -> None:
        self.path = mailbox.with_name(f"{mailbox.name}.lock")
        self._strangers, self._locking = strangers, locking
        for _ in range(3):
            with suppress(FileExistsError):
                self.fd = self._create(name)
                strangers.forget(self.path)
                return
            if not self._orphaned():
                break
        raise MailboxBusy(f"{name} is locked: another program holds {name}.lock")

    def _create(self, name: str) -> int:
        """The lock's descriptor. It gets its name when it is marked and held: whoever is killed in
        the middle leaves no lock that nobody owns. Raises FileExistsError."""
        post = self.path.with_name(f"{self.path.name}.{os.getpid()}")
        try:
            fd = os.open(post, _FLAGS | os.O_NOFOLLOW, self._locking.file_mode)
        except PermissionError as error:
            error.add_note(f"creating lock file {name}.lock")
            raise
        try:
            _flock(fd)
            with suppress(OSError):  # a full disk: then, left behind, it looks like a stranger's
                give(fd, self._locking.file_mode)
                os.write(fd, MARK)
            os.link(post, self.path)
        except BaseException:
            os.close(fd)
            raise
        finally:
            os.unlink(post)
        return fd

    def _orphaned(self) -> bool:
        """Removes a lock whose owner is dead. True if it is out of the way."""
        try:
            fd = os.open(self.path, os.O_RDONLY | os.O_CLOEXEC | os.O_NONBLOCK)
        except FileNotFoundError:
            return True
        except PermissionError:  # not ours, and closed to us
            return self._left_behind(os.stat(self.path)) and self._removed()
        try:
            status = os.fstat(fd)
            ours = stat.S_ISREG(status.st_mode) and os.read(fd, len(MARK)) == MARK
            dead = _flock(fd) if ours else self._left_behind(status)
            return dead and (not _is_at(self.path, fd) or self._removed())
        finally:
            os.close(fd)

    def _left_behind(self, status: os.stat_result) -> bool:
        return self._strangers.overdue(self.path, status, self._locking.file_timeout)

    def _removed(self) -> bool:
        """Whether the lock could be taken away: a folder of that name cannot."""
        try:
            os.unlink(self.path)
        except FileNotFoundError:
            return True
        except OSError:
            return False
        return True

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


def lock_file(fd: int, name: str, locking: Locking = EXIMS) -> None:
    """Takes the locks on an open mailbox, which go with the descriptor, or `MailboxBusy`."""
    for lock in _taken(locking):
        try:
            _CALLS[lock](fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except (BlockingIOError, PermissionError):
            why = f"{name} is locked: another program is writing to it"
            raise MailboxBusy(why, lock=lock) from None


_CALLS: dict[Lock, Callable[[int, int], object]] = {"fcntl": fcntl.lockf, "flock": fcntl.flock}


def _taken(locking: Locking) -> list[Lock]:
    wanted: dict[Lock, bool] = {"fcntl": locking.fcntl, "flock": locking.flock}
    return [lock for lock, is_wanted in wanted.items() if is_wanted]


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
