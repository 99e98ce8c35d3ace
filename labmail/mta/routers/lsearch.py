r"""lsearch: a key and its value on a line, as in /etc/aliases.

    postmaster: root
    sales:      bob,          the value goes on in a line that begins with white space
        carol
    # a comment

The key ends at a colon or at white space, so a forgotten colon is no error; a forgotten line break
is one, and so is a blank in front of a key: it makes the line a part of the one above, and takes
the key away. That is why a value here remembers where each of its letters stood.

Law: Exim specification, §9.3 (``lsearch``); aliases(5).

Try: ``parse_lsearch("sales: bob,\n  carol\n")["sales"].text``.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

_KEY = re.compile(r'"((?:[^"\\]|\\.)*)"|[^\s:]+')
_AFTER_KEY = re.compile(r"[ \t]*:?[ \t]*")


@dataclass(frozen=True, slots=True)
class Place:
    """A spot in a file, for error messages. Lines and columns count from 1."""

    file: str
    line: int
    column: int

    def __str__(self) -> str:
        return f"{self.file}, line {self.line}, column {self.column}"


@dataclass(frozen=True, slots=True)
class Value:
    """The value of a key: one text, made of pieces of the file's lines."""

    text: str
    file: str
    pieces: tuple[tuple[int, int, int], ...]
    """For each piece: where it begins in ``text``, and its line and column in the file."""

    def place(self, offset: int) -> Place:
        """Where the character at ``offset`` of the text stands in the file."""
        start, line, column = max(piece for piece in self.pieces if piece[0] <= max(offset, 0))
        return Place(self.file, line, column + offset - start)

    @property
    def line(self) -> int:
        return self.pieces[0][1]


def parse_lsearch(text: str, file: str = "") -> dict[str, Value]:
    """All keys in lower case, with their values; the first of two equal keys counts.

    >>> parse_lsearch("team: ann,\\n  ben\\n")["team"].text
    'ann, ben'
    """
    found: dict[str, Value] = {}
    key, value, pieces = "", "", []
    for number, line in enumerate(text.splitlines(), 1):
        if not line.strip() or line.startswith("#"):
            continue
        if line[0] in " \t":
            if key:
                start = len(value) + 1
                value += " " + line.strip()
                pieces.append((start, number, len(line) - len(line.lstrip()) + 1))
            continue
        _keep(found, key, value, file, pieces)
        key, column = _key(line)
        value, pieces = line[column:].rstrip(), [(0, number, column + 1)]
    _keep(found, key, value, file, pieces)
    return found


def _key(line: str) -> tuple[str, int]:
    """The key in lower case, and the column where its value begins (from 0)."""
    match = _KEY.match(line)
    if match is None:  # the line begins with a colon: an empty key, which nobody asks for
        return "", 1
    key = re.sub(r"\\(.)", r"\1", match[1]) if match[1] is not None else match[0]
    after = _AFTER_KEY.match(line, match.end())
    assert after is not None
    return key.lower(), after.end()


def _keep(
    found: dict[str, Value], key: str, text: str, file: str, pieces: list[tuple[int, int, int]]
) -> None:
    if key:
        found.setdefault(key, Value(text, file, tuple(pieces)))


def whole_file(text: str, file: str) -> Value:
    """A whole file as one value: a .forward, or the members of an included list."""
    pieces, start = [], 0
    for number, line in enumerate(text.splitlines(keepends=True), 1):
        pieces.append((start, number, 1))
        start += len(line)
    return Value(text, file, tuple(pieces) or ((0, 1, 1),))
