r"""The journal of the trace: one event a line, in ``trace/events.jsonl`` under the town's root.

It is a spectator's notebook, not the mail's: nothing is synced, and whoever wants to know what a
host had promised to deliver reads the spool, not this. Events are gathered in memory and written
together, so that a burst of a thousand costs one write.

A lab that was killed may leave half a line behind. The reader steps over it, and the next writer
begins a new line.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from pathlib import Path

from .event import Event
from .record import from_record, to_record


class Journal:
    """Appends events to a file. ``write`` keeps, ``flush`` puts what was kept into the file.

    The file and its folder are made at the first flush, readable for their owner only: letters are
    private, also in a lab. Raises OSError from ``flush`` where the disk will not take it; what was
    kept is kept then, and tried again at the next flush.
    """

    def __init__(self, path: Path | str) -> None:
        self.path = Path(path)
        self._kept: list[Event] = []
        self._unwritten = b""
        self._fd: int | None = None

    def write(self, event: Event) -> None:
        """Keeps an event for the next flush. Cheap: sentences are made when they are written."""
        self._kept.append(event)

    def flush(self) -> None:
        """Writes what was kept, in one go, without waiting for the disk (no fsync)."""
        kept, self._kept = self._kept, []
        lines = (json.dumps(to_record(event), separators=(",", ":")) + "\n" for event in kept)
        self._unwritten += "".join(lines).encode("ascii")
        if self._unwritten and self._fd is None:
            self._fd = self._open()
        while self._unwritten and self._fd is not None:
            written = os.write(self._fd, self._unwritten)
            self._unwritten = self._unwritten[written:]

    def close(self) -> None:
        """Flushes, and closes the file."""
        try:
            self.flush()
        finally:
            if self._fd is not None:
                os.close(self._fd)
                self._fd = None

    def _open(self) -> int:
        self.path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        fd = os.open(self.path, os.O_RDWR | os.O_APPEND | os.O_CREAT, 0o600)
        end = os.lseek(fd, 0, os.SEEK_END)
        if end and os.pread(fd, 1, end - 1) != b"\n":  # the last writer was killed in mid-line
            self._unwritten = b"\n" + self._unwritten
        return fd


def read_journal(path: Path | str) -> Iterator[Event]:
    """The events in a journal's file, oldest first; nothing where there is no such file.

    A line that is torn, or is no event, is left out: the rest is still worth reading.
    """
    if not Path(path).exists():
        return
    with Path(path).open("rb") as file:
        for line in file:
            try:
                yield from_record(json.loads(line))
            except ValueError:  # json.JSONDecodeError and UnicodeDecodeError are ValueErrors too
                continue
