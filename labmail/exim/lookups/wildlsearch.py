r"""wildlsearch and nwildlsearch: a text file whose keys are patterns.

    *.ask.com      data            ends with
    ^\d+@          data            a regular expression
    cdb;/etc/set   data            found by another lookup
    !*.com         data            anything but
    ann            data            itself

The first pattern that fits answers. In wildlsearch each key is expanded first, in nwildlsearch it
is taken as it stands. Case does not matter, but an expression may ask for it by ``(?-i)``.

A key is in fact a list of one item: a path in it is a file of further patterns.

Law: Exim specification, §9.3. A pattern that is no regular expression, a kind of lookup that nobody
knows, or a file that is not there end the program.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from labmail.exim.config.split import SPACE
from labmail.exim.errors import Deferred, ExpansionFailed
from labmail.exim.lookups.lines import Lines
from labmail.exim.lookups.lsearch import Lsearch, read
from labmail.exim.lookups.table import Answer, Question, Table, World
from labmail.exim.regex import Panic, required

_COMMENT = re.compile(r"(?:^|(?<=[ \t\n\v\f\r]))#.*")


class Wildlsearch(Lsearch):
    """A text file with patterns for keys."""

    def __init__(self, path: str, lines: Lines, *, expanding: bool) -> None:
        super().__init__(path, lines)
        self.expanding = expanding
        self.patterns = [(entry.text, entry) for entry in lines.entries()]

    async def find(self, question: Question, world: World) -> Answer:
        """The data of the first pattern that fits. Deferred if a key can't be expanded."""
        for pattern, entry in self.patterns:
            item: str | None = pattern
            if self.expanding and ("$" in pattern or "\\" in pattern):
                item = await _expanded(pattern, question)
            if item is not None and await _in_list(item, question, world):
                return self.told(entry, question)
        return self.told(None, question)


def open_table(name: str, where: str, world: World) -> Table:
    """The file as a table. CannotOpen where it isn't a regular file that may be read."""
    lines = Lines(read(where, world, "linear search"))
    return Wildlsearch(where, lines, expanding=name == "wildlsearch")


async def _expanded(pattern: str, question: Question) -> str | None:
    """The pattern of a wildlsearch key; None where it says ``fail``."""
    if question.expand is None:
        return pattern
    try:
        return await question.expand(pattern)
    except ExpansionFailed as failed:
        if failed.forced:
            return None
        raise Deferred("", help=f"{pattern} cannot be expanded: {failed.message}") from failed


async def _in_list(text: str, question: Question, world: World) -> bool:
    """Does a key fit a list of one item? If nothing fits, the last item decides: behind an
    exclamation mark it means "anything but"."""
    against = False
    for against, pattern in _items(text, world):
        if pattern and await _fits(pattern, question, world):
            return not against
    return against


def _items(text: str, world: World) -> Iterator[tuple[bool, str]]:
    """The item, or those of the file that it names; each with whether it is turned round."""
    against, item = _turned(_trimmed(text))
    yield against, "" if item.startswith("/") else item
    if item.startswith("/"):
        for line in _lines(item, world):
            turned, pattern = _turned(line)
            yield turned != against, pattern


def _trimmed(text: str) -> str:
    """Without blanks around; a backslash keeps one behind it."""
    bare = text.rstrip(SPACE)
    kept = text[len(bare) : len(bare) + 1] if bare.endswith("\\") else ""
    return (bare + kept).lstrip(SPACE)


def _turned(item: str) -> tuple[bool, str]:
    """Is the item behind an exclamation mark? And the item."""
    against = item.startswith("!")
    return against, item[1:].lstrip(SPACE) if against else item


def _lines(path: str, world: World) -> list[str]:
    """The lines of a file that say something. Panic where it can't be read."""
    try:
        text = world.files.read_bytes(path).decode("latin-1")
    except OSError as wrong:
        raise Panic(f'failed to open {path} when checking "{path}": {wrong.strerror}') from None
    lines = [_COMMENT.sub("", line).strip(SPACE) for line in text.split("\n")]
    return [line for line in lines if line]


async def _fits(pattern: str, question: Question, world: World) -> bool:
    """Does a key fit a pattern?"""
    key = question.key
    if pattern.startswith("^"):
        return required(pattern, caseless=True).search(key) is not None
    if pattern.startswith("*"):
        return _lower(key).endswith(_lower(pattern[1:]))
    if ";" not in pattern:
        return _lower(key) == _lower(pattern)
    try:
        return await world.found(pattern, question._replace(key=_lower(key)))
    except ExpansionFailed as wrong:
        raise Panic(wrong.message) from None


def _lower(text: str) -> str:
    """ASCII letters only: the octets above have no case."""
    return text.encode("latin-1").lower().decode("latin-1")
