"""An mbox opened for reading, and how letters are taken out of the middle of a file.

A file cannot have a hole. To remove a letter, everything that stays is written anew beside the
mailbox, and the new file takes the place of the old one in a single step::

    bob ─── copy all but the removed ──▶ .bob.rewrite ── fsync ──▶ rename ──▶ bob ── fsync of folder
     │                                        │                      │
     └ crash here: nothing has changed        └ a stray file, which  └ from here on the new mailbox
                                                the next one overwrites

At every instant ``bob`` is the whole old mailbox or the whole new one; so no letter can be lost,
and at worst a removed one is there again. The copy is made from the file as it is *now*, under
both locks: what was delivered since the maildrop was opened is copied too, and what is delivered
during the copy waits for the dot-lock.

Writing in place would keep the inode, which is kind to programs that know the fcntl lock only (they
may wait for a lock on the old file, and then write into a file that has no name any more); but a
crash in the middle would leave letters torn. The dot-lock, which all mail programs of a Debian
system take, makes the rename safe, so the rename it is.

Reading takes no lock. A letter's octets do not move while the file only grows; if the file was
changed since we last looked, the letter's fingerprint is checked before it is served.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Collection, Iterable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from ..base import Maildrop, MessageGone, StoredMessage
from ..folders import make_folder
from ..locks import SessionLock
from .index import NO_FILE, Signature, Slot, content, pieces, signature, unchanged

if TYPE_CHECKING:
    from .store import Mbox


class MboxMaildrop(Maildrop):
    """The letters of an mbox at the moment of opening. See `Maildrop`."""

    kind = "mbox"

    def __init__(self, store: Mbox, path: Path, mailbox: str) -> None:
        self.mailbox = mailbox
        self._store, self._path = store, path
        self._slots: tuple[Slot, ...] = ()
        self._fd: int | None = None
        self._seen: Signature = NO_FILE
        make_folder(store.disk, path.parent)
        self._session = SessionLock(path, mailbox)
        try:
            self._take_stock()
        except BaseException:
            self.close()
            raise

    def _take_stock(self) -> None:
        with suppress(FileNotFoundError), self._store.locked(self._path, self.mailbox) as fd:
            self._slots = tuple(self._store.index(fd, self._path, self.mailbox).slots)
            self._fd = self._store.disk.open(self._path, os.O_RDONLY)
            self._seen = signature(os.fstat(fd))
        self.messages = tuple(
            StoredMessage(n, s.uid, s.measured.size, where=f"{self.mailbox}, octet {s.start}")
            for n, s in enumerate(self._slots, 1)
        )

    # ── reading ──────────────────────────────────────────────────────────────────────────────────

    def chunks(self, number: int) -> Iterator[bytes]:
        slot, fd = self._slots[self.message(number).number - 1], self._fd
        if fd is None:
            raise ValueError(f"{self.mailbox}: this maildrop is closed")
        if signature(os.fstat(fd)) != self._seen and not unchanged(fd, slot):
            raise MessageGone(f"message {number}: another program has changed {self.mailbox}")
        return content(fd, slot)

    # ── removing ─────────────────────────────────────────────────────────────────────────────────

    def expunge(self, numbers: Collection[int]) -> None:
        doomed = {self.message(number).uid for number in numbers}
        if not doomed:
            return
        with self._store.locked(self._path, self.mailbox) as fd:
            slots = self._store.index(fd, self._path, self.mailbox).slots
            if any(slot.uid in doomed for slot in slots):
                self._rewrite(fd, _kept(slots, doomed, os.fstat(fd).st_size))

    def _rewrite(self, fd: int, kept: Iterable[tuple[int, int]]) -> None:
        disk = self._store.disk
        temporary = self._path.with_name(f".{self._path.name}.rewrite")
        try:
            self._copy(fd, kept, temporary)
            disk.rename(temporary, self._path)
        except OSError:
            with suppress(OSError):
                disk.unlink(temporary)
            raise
        self._store.forget(self._path)
        disk.sync_folder(self._path.parent)

    def _copy(self, fd: int, kept: Iterable[tuple[int, int]], temporary: Path) -> None:
        disk, status = self._store.disk, os.fstat(fd)
        flags = os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_NOFOLLOW
        copy = disk.open(temporary, flags, stat.S_IMODE(status.st_mode))
        try:
            os.fchmod(copy, stat.S_IMODE(status.st_mode))
            with suppress(PermissionError):  # as another user than its owner: as appendfile would
                os.fchown(copy, status.st_uid, status.st_gid)
            for start, end in kept:
                for piece in pieces(fd, start, end):
                    disk.write(copy, piece)
            disk.fsync(copy)
        finally:
            disk.close(copy)

    def close(self) -> None:
        fd, self._fd = self._fd, None
        if fd is not None:
            with self._store.turn(self._path):
                self._store.disk.close(fd)
        self._session.release()


def _kept(slots: Iterable[Slot], doomed: Collection[str], size: int) -> Iterator[tuple[int, int]]:
    """The octets that stay, as few long stretches."""
    start = 0
    for slot in slots:
        if slot.uid in doomed:
            if start < slot.start:
                yield start, slot.start
            start = slot.next
    if start < size:
        yield start, size
