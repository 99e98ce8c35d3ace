"""The spool: where a letter is kept from the moment this host says 250 until it is delivered.

    var/spool/exim4/input/1vwz8C-000001-00-D      the body
    var/spool/exim4/input/1vwz8C-000001-00-H      envelope and header; *this file is the letter*
    var/spool/exim4/input/1vwz8C-000001-00-J      who is done, during a delivery
    var/spool/exim4/msglog/1vwz8C-000001-00       what was tried

What a crash leaves, at each moment:

    ====================  ========================  ================================================
    step                  on disk                   after a crash here
    ====================  ========================  ================================================
    write, fsync -D       -D                        no -H: never accepted, the client still has it
    write, fsync hdr.ID   -D hdr.ID                 the same
    rename to -H, sync    -D -H                     accepted, whether 250 was heard or not
    *250*
    deliver to one        -D -H                     delivered again: one duplicate at most
    append, fsync -J      -D -H -J                  that recipient is done
    new -H, sync          -D -H -J                  the same, told by -H
    unlink -J             -D -H
    unlink -H, sync       -D                        the letter has left; -D is rubbish
    ====================  ========================  ================================================

A file that cannot be read is put into ``var/spool/exim4/aside`` for somebody to look at. It never
stops the others.

All methods block: call them from a worker. Law: Exim specification, chapter 56.
"""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

from labmail.world import HostFiles

from . import spoolfile
from .letter import Letter
from .spoolfile import SpoolFormatError, SpoolHeader

INPUT, MSGLOG = "/var/spool/exim4/input", "/var/spool/exim4/msglog"
ASIDE, DB = "/var/spool/exim4/aside", "/var/spool/exim4/db"
_NEW = os.O_WRONLY | os.O_CREAT | os.O_TRUNC


@dataclass(frozen=True, slots=True)
class Aside:
    """A file that could not be used: its name, where it is kept now, and what is wrong."""

    file: str
    kept: str
    problem: str
    damaged: bool = True
    """False for the leavings of a crash, which nobody misses."""


@dataclass(slots=True)
class Loaded:
    """What was found in the spool."""

    letters: list[Letter] = field(default_factory=list)
    aside: list[Aside] = field(default_factory=list)


class Spool:
    """The spool of one host."""

    def __init__(self, files: HostFiles) -> None:
        self.files, self.disk = files, files.disk

    def _path(self, message_id: str, kind: str) -> Path:
        return self.files.real(f"{INPUT}/{message_id}-{kind}")

    # ── taking ───────────────────────────────────────────────────────────────────────────────────

    def store(self, head: SpoolHeader, body: bytes) -> None:
        """Keeps a new letter; when this returns it would survive a power cut.

        Raises OSError, and then nothing of the letter is left behind.
        """
        self.files.mkdir(INPUT, 0o750)
        try:
            self._write(self._path(head.id, "D"), [f"{head.id}-D\n".encode(), body])
            self._write_head(head)
        except BaseException:
            self._unlink(head.id, "H", "D")
            raise

    def update(self, head: SpoolHeader) -> None:
        """Writes the -H file anew; it is the old one or the new one whatever happens."""
        self._write_head(head)
        self._unlink(head.id, "J")

    def _write_head(self, head: SpoolHeader) -> None:
        final = self._path(head.id, "H")
        temporary = final.with_name(f"hdr.{head.id}")
        try:
            self._write(temporary, [spoolfile.write(head)])
            self.disk.rename(temporary, final)
            self.disk.sync_folder(final.parent)
        except BaseException:
            with contextlib.suppress(OSError):
                self.disk.unlink(temporary)
            raise

    def _write(self, path: Path, parts: Iterable[bytes]) -> None:
        fd = self.disk.open(path, _NEW, 0o640)
        try:
            for part in parts:
                self.disk.write(fd, part)
            self.disk.fsync(fd)
        finally:
            self.disk.close(fd)

    # ── delivering ───────────────────────────────────────────────────────────────────────────────

    def body(self, message_id: str) -> bytes:
        """The body of a letter. Raises OSError, and `SpoolFormatError` where -D is not its own."""
        content = self._path(message_id, "D").read_bytes()
        mark = f"{message_id}-D\n".encode()
        if not content.startswith(mark):
            found = content[: len(mark)].decode("latin-1")
            raise SpoolFormatError(f"line 1: expected {message_id}-D, found {found!r}")
        return content[len(mark) :]

    def note_done(self, message_id: str, names: Iterable[str]) -> None:
        """Writes to the journal that these addresses need no more delivery; durable on return."""
        path = self._path(message_id, "J")
        is_new = not path.exists()
        fd = self.disk.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o640)
        try:
            self.disk.write(fd, "".join(f"{name}\n" for name in names).encode())
            self.disk.fsync(fd)
        finally:
            self.disk.close(fd)
        if is_new:
            self.disk.sync_folder(path.parent)

    def log(self, message_id: str, text: str) -> None:
        """Adds lines to the letter's own log."""
        self.files.append(f"{MSGLOG}/{message_id}", text)

    def remove(self, message_id: str) -> None:
        """Forgets a letter: first -H, then what is nothing without it."""
        self._unlink(message_id, "H")
        self.disk.sync_folder(self.files.real(INPUT))
        self._unlink(message_id, "D", "J")
        with contextlib.suppress(OSError):
            self.disk.unlink(self.files.real(f"{MSGLOG}/{message_id}"))

    def _unlink(self, message_id: str, *kinds: str) -> None:
        for kind in kinds:
            with contextlib.suppress(FileNotFoundError):
                self.disk.unlink(self._path(message_id, kind))

    # ── starting ─────────────────────────────────────────────────────────────────────────────────

    def load(self) -> Loaded:
        """Everything that waits, oldest first; what cannot be read is put aside."""
        loaded = Loaded()
        folder = self.files.mkdir(INPUT, 0o750)
        names = set(os.listdir(folder))
        for name in sorted(names):
            if name.startswith("hdr."):
                self.disk.unlink(folder / name)
            elif name.endswith("-H"):
                self._load(name[:-2], names, loaded)
            elif name[-2:] in ("-D", "-J") and f"{name[:-2]}-H" not in names:
                self._forget(name, loaded)
        loaded.letters.sort(key=lambda letter: (letter.head.received, letter.id))
        return loaded

    def _load(self, message_id: str, names: set[str], loaded: Loaded) -> None:
        try:
            head = spoolfile.read(self._path(message_id, "H").read_bytes())
            if head.id != message_id:
                raise SpoolFormatError(f"line 1: expected {message_id}-H, found {head.id}-H")
            if f"{message_id}-D" not in names:
                raise SpoolFormatError(f"there is no {message_id}-D beside it: the body is lost")
            size = self._path(message_id, "D").stat().st_size - len(f"{message_id}-D\n")
            if f"{message_id}-J" in names:
                head.done |= self._journal(message_id)
        except (SpoolFormatError, OSError) as problem:
            for kind in ("H", "D", "J"):
                if f"{message_id}-{kind}" in names:
                    loaded.aside.append(self.put_aside(f"{message_id}-{kind}", str(problem)))
            return
        loaded.letters.append(Letter(head, size))

    def _journal(self, message_id: str) -> frozenset[str]:
        """Who is done; a last line without its end was cut off by a crash and does not count."""
        text = self._path(message_id, "J").read_bytes().decode("utf-8", "surrogateescape")
        return frozenset(text.split("\n")[:-1])

    def _forget(self, name: str, loaded: Loaded) -> None:
        if name.endswith("-J"):
            self.disk.unlink(self.files.real(f"{INPUT}/{name}"))
            return
        problem = "it has no -H: never accepted, or gone already"
        aside = self.put_aside(name, problem)
        loaded.aside.append(Aside(aside.file, aside.kept, problem, damaged=False))

    def put_aside(self, name: str, problem: str) -> Aside:
        """Moves a file of the input folder to where it can be looked at."""
        self.files.mkdir(ASIDE, 0o750)
        source, target = f"{INPUT}/{name}", f"{ASIDE}/{name}"
        self.disk.rename(self.files.real(source), self.files.real(target))
        return Aside(source, target, problem)
