"""Exim's own files of a letter that waits, for people and programs to look at.

    var/spool/exim4/input/1vwz8C-000001-00-H      envelope and header
    var/spool/exim4/input/1vwz8C-000001-00-D      the body
    var/spool/exim4/input/1vwz8C-000001-00-J      who is done, during a delivery
    var/spool/exim4/msglog/1vwz8C-000001-00       what was tried

With ``split_spool_directory`` they lie in one of 62 folders below, named after the sixth character
of the id.

All methods block. Law: Exim specification, chapters 14 (``split_spool_directory``) and 56.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from contextlib import suppress
from pathlib import Path

from labmail.world import HostFiles

from .ids import PATTERN
from .spoolfile import SpoolFormatError

INPUT, MSGLOG = "/var/spool/exim4/input", "/var/spool/exim4/msglog"
_READ = os.O_RDONLY | os.O_NOFOLLOW
"""A letter's file is no link: one that is would lead out of the host."""
_NEW = os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_NOFOLLOW
_MORE = os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_NOFOLLOW


class Views:
    """The input folder of one host."""

    def __init__(self, files: HostFiles) -> None:
        self.files, self.disk = files, files.disk
        self.split = False
        """Whether new files go into one of 62 folders."""
        self._fresh: set[str] = set()
        """Folders whose own names may not last yet."""
        self._found: dict[str, Path] = {}
        """Real folders by their names on the host: looked for once."""

    # ── where ────────────────────────────────────────────────────────────────────────────────────

    def folders(self, message_id: str) -> tuple[str, str]:
        """Where the files of a letter go, and where else they may be, as paths of the host."""
        parted = f"{INPUT}/{message_id[5]}"
        return (parted, INPUT) if self.split else (INPUT, parted)

    def place(self, message_id: str, kind: str) -> str:
        """The path of a letter's file, in whichever of the two folders it is (the host's)."""
        folders = self.folders(message_id)
        for folder in folders:
            if os.path.exists(self._real(f"{folder}/{message_id}-{kind}")):
                return f"{folder}/{message_id}-{kind}"
        return f"{folders[0]}/{message_id}-{kind}"

    def _real(self, path: str) -> Path:
        """The real file of a path below the input folder."""
        folder, _, name = path.rpartition("/")
        if folder not in self._found:
            self._found[folder] = self.files.real(folder)
        return self._found[folder] / name

    def all(self) -> Iterator[str]:
        """The paths of all files, as paths of the host: one folder after another."""
        for folder in ("", *(name for name in self._names("") if len(name) == 1)):
            inside = f"{INPUT}/{folder}" if folder else INPUT
            yield from (f"{inside}/{name}" for name in self._names(folder) if len(name) > 1)

    def _names(self, folder: str) -> list[str]:
        try:
            return os.listdir(self.files.real(f"{INPUT}/{folder}"))
        except (FileNotFoundError, NotADirectoryError):
            return []

    # ── writing ──────────────────────────────────────────────────────────────────────────────────

    def write(self, message_id: str, head: bytes, body: bytes | None, *, sync: bool) -> None:
        """Writes -H, which replaces an older one at once, and -D if there is a body for it.

        With ``sync`` the contents would survive a power cut; their names, when `sync` is called.
        """
        folder = self.folders(message_id)[0]
        try:
            self._put(folder, message_id, head, body, sync)
        except FileNotFoundError:  # no such folder yet, or no more
            self.make(folder)
            self._put(folder, message_id, head, body, sync)

    def make(self, folder: str) -> None:
        """Makes a folder of the spool, if it is not there."""
        if not self.files.exists(folder):
            self._fresh.add(folder)
        self._found[folder] = self.files.mkdir(folder, 0o750)

    def _put(
        self, folder: str, message_id: str, head: bytes, body: bytes | None, sync: bool
    ) -> None:
        if body is not None:
            mark = f"{message_id}-D\n".encode()
            self._write(self._real(f"{folder}/{message_id}-D"), (mark, body), sync)
        temporary = self._real(f"{folder}/hdr.{message_id}")
        try:
            self._write(temporary, (head,), sync)
            self.disk.rename(temporary, self._real(f"{folder}/{message_id}-H"))
        except OSError:
            with suppress(OSError):
                self.disk.unlink(temporary)
            raise

    def _write(self, path: Path, parts: Iterable[bytes], sync: bool) -> None:
        fd = self.disk.open(path, _NEW, 0o640)
        try:
            for part in parts:
                self.disk.write(fd, part)
            if sync:
                self.disk.fsync(fd)
        finally:
            self.disk.close(fd)

    def settle(self, message_id: str) -> bool:
        """Makes the contents of a letter's files last, as they are; False where one is missing."""
        for kind in ("J", "D", "H"):
            try:
                fd = self.disk.open(self._real(self.place(message_id, kind)), _READ)
            except FileNotFoundError:
                if kind == "J":
                    continue
                return False
            try:
                self.disk.fsync(fd)
            finally:
                self.disk.close(fd)
        return True

    def sync(self, ids: Iterable[str]) -> None:
        """Makes the names of these letters' files last, or their being gone."""
        folders = {INPUT, *(f"{INPUT}/{each[5]}" for each in ids)} if self.split else {INPUT}
        fresh = set(self._fresh)
        folders |= {folder.rpartition("/")[0] for folder in fresh}
        for folder in sorted(folders, reverse=True):
            with suppress(FileNotFoundError):
                self.disk.sync_folder(self.files.real(folder))
        self._fresh -= fresh

    def note_done(self, message_id: str, names: Iterable[str]) -> None:
        """Adds to -J."""
        path = self.place(message_id, "H").removesuffix("H") + "J"
        fd = self.disk.open(self._real(path), _MORE, 0o640)
        try:
            text = "".join(f"{name}\n" for name in names)
            self.disk.write(fd, text.encode("utf-8", "surrogateescape"))
        finally:
            self.disk.close(fd)

    def remove(self, message_id: str, *kinds: str) -> None:
        """Removes files of a letter: first -H, without which the others are nothing."""
        folder = self.place(message_id, "H").rpartition("/")[0]
        for kind in kinds or ("H", "D", "J"):
            with suppress(FileNotFoundError):
                self.disk.unlink(self._real(f"{folder}/{message_id}-{kind}"))
        if not kinds:
            with suppress(OSError):
                self.disk.unlink(self._real(f"{MSGLOG}/{message_id}"))

    # ── reading ──────────────────────────────────────────────────────────────────────────────────

    def head(self, message_id: str) -> bytes:
        """The bytes of -H. Raises OSError."""
        return self._read(message_id, "H")

    def body(self, message_id: str) -> bytes:
        """The body. Raises OSError, and `SpoolFormatError` where -D is not its own."""
        content = self._read(message_id, "D")
        mark = f"{message_id}-D\n".encode()
        if not content.startswith(mark):
            found = content[: len(mark)].decode("latin-1")
            raise SpoolFormatError(f"line 1: expected {message_id}-D, found {found!r}")
        return content[len(mark) :]

    def body_size(self, message_id: str) -> int:
        """Octets of the body. Raises OSError."""
        return os.lstat(self._real(self.place(message_id, "D"))).st_size - len(message_id) - 3

    def done(self, message_id: str) -> frozenset[str]:
        """Who is done by -J. A last line without its end was cut off by a crash: not counted."""
        try:
            content = self._read(message_id, "J")
        except FileNotFoundError:
            return frozenset()
        return frozenset(content.decode("utf-8", "surrogateescape").split("\n")[:-1])

    def _read(self, message_id: str, kind: str) -> bytes:
        """A file, from whichever of the two folders it is in."""
        first, other = self.folders(message_id)
        try:
            fd = os.open(self._real(f"{first}/{message_id}-{kind}"), _READ)
        except FileNotFoundError:
            fd = os.open(self._real(f"{other}/{message_id}-{kind}"), _READ)
        with open(fd, "rb") as file:
            return file.read()


def id_of(path: str) -> tuple[str, str]:
    """The id and the kind of a file: H, D, J, hdr; two empty words for another."""
    name = path.rpartition("/")[2]
    if name.startswith("hdr."):
        return name[4:], "hdr"
    if name[-2:] in ("-H", "-D", "-J") and PATTERN.fullmatch(name[:-2]):
        return name[:-2], name[-1]
    return "", ""
