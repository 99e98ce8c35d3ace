"""A Maildir opened for reading: what lay in ``new`` and ``cur`` at that moment.

Every letter is a file of its own, so removing one is removing its name, and nothing needs to be
copied. A crash between two removals leaves some of the letters: the reader sees them again.

Other programs may rename a letter meanwhile (a flag set, ``new`` to ``cur``). What names it is the
base, so a letter that is not found where it was is looked for under its base.

``new`` is listed before ``cur``: a letter that is moved between the two looks is then seen twice,
which can be noticed, and not missed, which cannot.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Collection, Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from ..base import BadMailbox, Maildrop, MessageGone, StoredMessage
from ..folders import make_folder
from ..lines import PIECE, Measure, measure, wire_pieces
from ..locks import SessionLock
from .names import Name, arrival, unique_id

if TYPE_CHECKING:
    from .store import Maildir


State = tuple[int, int, int]
"""Tells one state of a file from another: inode, size, time of change."""


@dataclass(slots=True)
class Letter:
    """A file of the Maildir: ``place`` is where it was last seen (``new/1772…``), ``state`` what it
    was then."""

    name: Name
    place: str
    state: State
    measured: Measure


class MaildirMaildrop(Maildrop):
    """The letters of a Maildir at the moment of opening. See `Maildrop`."""

    kind = "maildir"

    def __init__(self, store: Maildir, path: Path, mailbox: str) -> None:
        self.mailbox = mailbox
        self._store, self._path = store, path
        self._letters: list[Letter] = []
        if path.exists() and not path.is_dir():
            raise BadMailbox(f"{mailbox} is a file, so it cannot be a Maildir")
        make_folder(store.disk, path.parent)
        self._session = SessionLock(path, mailbox)
        try:
            self._take_stock()
        except BaseException:
            self.close()
            raise

    def _take_stock(self) -> None:
        sizes = self._store.known(self._path).sizes
        found: dict[str, Letter] = {}
        for folder in ("new", "cur"):
            for name, place, state in self._look_into(folder):
                size = sizes.get(name.base)
                if size is None or size[0] != state:
                    size = sizes[name.base] = state, measure(_read(self._path / place))
                found[name.base] = Letter(name, place, *size)
        for gone in sizes.keys() - found.keys():
            del sizes[gone]
        self._letters = sorted(found.values(), key=lambda letter: arrival(letter.name.base))
        self.messages = tuple(self._described(n, a) for n, a in enumerate(self._letters, 1))

    def _described(self, number: int, letter: Letter) -> StoredMessage:
        uid, size = unique_id(letter.name.base), letter.measured.size
        return StoredMessage(number, uid, size, letter.name.flags, f"{self.mailbox}/{letter.place}")

    def _look_into(self, folder: str) -> Iterator[tuple[Name, str, State]]:
        """The letters in ``new`` or ``cur``; none where the folder is not there yet."""
        with suppress(FileNotFoundError), os.scandir(self._path / folder) as entries:
            for entry in entries:
                with suppress(FileNotFoundError):  # removed or renamed while we look
                    status = entry.stat(follow_symlinks=False)
                    if stat.S_ISREG(status.st_mode) and not entry.name.startswith("."):
                        yield Name.parse(entry.name), f"{folder}/{entry.name}", _state(status)

    # ── reading ──────────────────────────────────────────────────────────────────────────────────

    def chunks(self, number: int) -> Iterator[bytes]:
        letter = self._letters[self.message(number).number - 1]
        if self._look_up(letter, number) != letter.state:
            raise MessageGone(f"message {number}: another program has changed it")
        return wire_pieces(_read(self._path / letter.place), letter.measured)

    def _look_up(self, letter: Letter, number: int) -> State:
        """Finds the file again, under its new name if it was renamed. Raises `MessageGone`."""
        with suppress(FileNotFoundError):
            return _state(os.stat(self._path / letter.place, follow_symlinks=False))
        for folder in ("new", "cur"):
            for name, place, state in self._look_into(folder):
                if name.base == letter.name.base:
                    letter.place = place
                    return state
        raise MessageGone(f"message {number}: another program has removed it")

    # ── removing ─────────────────────────────────────────────────────────────────────────────────

    def expunge(self, numbers: Collection[int]) -> None:
        disk = self._store.disk
        touched: set[Path] = set()
        for number in sorted(numbers):
            letter = self._letters[self.message(number).number - 1]
            with suppress(MessageGone, FileNotFoundError):  # removed by another program: as good
                self._look_up(letter, number)
                place = self._path / letter.place
                disk.unlink(place)
                touched.add(place.parent)
        for folder in sorted(touched):
            disk.sync_folder(folder)

    def close(self) -> None:
        self._session.release()


def _state(status: os.stat_result) -> State:
    return status.st_ino, status.st_size, status.st_mtime_ns


def _read(place: Path) -> Iterator[bytes]:
    fd = os.open(place, os.O_RDONLY | os.O_CLOEXEC | os.O_NOFOLLOW)
    try:
        while piece := os.read(fd, PIECE):
            yield piece
    finally:
        os.close(fd)
