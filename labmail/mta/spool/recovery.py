"""Recovery: what a host has accepted and not yet delivered, found again after a start.

The journal is asked first, then Exim's own files; where they disagree the journal wins. A letter
that only the files speak of is as they say. What cannot be read is put into
``var/spool/exim4/aside`` for somebody to look at; it never stops the others.

All this blocks: call it from a worker.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from ..letter import Letter, Shelf
from ..retry.retry import span
from . import spoolfile
from .journal import Journal, Place
from .records import Found, Torn
from .spoolfile import SpoolFormatError, SpoolHeader
from .views import INPUT, Views, id_of

ASIDE = "/var/spool/exim4/aside"


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


@dataclass(slots=True)
class Told:
    """What the journal says of one letter."""

    head: bytes | None = None
    body: Place | None = None
    done: set[str] = field(default_factory=set)
    gone: bool = False


class Recovery:
    """Reads journal and files of one host."""

    def __init__(self, journal: Journal, views: Views, shelf: Shelf) -> None:
        self.journal, self.views, self.shelf = journal, views, shelf
        self.loaded = Loaded()

    def load(self) -> Loaded:
        """Everything that waits, oldest first. Afterwards Exim's files say all that the journal
        said, synced, and the old journal is gone."""
        self.views.make(INPUT)
        told = self._replay()
        files: dict[str, str] = {}
        for path in self.views.all():
            self._sort(path, files)
        for message_id in sorted(files.keys() | told.keys()):
            self._letter(message_id, told.get(message_id), files.get(message_id, ""))
        self.views.sync(told)
        while (oldest := self.journal.oldest()) is not None:
            self.journal.retire(oldest[0])
        self.loaded.letters.sort(key=lambda letter: (letter.received, letter.id))
        return self.loaded

    def _replay(self) -> dict[str, Told]:
        told: dict[str, Told] = {}
        damaged: dict[int, Torn] = {}
        for number, found in self.journal.replay():
            if isinstance(found, Torn):
                damaged.setdefault(number, found)
                continue
            if number in damaged:  # records behind the damage: it was no power cut that did it
                self._damaged(number, damaged[number])
            self._learn(told.setdefault(found.id, Told()), number, found)
        return told

    def _learn(self, told: Told, number: int, found: Found) -> None:
        if found.verb == "gone":
            told.gone = True
        elif found.verb == "done":
            names = found.head.decode("utf-8", "surrogateescape")
            told.done.update(names.split("\n")[:-1])
        else:
            told.head = found.head
        if found.verb == "take":
            told.body = Place(number, found.at, 0, found.size)

    def _damaged(self, number: int, torn: Torn) -> None:
        """Keeps a copy of a damaged file of the journal; its whole records are used."""
        file = self.views.files.lab_path(self.journal.path(number))
        kept = f"{ASIDE}/journal-{number:06}"
        if any(aside.kept == kept for aside in self.loaded.aside):
            return
        self.views.files.mkdir(ASIDE, 0o750)
        content = self.journal.path(number).read_bytes()
        self.views.disk.replace(self.views.files.real(kept), content, 0o640)
        problem = f"octets {torn.at} to {torn.end} are no record; all others are read"
        self.loaded.aside.append(Aside(file, kept, problem))

    def _sort(self, path: str, files: dict[str, str]) -> None:
        """Notes of which kinds there are files of a letter."""
        message_id, kind = id_of(path)
        if kind == "hdr":
            self.views.disk.unlink(self.views.files.real(path))
        elif kind:
            files[message_id] = files.get(message_id, "") + kind

    # ── one letter ───────────────────────────────────────────────────────────────────────────────

    def _letter(self, message_id: str, told: Told | None, files: str) -> None:
        if told is not None and told.gone:
            self.views.remove(message_id)
            return
        if told is None and "H" not in files:
            self._leavings(message_id, files)
            return
        try:
            letter = self._read(message_id, told)
        except (SpoolFormatError, OSError) as problem:
            for kind in ("H", "D", "J"):
                if kind in files:
                    path = self.views.place(message_id, kind)
                    self.loaded.aside.append(put_aside(self.views, path, str(problem)))
            return
        letter.fold(self.shelf)
        self.loaded.letters.append(letter)

    def _leavings(self, message_id: str, files: str) -> None:
        if "J" in files:
            self.views.remove(message_id, "J")
        if "D" in files:
            problem = "it has no -H: never accepted, or gone already"
            aside = put_aside(self.views, self.views.place(message_id, "D"), problem)
            self.loaded.aside.append(Aside(aside.file, aside.kept, problem, damaged=False))

    def _read(self, message_id: str, told: Told | None) -> Letter:
        if told is None:
            head = self._head(message_id, self.views.head(message_id))
            size = self._size(message_id)
        else:
            written = told.head if told.head is not None else self.views.head(message_id)
            head = self._head(message_id, written)
            head.done |= told.done
            size = self._restore(head, told.body)
        head.done |= self.views.done(message_id)
        return Letter(head, size)

    def _head(self, message_id: str, content: bytes) -> SpoolHeader:
        head = spoolfile.read(content)
        if head.id != message_id:
            raise SpoolFormatError(f"line 1: expected {message_id}-H, found {head.id}-H")
        return head

    def _size(self, message_id: str) -> int:
        try:
            return self.views.body_size(message_id)
        except FileNotFoundError:
            problem = f"there is no {message_id}-D beside it: the body is lost"
            raise SpoolFormatError(problem) from None

    def _restore(self, head: SpoolHeader, place: Place | None) -> int:
        """Writes Exim's files as the journal has them, synced; gives the size of the body."""
        body = None if place is None else self.journal.body(place)
        size = self._size(head.id) if body is None else len(body)
        self.views.write(head.id, spoolfile.write(head), body, sync=True)
        return size


def put_aside(views: Views, path: str, problem: str) -> Aside:
    """Moves a file of the input folder to where it can be looked at."""
    views.files.mkdir(ASIDE, 0o750)
    target = f"{ASIDE}/{path.rpartition('/')[2]}"
    views.disk.rename(views.files.real(path), views.files.real(target))
    views.disk.sync_folder(views.files.real(ASIDE))
    return Aside(path, target, problem)


def from_the_future(received: Iterable[float], now: float) -> str:
    """What is to be said of letters that came in later than now: nobody's age is negative, so the
    clock was set back. "" where there are none. Times in POSIX seconds.

    >>> from_the_future([3620.0], now=20.0)
    'the clock has gone back: 1 letter of the spool came in later than now, by up to 1h'
    """
    ahead = [each - now for each in received if each - now > 1]
    if not ahead:
        return ""
    many = f"{len(ahead)} letter{'s' if len(ahead) > 1 else ''} of the spool"
    return f"the clock has gone back: {many} came in later than now, by up to {span(max(ahead))}"
