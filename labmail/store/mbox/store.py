"""The mbox store: letters are added at the end of one file, under lock, and synced once a batch.

The states of a mailbox file during a delivery, and what a crash leaves in each::

    old letters ───── locked ──▶ old letters │ new letters ── fsync ──▶ old and new letters
                                     │ not synced: may be there, in part, or not at all

* Before the fsync nobody has been told that the letters were stored: they are in the queue still
  and come again. What may be left of them is a torn end; the next delivery closes it off with an
  empty line, so that it can spoil no other letter.
* After the fsync they are safe, whatever is lost after that.
* A write that fails (disk full) is taken back at once: the file is cut to its old length.
* A file that did not exist is safe only when its name is: then the folder is synced as well.

A batch for one mailbox costs one lock and one fsync, however many letters it has. If it does not
fit on the disk, each letter is tried alone, so that a large one does not keep out the small ones.

Law: Exim specification chapter 26 (*appendfile*). Try: ``python -m labmail.store``.
"""

from __future__ import annotations

import errno
import os
import stat
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

from labmail.message.outcome import Delivered, Outcome
from labmail.world import Clock, HostFiles

from ..base import BadMailbox, Delivery, Maildrop, by_mailbox, check_room, deferred
from ..folders import make_folder
from ..lines import measure, to_disk
from ..locks import DotLock, Strangers, Turns, lock_file
from ..manner import ORDINARY, Manner
from ..modes import agree, give
from .format import border_time, borders, entry
from .index import NO_FILE, Index, Names, Signature, Slot, fingerprint, signature
from .maildrop import MboxMaildrop

TAIL = 65536
"""Octets at the end of a mailbox in which the last letter's border is looked for."""


@dataclass(slots=True)
class Known:
    """What is remembered of a mailbox file while its signature stays the same.

    ``index`` is there once somebody has read the whole file. Without it ``names`` still knows all
    letters delivered in ``second``, and that is enough to tell twins: the second is a part of the
    fingerprint.
    """

    signature: Signature = NO_FILE
    index: Index | None = None
    second: int = 0
    names: Names = field(default_factory=Names)


class Mbox:
    """The mbox store of one host. ``mode`` is given to a mailbox that is created.

    Try: ``Mbox(files, clock).deliver([Delivery(content, sender, recipient, "/var/mail/bob")])``.
    """

    kind = "mbox"

    def __init__(self, files: HostFiles, clock: Clock, *, mode: int = 0o600) -> None:
        self.files, self.clock, self.mode = files, clock, mode
        self.disk = files.disk
        self._turns = Turns()
        self._strangers = Strangers(clock.time, clock.age)
        self._known: dict[Path, Known] = {}

    # ── adding ───────────────────────────────────────────────────────────────────────────────────

    def deliver(self, batch: Sequence[Delivery]) -> list[Outcome]:
        """See `Store.deliver`."""
        return by_mailbox(batch, self._deliver)

    def _deliver(self, mailbox: str, share: Sequence[Delivery]) -> list[Outcome]:
        path = self.files.real(mailbox)
        manner = share[0].manner
        if manner.make_folder:
            make_folder(self.disk, path.parent, manner.folder_mode)
        with self.locked(path, mailbox, create=True, manner=manner) as fd:
            try:
                if not any(each.manner.entry or each.manner.limited for each in share):
                    return self._append(fd, path, share)
                return [self._append_alone(fd, path, delivery) for delivery in share]
            except OSError as error:
                if error.errno not in (errno.ENOSPC, errno.EDQUOT) or len(share) == 1:
                    raise
            return [self._append_alone(fd, path, delivery) for delivery in share]

    def _append_alone(self, fd: int, path: Path, delivery: Delivery) -> Outcome:
        try:
            size = os.fstat(fd).st_size
            check_room(delivery.manner, delivery.mailbox, size, 0, len(delivery.octets))
            if delivery.manner.entry is not None:
                return self._append_entry(fd, path, delivery, size)
            return self._append(fd, path, [delivery])[0]
        except OSError as error:
            return deferred(error, delivery.mailbox)

    def _append_entry(self, fd: int, path: Path, delivery: Delivery, size: int) -> Outcome:
        """Somebody's own format: what was known of the file does not hold any more."""
        self.forget(path)
        try:
            self.disk.write(fd, delivery.octets)
            self.disk.fsync(fd)
        except OSError:
            self._take_back(fd, size)
            raise
        return Delivered(delivery.mailbox, file=delivery.mailbox)

    def _append(self, fd: int, path: Path, share: Sequence[Delivery]) -> list[Outcome]:
        now, size = self.clock.time(), os.fstat(fd).st_size
        known = self._recall(fd, path, now, share[0].mailbox)
        separator = _separator(fd, size)
        letters = [entry(to_disk(d.content), d.sender, now) for d in share]
        try:
            self._write(fd, separator, letters)
        except OSError:
            self._take_back(fd, size)
            self.forget(path)
            raise
        slots = _slots(size + len(separator), letters, known.names)
        if known.index is not None:
            known.index.slots.extend(slots)
        known.signature = signature(os.fstat(fd))
        return [
            Delivered(d.mailbox, file=d.mailbox, uid=slot.uid)
            for d, slot in zip(share, slots, strict=True)
        ]

    def _write(self, fd: int, separator: bytes, letters: Sequence[tuple[bytes, bytes]]) -> None:
        self.disk.write(fd, separator)
        for border, text in letters:
            self.disk.write(fd, b"".join((border, text, b"\n")))
        self.disk.fsync(fd)

    def _take_back(self, fd: int, size: int) -> None:
        """Nothing half remains. Where even that fails, the next delivery closes off the rest."""
        with suppress(OSError):
            self.disk.truncate(fd, size)
            self.disk.fsync(fd)

    # ── remembering ──────────────────────────────────────────────────────────────────────────────

    def _recall(self, fd: int, path: Path, now: float, mailbox: str) -> Known:
        """What is needed to name new letters: no look at the whole file if time moves forward."""
        known = self._known.get(path)
        second = int(now)
        if known is None or known.signature != signature(os.fstat(fd)):
            known = self._known[path] = Known()
            if not _older_than(fd, now):
                self._read_whole(fd, known, mailbox)
        elif known.index is None and second < known.second:  # the clock was set back
            self._read_whole(fd, known, mailbox)
        elif known.index is None and second > known.second:
            known.names = Names()
        known.second = second
        return known

    def _read_whole(self, fd: int, known: Known, mailbox: str) -> None:
        """Takes the names from the whole file. What is no mbox still takes mail, as in Exim."""
        with suppress(BadMailbox):
            known.index = Index.read(fd, mailbox)
            known.names = known.index.names

    def index(self, fd: int, path: Path, mailbox: str) -> Index:
        """The index of an open, locked mailbox. Raises `BadMailbox`."""
        known = self._known.get(path)
        if known is not None and known.index and known.signature == signature(os.fstat(fd)):
            return known.index
        state = signature(os.fstat(fd))
        index = Index.read(fd, mailbox)
        self._known[path] = Known(state, index, int(self.clock.time()), index.names)
        return index

    def forget(self, path: Path) -> None:
        """The mailbox was rewritten."""
        self._known.pop(path, None)

    # ── taking turns ─────────────────────────────────────────────────────────────────────────────

    @contextmanager
    def locked(
        self, path: Path, mailbox: str, *, create: bool = False, manner: Manner = ORDINARY
    ) -> Iterator[int]:
        """An open descriptor of the mailbox, while no other program writes to it.

        Raises `MailboxBusy` at once, FileNotFoundError without ``create``, `BadMailbox` for a
        folder, a device or a pipe, `WrongMode`.
        """
        locking = manner.locking
        with self.turn(path):
            lock = DotLock(path, mailbox, self._strangers, locking) if locking.file else None
            try:
                fd = self._open(path, mailbox, create, manner)
                try:
                    lock_file(fd, mailbox, locking)
                    yield fd
                finally:
                    self.disk.close(fd)
            finally:
                if lock is not None:
                    lock.release()

    def turn(self, path: Path) -> AbstractContextManager[bool]:
        """The right to open or close this mailbox in this process, for a ``with``."""
        return self._turns.of(path)

    def _open(self, path: Path, mailbox: str, create: bool, manner: Manner) -> int:
        new, mode = create and not path.exists(), manner.mode or self.mode
        flags = os.O_RDWR | os.O_APPEND | os.O_NOFOLLOW | os.O_NONBLOCK
        try:
            fd = self.disk.open(path, flags | (os.O_CREAT if new else 0), mode)
        except IsADirectoryError:
            raise BadMailbox(f"{mailbox} is a folder, so it cannot be an mbox") from None
        except OSError as error:
            error.add_note(f"while {'creating' if new else 'opening'} mailbox {mailbox}")
            raise
        try:
            if not stat.S_ISREG(os.fstat(fd).st_mode):
                raise BadMailbox(f"{mailbox} is no regular file, so it cannot be an mbox")
            if new:
                give(fd, mode)
                self.disk.sync_folder(path.parent)
            else:
                agree(fd, mailbox, manner)
        except OSError:
            self.disk.close(fd)
            raise
        return fd

    # ── reading ──────────────────────────────────────────────────────────────────────────────────

    def open(self, mailbox: str) -> Maildrop:
        """See `Store.open`."""
        return MboxMaildrop(self, self.files.real(mailbox), mailbox)


def _slots(at: int, letters: Sequence[tuple[bytes, bytes]], names: Names) -> list[Slot]:
    """Where letters that were appended at octet ``at`` lie, each followed by an empty line."""
    slots = []
    for border, text in letters:
        start, end = at + len(border), at + len(border) + len(text)
        uid = names.name(fingerprint(border, [text]))
        slots.append(Slot(at, start, end, end + 1, uid, measure([text])))
        at = end + 1
    return slots


def _separator(fd: int, size: int) -> bytes:
    """What must come first where the file does not end in an empty line: a torn or foreign end."""
    if size == 0:
        return b""
    tail = os.pread(fd, 3, max(0, size - 3))
    if tail.endswith((b"\n\n", b"\n\r\n")) or tail in (b"\n", b"\r\n"):
        return b""
    return b"\n" if tail.endswith(b"\n") else b"\n\n"


def _older_than(fd: int, now: float) -> bool:
    """Whether the last letter of the file was delivered before this second."""
    size = os.fstat(fd).st_size
    first = max(0, size - TAIL)
    last = None
    for start, text in borders(lambda count, at: os.pread(fd, count, first + at), size - first):
        last = os.pread(fd, text - start, first + start)
    if last is None:
        return size == 0
    then = border_time(last)
    return then is not None and then < int(now)
