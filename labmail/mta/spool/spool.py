"""The spool's face: takes letters, remembers who is done, gives bodies, forgets what has left.

    await spool.store(head, body)          250 may be said
    await spool.note_done(id, names)       these need no more delivery
    await spool.update(head)               it waits on: frozen, changed, tried once more
    spool.show(head)                       Exim's own files of it are there to be looked at
    spool.remove(id)                       it has left

Everything goes down one lane (`lane`): first the records, with one sync, then the files.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import partial

from labmail.world import HostFiles

from . import spoolfile
from .journal import FULL, Journal, Place
from .lane import Job, Lane
from .records import Record
from .recovery import Aside, Loaded, Recovery, put_aside
from .spoolfile import SpoolHeader
from .views import MSGLOG, Views

AT_A_TIME = 16
"""Letters whose files are synced behind one batch, while an old file of the journal is retired."""


@dataclass(slots=True)
class Kept:
    """What is known of a letter on the disk."""

    head: SpoolHeader
    place: Place | None
    """Where its body lies in the journal; None once -D is synced."""
    shown: bool
    """Whether -H is there."""


class Spool:
    """The spool of one host."""

    def __init__(self, files: HostFiles, *, full: int = FULL) -> None:
        self.files = files
        self.views, self.journal = Views(files), Journal(files, full=full)
        self._known: dict[str, Kept] = {}
        self._leaving: set[str] = set()
        """Letters that have left, and whose files are still to be removed."""
        self._lane = Lane(self._work, self._failed)
        self.complain: Callable[[str], None] = lambda problem: None
        """Is told what went wrong where nobody waits for an answer."""

    # ── taking ───────────────────────────────────────────────────────────────────────────────────

    async def store(self, head: SpoolHeader, body: bytes) -> None:
        """Keeps a new letter; when this returns it would survive a power cut.

        Raises OSError, and then nothing of the letter is left behind.
        """
        record = Record("take", head.id, spoolfile.write(head), body)
        await self._lane.ask(record, partial(self._took, head))

    def _took(self, head: SpoolHeader, place: Place | None) -> None:
        self._known[head.id] = Kept(head, place, shown=False)

    # ── waiting ──────────────────────────────────────────────────────────────────────────────────

    async def note_done(self, message_id: str, names: Iterable[str]) -> None:
        """These addresses need no more delivery; durable on return. Raises OSError."""
        lines = tuple(names)
        text = "".join(f"{name}\n" for name in lines).encode("utf-8", "surrogateescape")
        if (kept := self._known.get(message_id)) is not None:
            kept.head.done |= frozenset(lines)

        def tell(_: Place | None) -> None:
            if kept is not None and kept.shown:
                self.views.note_done(message_id, lines)

        await self._lane.ask(Record("done", message_id, text), tell)

    async def update(self, head: SpoolHeader) -> None:
        """The letter waits on, and its -H file says so from now on. Raises OSError."""
        written = spoolfile.write(head)
        if (kept := self._known.get(head.id)) is not None:
            kept.head = head
        deed = partial(self._show, head.id, written)
        await self._lane.ask(Record("head", head.id, written), deed)

    def show(self, head: SpoolHeader) -> None:
        """Exim's own files of a letter will be there in a moment, if they are not already."""
        kept = self._known.get(head.id)
        if kept is not None and not kept.shown:
            self._lane.leave(None, partial(self._show, head.id, spoolfile.write(head)))

    def _show(self, message_id: str, head: bytes, _: Place | None) -> None:
        """Writes -H, -D if it is not there, and takes -J away, which -H has in it now."""
        kept = self._known.get(message_id)
        if kept is None:
            return
        new = kept.place is not None and not kept.shown
        body = self.journal.read(kept.place) if new and kept.place else None
        self.views.write(message_id, head, body, sync=False)
        if kept.shown:
            self.views.remove(message_id, "J")
        kept.shown = True

    def log(self, message_id: str, text: str) -> None:
        """Adds lines to the letter's own log. Blocks."""
        self.files.append(f"{MSGLOG}/{message_id}", text)

    def body(self, message_id: str) -> bytes:
        """The body of a letter, from wherever it lies. Blocks.

        Raises OSError, and `SpoolFormatError` where -D is not its own.
        """
        kept = self._known.get(message_id)
        if kept is not None and (place := kept.place) is not None:
            with suppress(FileNotFoundError):  # retired this very moment
                return self.journal.read(place)
        return self.views.body(message_id)

    # ── leaving ──────────────────────────────────────────────────────────────────────────────────

    def remove(self, message_id: str) -> None:
        """Forgets a letter whose recipients are done. Does not wait for the disk: should the power
        fail before, the letter is found again with nobody waiting for it."""
        kept = self._known.pop(message_id, None)
        if kept is None or kept.shown:
            self._leaving.add(message_id)
        self._lane.leave(Record("gone", message_id), partial(self._clear, message_id))

    def _clear(self, message_id: str, _: Place | None = None) -> None:
        if message_id in self._leaving:
            self.views.remove(message_id)
            self._leaving.discard(message_id)

    def put_aside(self, message_id: str, kind: str, problem: str) -> Aside:
        """Moves a letter's file to where it can be looked at. Blocks; raises OSError."""
        self._known.pop(message_id, None)
        return put_aside(self.views, self.views.place(message_id, kind), problem)

    # ── starting and stopping ────────────────────────────────────────────────────────────────────

    def load(self) -> Loaded:
        """Everything that waits, oldest first; what cannot be read is put aside. Blocks."""
        loaded = Recovery(self.journal, self.views).load()
        for letter in loaded.letters:
            self._known[letter.id] = Kept(letter.head, None, shown=True)
        return loaded

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
            if job.deed is None or number in problems:
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
            self._file(message_id)
        self.views.sync(some)
        for message_id in some:
            del touched[message_id]
        if not touched:
            self.journal.retire(number)

    def _file(self, message_id: str) -> None:
        """Makes Exim's files of one letter say all that is known, synced; or be gone."""
        kept = self._known.get(message_id)
        if kept is None:
            self._clear(message_id)
            return
        body = self.journal.read(kept.place) if kept.place else None
        self.views.write(message_id, spoolfile.write(kept.head), body, sync=True)
        kept.place, kept.shown = None, True
