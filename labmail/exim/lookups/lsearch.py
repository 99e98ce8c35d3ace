"""lsearch: a text file that is searched from its first line on.

    ${lookup {ann} lsearch {/etc/aliases}}

The first entry with the key answers; upper and lower case are the same. Options: ``ret=full`` gives
the whole entry, key included.

Exim reads the file from the start for each key. A file that is asked often is read here once, into
a dictionary of its first entries, and again when it has changed.

Law: Exim specification, §9.3.
"""

from __future__ import annotations

import os
import stat
from functools import lru_cache

from labmail.exim.lookups.lines import Entry, Lines
from labmail.exim.lookups.table import Answer, CannotOpen, Question, Table, World, look


class Lsearch:
    """A text file with literal keys."""

    def __init__(self, path: str, lines: Lines) -> None:
        self.path = path
        self.lines = lines

    async def find(self, question: Question, world: World) -> Answer:
        """The data of the first entry whose key is the question's."""
        return self.told(self.lines.first.get(question.key.encode("latin-1").lower()), question)

    def told(self, entry: Entry | None, question: Question) -> Answer:
        """The answer that an entry gives, or that there is none."""
        if entry is None:
            return Answer(None, f"{self.path} has no entry for {question.key}")
        value = self.lines.data(entry, full="ret=full" in question.options)
        return Answer(value, f"{question.key} is in line {self.lines.line(entry)} of {self.path}")


_SMALL = 2**16
_known = lru_cache(maxsize=32)(Lines)
"""Each letter opens its host's tables anew, and finds in them what the last one found."""


def open_table(name: str, where: str, world: World) -> Table:
    """The file as a table. CannotOpen where it isn't a regular file that may be read."""
    data = read(where, world, "linear search")
    return Lsearch(where, _known(data) if len(data) < _SMALL else Lines(data))


def read(path: str, world: World, purpose: str, name: str = "lsearch") -> bytes:
    """The octets of a lookup's file.

    CannotOpen, in Exim's words, unless it is a regular file that may be read. All kin of lsearch
    go by its name in them.
    """
    try:
        seen = look(world.files, path)
        if stat.S_ISREG(seen.st_mode):
            return world.files.read_bytes(path)
    except OSError as wrong:
        raise cannot_open(path, purpose, wrong) from None
    raise CannotOpen(f"{path} is not a regular file ({name} lookup)")


def cannot_open(path: str, purpose: str, wrong: OSError) -> CannotOpen:
    """Exim's sentence for a file that did not open."""
    words = os.strerror(wrong.errno) if wrong.errno else str(wrong)
    return CannotOpen(f"failed to open {path} for {purpose}: {words}")
