"""The Maildir store: each letter a file, made in ``tmp``, shown in ``new``, no lock anywhere.

What a crash leaves behind at each step of a delivery::

    tmp/x ── write ── fsync ──▶ rename ──▶ new/x ── fsync of new ──▶ told: delivered
     │                            │           │
     └ a stray file that no       │           └ the name may be forgotten: the letter is in the
       reader looks at; the       │             queue still, and comes again
       letter is in the queue     └ the letter is whole before anybody can see it

* The fsync before the rename: otherwise, after a power cut, the name might be there and the content
  not.
* The fsync of the folder after it: otherwise the content might be there and the name not.

A batch for one mailbox writes all files, syncs all, renames all, and syncs the folder once. A
letter that does not fit on the disk leaves nothing behind and does not disturb the others.

Law: the Maildir specification; Exim specification chapter 26 (``maildir_format``).
"""

from __future__ import annotations

import errno
import os
import re
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path

from labmail.message.outcome import Delivered, Outcome
from labmail.world import Chance, Clock, HostFiles

from ..base import BadMailbox, Delivery, Maildrop, by_mailbox, check_room, deferred
from ..folders import make_folder
from ..lines import Measure
from ..manner import Manner
from ..modes import give
from .maildrop import MaildirMaildrop, State
from .names import Name, arrival, unique_id, unique_name

FOLDERS = ("tmp", "new", "cur")


Sizes = dict[str, tuple[State, Measure]]
"""By base: the state of the file, and its size on the wire."""


@dataclass(slots=True)
class Draft:
    """A letter on its way from ``tmp`` to ``new``. ``error`` says what stopped it."""

    delivery: Delivery
    base: str
    fd: int | None = None
    made: bool = False
    error: OSError | None = None


@dataclass(slots=True)
class Known:
    """What is remembered of a Maildir: names that were there when we first came, the count that
    goes on from theirs, and the sizes of letters that have not changed."""

    taken: frozenset[str]
    counter: Iterator[int]
    sizes: Sizes = field(default_factory=dict)


class Maildir:
    """The Maildir store of one host, whose name goes into the names of letters.

    Try: ``Maildir(files, clock, chance, "mail.ask.com").open("/home/bob/Maildir").messages``.
    """

    kind = "maildir"

    def __init__(self, files: HostFiles, clock: Clock, chance: Chance, hostname: str) -> None:
        self.files, self.clock, self.chance, self.hostname = files, clock, chance, hostname
        self.disk = files.disk
        self._known: dict[Path, Known] = {}

    # ── adding ───────────────────────────────────────────────────────────────────────────────────

    def deliver(self, batch: Sequence[Delivery]) -> list[Outcome]:
        """See `Store.deliver`."""
        return by_mailbox(batch, self._deliver)

    def _deliver(self, mailbox: str, share: Sequence[Delivery]) -> list[Outcome]:
        path = self._folder(mailbox, share[0].manner)
        drafts = [Draft(each, self._name(path, mailbox) + each.manner.tag) for each in share]
        self._check_room(path, drafts)
        try:
            for step in (self._write, self._sync, self._show):
                for draft in drafts:
                    _attempt(step, path, draft)
        finally:
            for draft in drafts:
                self._close(draft)
        self._make_lasting(path, drafts)
        return [self._outcome(path, draft) for draft in drafts]

    def _check_room(self, path: Path, drafts: Sequence[Draft]) -> None:
        """Marks those for whom there is no room any more."""
        if not any(each.delivery.manner.limited for each in drafts):
            return
        octets, letters = measured(path)
        for draft in drafts:
            manner, new = draft.delivery.manner, len(draft.delivery.octets)
            try:
                check_room(manner, f"tmp/{draft.base}", octets, letters, new)
            except OSError as full:
                draft.error = full
                continue
            octets, letters = octets + new, letters + 1

    def _folder(self, mailbox: str, manner: Manner) -> Path:
        path = self.files.real(mailbox)
        if not manner.make_folder and not path.is_dir():
            raise FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT))
        try:
            for name in FOLDERS:
                make_folder(self.disk, path / name, manner.folder_mode)
        except (FileExistsError, NotADirectoryError):
            raise BadMailbox(f"{mailbox} is a file, so it cannot be a Maildir") from None
        return path

    def _name(self, path: Path, mailbox: str) -> str:
        """A base that is not used in this mailbox, even by an earlier life of the same lab."""
        known, now = self.known(path), self.clock.time()
        while True:
            number = next(known.counter)
            luck = self.chance.id("maildir", self.hostname, mailbox, now, number, size=8)
            base = unique_name(now, number, luck, self.hostname)
            if base not in known.taken:
                return base

    def _write(self, path: Path, draft: Draft) -> None:
        flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW
        mode = draft.delivery.manner.mode or 0o600
        draft.fd = self.disk.open(path / "tmp" / draft.base, flags, mode)
        draft.made = True
        give(draft.fd, mode)
        self.disk.write(draft.fd, draft.delivery.octets)

    def _sync(self, path: Path, draft: Draft) -> None:
        assert draft.fd is not None
        self.disk.fsync(draft.fd)

    def _show(self, path: Path, draft: Draft) -> None:
        self._close(draft)
        self.disk.rename(path / "tmp" / draft.base, path / "new" / draft.base)

    def _close(self, draft: Draft) -> None:
        fd, draft.fd = draft.fd, None
        if fd is not None:
            with suppress(OSError):  # what matters was said by fsync
                self.disk.close(fd)

    def _make_lasting(self, path: Path, drafts: Sequence[Draft]) -> None:
        try:
            if any(draft.error is None for draft in drafts):
                self.disk.sync_folder(path / "new")
        except OSError as error:
            for draft in drafts:
                draft.error = draft.error or error

    def _outcome(self, path: Path, draft: Draft) -> Outcome:
        mailbox = draft.delivery.mailbox
        if draft.error is None:
            return Delivered(mailbox, file=f"{mailbox}/new/{draft.base}", uid=unique_id(draft.base))
        for folder in ("tmp", "new") if draft.made else ():
            with suppress(OSError):
                self.disk.unlink(path / folder / draft.base)
        return deferred(draft.error, mailbox)

    # ── remembering ──────────────────────────────────────────────────────────────────────────────

    def known(self, path: Path) -> Known:
        """What is remembered of this mailbox; looks into it at the first time."""
        if path not in self._known:
            names = [entry for folder in FOLDERS for entry in _names(path / folder)]
            taken = frozenset(Name.parse(name).base for name in names)
            last = max((arrival(base)[2] for base in taken), default=0)
            self._known.setdefault(path, Known(taken, count(last + 1)))
        return self._known[path]

    # ── reading ──────────────────────────────────────────────────────────────────────────────────

    def open(self, mailbox: str) -> Maildrop:
        """See `Store.open`."""
        return MaildirMaildrop(self, self.files.real(mailbox), mailbox)

    def mark(self, mailbox: str, uid: str, flags: str = "S") -> bool:
        """Adds flags to a letter, which moves it to ``cur``. False where there is none."""
        path = self.files.real(mailbox)
        for folder in ("new", "cur"):
            for text in _names(path / folder):
                name = Name.parse(text)
                if unique_id(name.base) == uid:
                    target = path / "cur" / str(name.with_flags(flags))
                    self.disk.rename(path / folder / text, target)
                    self.disk.sync_folder(path / "cur")
                    return True
        return False


def _attempt(step: Callable[[Path, Draft], None], path: Path, draft: Draft) -> None:
    """Takes a letter one step further, unless an earlier step has failed."""
    if draft.error is None:
        try:
            step(path, draft)
        except OSError as error:
            draft.error = error


def measured(path: Path) -> tuple[int, int]:
    """Octets of a Maildir, its subfolders among them: ``cur``, ``new``, ``.Sent``; and the number
    of names that are in it. Exim counts so: the folders ``cur``, ``new``, ``tmp`` are three."""
    octets = letters = 0
    for folder, folders, names in os.walk(path):
        letters += len(folders) + len(names)
        folders[:] = [name for name in folders if _COUNTS.match(name)]
        for name in names:
            with suppress(OSError):
                octets += os.lstat(Path(folder) / name).st_size
    return octets, letters


_COUNTS = re.compile(r"(?:cur|new|\..*)\Z")


def _names(folder: Path) -> list[str]:
    try:
        return os.listdir(folder)
    except FileNotFoundError:
        return []
