"""The journal: files that only grow, in which everything that must survive a power cut is written.

    var/spool/exim4/journal/000001       full: what it tells is being copied into Exim's own files
    var/spool/exim4/journal/000002       here the next record goes

One write and one sync keep all records that were asked for at the same time, however many letters
they speak of. A file that is full is retired: when all that it tells is in ``input`` and synced, it
is removed. So the journal stays small, however long a letter waits.

Whoever writes to a file holds a lock on it. One that is there and that nobody holds was left by a
process that came to a sudden end.

All methods block, and one thread at a time may call them.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from labmail.world import HostFiles

from .records import Found, Record, Torn, first_line, records

FOLDER = "/var/spool/exim4/journal"
FULL = 16 << 20
"""Octets after which a new file is begun."""
_NEW = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_APPEND


@dataclass(frozen=True, slots=True)
class Place:
    """Where a record lies: the number of a file, the offset at which what it says begins, and how
    many octets of head and of body there are."""

    file: int
    at: int
    heads: int
    size: int


@dataclass(slots=True)
class _Active:
    """The file that is written to."""

    number: int
    fd: int
    seed: int
    size: int
    touched: dict[str, None] = field(default_factory=dict)


@dataclass(slots=True)
class _Full:
    """A file that is full: its descriptor, which holds the lock, and of which letters it speaks."""

    fd: int
    touched: dict[str, None]


class Journal:
    """The journal of one host."""

    def __init__(self, files: HostFiles, *, full: int = FULL) -> None:
        self.files, self.disk, self.full = files, files.disk, full
        self._active: _Active | None = None
        self._next = 1
        self._old: dict[int, _Full] = {}

    def path(self, number: int) -> Path:
        """The real file of this number."""
        return self.files.real(f"{FOLDER}/{number:06}")

    # ── writing ──────────────────────────────────────────────────────────────────────────────────

    def append(self, batch: Sequence[Record]) -> list[Place]:
        """Writes records; when this returns they would survive a power cut.

        Gives where they lie. Raises OSError, and then none of them is in the journal.
        """
        active = self._begin()
        places, at = [], active.size
        pieces: list[bytes] = []
        for record in batch:
            encoded = record.encoded(active.seed)
            pieces += encoded
            begins = at + len(encoded[0])
            places.append(Place(active.number, begins, len(record.head), len(record.body)))
            at += sum(map(len, encoded))
        try:
            self.disk.write(active.fd, b"".join(pieces))
            self.disk.fsync(active.fd)
        except OSError:
            self._take_back(active)
            raise
        active.size = at
        active.touched.update((record.id, None) for record in batch)
        return places

    def _begin(self) -> _Active:
        """The file to write to; a new one if there is none, or if it is full."""
        if self._active is not None and self._active.size < self.full:
            return self._active
        self.files.mkdir(FOLDER, 0o750)
        number, fd = self._create()
        seed = int.from_bytes(os.urandom(4), "big")
        line = first_line(seed)
        try:
            self.disk.lock(fd)
            self.disk.write(fd, line)
            self.disk.fsync(fd)
            self._sync_folders()
        except BaseException:
            self.disk.close(fd)
            with suppress(OSError):
                self.disk.unlink(self.path(number))
            raise
        self._set_aside()
        self._active, self._next = _Active(number, fd, seed, len(line)), number + 1
        return self._active

    def _create(self) -> tuple[int, int]:
        """A new file, with a number that nobody else has taken; its descriptor."""
        while True:
            try:
                return self._next, self.disk.open(self.path(self._next), _NEW, 0o640)
            except FileExistsError:
                self._next += 1

    def _sync_folders(self) -> None:
        """The file's name, and that of its folder, are to last."""
        folder = self.files.real(FOLDER)
        self.disk.sync_folder(folder)
        if self._next == 1:
            self.disk.sync_folder(folder.parent)

    def _take_back(self, active: _Active) -> None:
        """Cuts off what was written of records that are refused. Where even that fails, what the
        file says at its end is unknown: it is written to no more."""
        try:
            self.disk.truncate(active.fd, active.size)
            self.disk.fsync(active.fd)
        except OSError:
            self._set_aside()

    def _set_aside(self) -> None:
        if self._active is not None:
            self._old[self._active.number] = _Full(self._active.fd, self._active.touched)
            self._active = None

    # ── retiring ─────────────────────────────────────────────────────────────────────────────────

    def oldest(self) -> tuple[int, dict[str, None]] | None:
        """The oldest file that is full, and the ids of letters that it speaks of, in order."""
        return next(((number, full.touched) for number, full in self._old.items()), None)

    def speaks_of(self, message_id: str) -> bool:
        """Whether a file that is still there says something about a letter."""
        if self._active is not None and message_id in self._active.touched:
            return True
        return any(message_id in full.touched for full in self._old.values())

    def rest(self) -> list[int]:
        """For each full file, how many letters it still has to hand over, and one."""
        return [len(full.touched) + 1 for full in self._old.values()]

    def retire(self, number: int) -> None:
        """Removes a file all of which is in Exim's own files, synced. For good: should it come back
        when a younger one does not, it would tell what has long been overtaken."""
        self.disk.unlink(self.path(number))
        self.disk.sync_folder(self.files.real(FOLDER))
        self.disk.close(self._old.pop(number).fd)

    def close(self) -> None:
        """Writes no more; what is there can be retired."""
        self._set_aside()

    # ── reading ──────────────────────────────────────────────────────────────────────────────────

    def head(self, place: Place) -> bytes:
        """What a record says. Raises FileNotFoundError where its file is retired."""
        return self._read(place.file, place.at, place.heads)

    def body(self, place: Place) -> bytes:
        """The body in a record. Raises FileNotFoundError where its file is retired."""
        return self._read(place.file, place.at + place.heads, place.size)

    def _read(self, number: int, at: int, size: int) -> bytes:
        with self.path(number).open("rb") as file:
            file.seek(at)
            return file.read(size)

    def replay(self) -> Iterator[tuple[int, Found | Torn]]:
        """Everything that the files of an earlier run tell, oldest first, each with the number of
        its file. From then on these files are there to be retired."""
        for number in self._numbers():
            self._next = number + 1
            fd = self.disk.open(self.path(number), os.O_RDONLY)
            if not self.disk.lock(fd):  # another process is at work
                self.disk.close(fd)
                continue
            full = self._old[number] = _Full(fd, {})
            for each in records(self.path(number).read_bytes()):
                if isinstance(each, Found):
                    full.touched[each.id] = None
                yield number, each

    def _numbers(self) -> list[int]:
        try:
            names = os.listdir(self.files.real(FOLDER))
        except FileNotFoundError:
            return []
        return sorted(int(name) for name in names if name.isdecimal())
