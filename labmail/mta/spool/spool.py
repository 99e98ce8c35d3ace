"""The spool's face: takes letters, remembers who is done, gives bodies, forgets what has left.

    await spool.store(head, body)          250 may be said
    await spool.note_done(id, names)       these need no more delivery
    await spool.update(head)               it waits on: frozen, changed, tried once more
    spool.show(head)                       Exim's own files of it are there to be looked at
    spool.rest(letter)                     nobody works on it: the disk knows it, the memory forgets
    spool.remove(id)                       it has left

Everything goes down one lane (`lane`): first the records, with one sync, then the files. What the
memory holds of a letter is what no file in ``input`` says yet, and that is only as long as a file
of the journal speaks of it.
"""

from __future__ import annotations

import itertools
import os
import zlib
from collections import OrderedDict
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING

from labmail.world import HostFiles

from . import spoolfile
from .journal import FULL, Journal, Place
from .lane import Job, Lane
from .records import Record
from .recovery import Aside, Loaded, Recovery, put_aside
from .spoolfile import SpoolHeader
from .views import MSGLOG, Views

if TYPE_CHECKING:
    from ..letter import Letter

SPOOL = "/var/spool/exim4"
AT_A_TIME = 16
"""Letters whose files are synced behind one batch, while an old file of the journal is retired."""
RECENT = 200
"""Letters that were opened to be looked at, and stay so for the next look."""


@dataclass(slots=True)
class Kept:
    """What is known of a letter that the journal speaks of. Only the worker changes it."""

    head: Place | None = None
    """Where the latest head lies in the journal; None once -H is synced."""
    body: Place | None = None
    """Where its body lies in the journal; None once -D is synced."""
    done: frozenset[str] = frozenset()
    """Who is done and in neither -H nor -J."""
    shown: bool = True
    """Whether -H is there."""
    stale: bool = False
    """Whether it says less than the journal, because it could not be written."""


class Spool:
    """The spool of one host."""

    def __init__(self, files: HostFiles, *, full: int = FULL) -> None:
        self.files = files
        self.views, self.journal = Views(files), Journal(files, full=full)
        self._known: dict[str, Kept] = {}
        self._leaving: set[str] = set()
        """Letters that have left, and whose files are still to be removed."""
        self._recent: OrderedDict[str, Letter] = OrderedDict()
        self._lane = Lane(self._work, self._failed)
        self.complain: Callable[[str], None] = lambda problem: None
        """Is told what went wrong where nobody waits for an answer."""

    # ── taking ───────────────────────────────────────────────────────────────────────────────────

    async def store(self, head: SpoolHeader, body: bytes) -> None:
        """Keeps a new letter; when this returns it would survive a power cut.

        Raises OSError, and then nothing of the letter is left behind.
        """
        written = spoolfile.write(head)
        await self._lane.ask(Record("take", head.id, written, body), partial(self._took, head.id))
        head.mark = zlib.crc32(written)

    def _took(self, message_id: str, place: Place | None) -> None:
        self._known[message_id] = Kept(place, place, shown=False)

    # ── waiting ──────────────────────────────────────────────────────────────────────────────────

    async def note_done(self, message_id: str, names: Iterable[str]) -> None:
        """These addresses need no more delivery; durable on return. Raises OSError."""
        lines = tuple(names)
        text = "".join(f"{name}\n" for name in lines).encode("utf-8", "surrogateescape")
        deed = partial(self._noted, message_id, lines)
        await self._lane.ask(Record("done", message_id, text), deed)

    def _noted(self, message_id: str, names: tuple[str, ...], _: Place | None) -> None:
        kept = self._known.setdefault(message_id, Kept())
        try:
            if kept.shown:
                self.views.note_done(message_id, names)
                return
        except OSError:  # the journal has it
            kept.stale = True
        kept.done |= frozenset(names)

    async def update(self, head: SpoolHeader) -> None:
        """The letter waits on, and its -H file says so from now on. Raises OSError."""
        written = spoolfile.write(head)
        deed = partial(self._show, head.id, written)
        await self._lane.ask(Record("head", head.id, written), deed)
        head.mark = zlib.crc32(written)

    def show(self, head: SpoolHeader) -> None:
        """Exim's own files of a letter will be there in a moment, if they are not already."""
        kept = self._known.get(head.id)
        if kept is not None and not kept.shown and head.id not in self._leaving:
            self._lane.leave(None, partial(self._show, head.id, spoolfile.write(head)))

    def _show(self, message_id: str, head: bytes, place: Place | None) -> None:
        """Writes -H, -D if it is not there, and takes -J away, which -H has in it now."""
        kept = self._known.get(message_id)
        if message_id in self._leaving or (kept is None and place is None):
            return
        if kept is None:
            kept = self._known[message_id] = Kept()
        kept.head, kept.stale = place or kept.head, kept.stale or place is not None
        body = None if kept.shown or kept.body is None else self.journal.body(kept.body)
        self.views.write(message_id, head, body, sync=False)
        if kept.shown:
            self.views.remove(message_id, "J")
        kept.shown, kept.done, kept.stale = True, frozenset(), False

    def log(self, message_id: str, text: str) -> None:
        """Adds lines to the letter's own log. Blocks."""
        self.files.append(f"{MSGLOG}/{message_id}", text)

    def body(self, message_id: str) -> bytes:
        """The body of a letter, from wherever it lies. Blocks.

        Raises OSError, and `SpoolFormatError` where -D is not its own.
        """
        kept = self._known.get(message_id)
        if kept is not None and (place := kept.body) is not None:
            with suppress(FileNotFoundError):  # retired this very moment
                return self.journal.body(place)
        return self.views.body(message_id)

    # ── out of the memory ────────────────────────────────────────────────────────────────────────

    def rest(self, letter: Letter) -> None:
        """Nobody works on a letter any more. What the disk does not know of it is written, and then
        the memory lets go of it."""
        if not letter.is_open or letter.held or letter.id in self._leaving:
            return
        head, kept = letter.head, self._known.get(letter.id)
        if head.mark == zlib.crc32(spoolfile.write(head)) and (kept is None or kept.shown):
            self._fold(letter)
            return
        written = spoolfile.write(head)
        mark = zlib.crc32(written)
        record = None if head.mark == mark else Record("head", letter.id, written)

        def then() -> None:
            head.mark = mark
            self._fold(letter)

        self._lane.leave(record, partial(self._show, letter.id, written), then)

    def _fold(self, letter: Letter) -> None:
        """Lets a letter fold, unless somebody has begun to work on it, or has changed it."""
        if letter.is_open and not letter.held and self._is_clean(letter):
            letter.fold(self)
        self._recent.pop(letter.id, None)

    def _is_clean(self, letter: Letter) -> bool:
        return letter.head.mark == zlib.crc32(spoolfile.write(letter.head))

    def open(self, letter: Letter) -> SpoolHeader:
        """The head of a letter that was folded, from its files. Blocks, for one small file.

        Raises OSError, and `SpoolFormatError` where -H is damaged.
        """
        done = self.views.done(letter.id)  # -J first: whoever removes it has written -H before
        head = spoolfile.read(self.views.head(letter.id))
        head.mark = zlib.crc32(spoolfile.write(head))
        head.done |= done
        self._recent[letter.id] = letter
        while len(self._recent) > RECENT:
            oldest = next(iter(self._recent))
            self._fold(self._recent[oldest])
        return head

    # ── leaving ──────────────────────────────────────────────────────────────────────────────────

    def remove(self, message_id: str) -> None:
        """Forgets a letter whose recipients are done. Does not wait for the disk: should the power
        fail before, the letter is found again with nobody waiting for it."""
        self._leaving.add(message_id)
        self._recent.pop(message_id, None)
        self._lane.leave(Record("gone", message_id), partial(self._clear, message_id))

    def _clear(self, message_id: str, _: Place | None = None) -> None:
        """What the files say of a letter that has left goes."""
        kept = self._known.pop(message_id, None)
        if message_id in self._leaving and (kept is None or kept.shown):
            self.views.remove(message_id)
        self._leaving.discard(message_id)

    def put_aside(self, message_id: str, kind: str, problem: str) -> Aside:
        """Moves a letter's file to where it can be looked at. Blocks; raises OSError."""
        self._known.pop(message_id, None)
        return put_aside(self.views, self.views.place(message_id, kind), problem)

    # ── starting and stopping ────────────────────────────────────────────────────────────────────

    def load(self) -> Loaded:
        """Everything that waits, oldest first; what cannot be read is put aside. Blocks."""
        return Recovery(self.journal, self.views, self).load()

    def tells_no_case(self) -> bool:
        """Whether ``a`` and ``A`` are one file here, as on macOS and Windows. Blocks."""
        folder = self.files.mkdir(SPOOL, 0o750)
        probe = folder / ".probe-a"
        try:
            self.files.disk.close(self.files.disk.open(probe, os.O_WRONLY | os.O_CREAT, 0o600))
        except OSError:  # full, or read-only: it is asked again at the next start
            return False
        try:
            return self.files.exists(f"{SPOOL}/.probe-A")
        finally:
            with suppress(OSError):
                self.files.disk.unlink(probe)

    async def close(self) -> None:
        """Ends in order: what waits is in Exim's own files, synced, and there is no journal."""
        await self._lane.rest()
        await self._lane.ask(None, lambda _: self.journal.close())
        rest = self.journal.rest()
        while rest:
            await self._lane.ask(None)
            before, rest = rest, self.journal.rest()
            if (
                rest == before
            ):  # a disk that is full or worse: the journal is found at the next start
                self.complain("cannot write the spool: what waits stays in the journal")
                return

    def _failed(self, job: Job, error: BaseException) -> None:
        about = f" ({job.record.verb} {job.record.id})" if job.record else ""
        self.complain(f"cannot write the spool{about}: {getattr(error, 'strerror', '') or error}")

    # ── the worker's part ────────────────────────────────────────────────────────────────────────

    def _work(self, jobs: Sequence[Job]) -> list[BaseException | None]:
        """Does a batch: records first, then the files, then a little of what is to be retired."""
        kept: dict[int, Place] = {}
        problems: dict[int, BaseException] = {}
        asked = [(number, job.record) for number, job in enumerate(jobs) if job.record is not None]
        if asked:
            kept, problems = self._append(asked)
        for number, job in enumerate(jobs):
            if job.deed is None or (number in problems and not _leaves(job)):
                continue
            try:
                job.deed(kept.get(number))
            except OSError as error:
                problems[number] = error
        with suppress(OSError):  # it is tried again behind the next batch
            self._retire()
        return [problems.get(number) for number in range(len(jobs))]

    def _append(
        self, asked: Sequence[tuple[int, Record]]
    ) -> tuple[dict[int, Place], dict[int, BaseException]]:
        """All records with one sync; on a disk that has no room for all, one after another."""
        numbers = [number for number, _ in asked]
        try:
            places = self.journal.append([record for _, record in asked])
            return dict(zip(numbers, places, strict=True)), {}
        except OSError as error:
            if len(asked) == 1:
                return {}, {numbers[0]: error}
        kept: dict[int, Place] = {}
        problems: dict[int, BaseException] = {}
        for each in asked:
            one, problem = self._append([each])
            kept |= one
            problems |= problem
        return kept, problems

    def _retire(self) -> None:
        """Copies some of what the oldest full file of the journal tells into Exim's own files;
        when that is all, the file goes."""
        oldest = self.journal.oldest()
        if oldest is None:
            return
        number, touched = oldest
        some = list(itertools.islice(touched, AT_A_TIME))
        for message_id in some:
            self._file(message_id, number)
        self.views.sync(some)
        for message_id in some:
            del touched[message_id]
            if not self.journal.speaks_of(message_id):
                self._known.pop(message_id, None)
        if not touched:
            self.journal.retire(number)

    def _file(self, message_id: str, number: int) -> None:
        """Makes Exim's files of one letter last, as they are, or writes them; a letter that has
        left leaves none. Then a file of the journal, ``number``, is not needed for it."""
        if message_id in self._leaving:
            self._clear(message_id)
        kept = self._known.get(message_id)
        if kept is None:
            return
        if not (kept.shown and not kept.stale and self.views.settle(message_id)):
            self._restore(message_id, kept)
        kept.body, kept.shown = None, True
        if kept.head is not None and kept.head.file <= number:
            kept.head = None

    def _restore(self, message_id: str, kept: Kept) -> None:
        """Writes Exim's files as the journal has them."""
        try:
            written = self.journal.head(kept.head) if kept.head else self.views.head(message_id)
        except FileNotFoundError:
            return  # it was safe there, and somebody has taken it away
        if done := kept.done | self.views.done(message_id):
            head = spoolfile.read(written)
            written = spoolfile.write(replace(head, done=head.done | done))
        body = self.journal.body(kept.body) if kept.body else None
        self.views.write(message_id, written, body, sync=True)
        kept.done, kept.stale = frozenset(), False


def _leaves(job: Job) -> bool:
    """Whether a letter's files go: no disk is too full for that."""
    return job.record is not None and job.record.verb == "gone"
