r"""The text file of the lsearch family: the format of ``/etc/aliases``.

    # comment                         an entry is "key: data"; the colon may be missing
    ann: uid=1001                     blanks round the data are dropped
    ben  : first                      a line that begins with a blank goes on with the entry,
           second                     and one blank stands for the join: "first second"
    "two words": data                 a key with blanks or colons wears quotes, \n and kin inside
    carl data

Empty lines and comments stand where they like, but here Exim 4.96 departs from its manual: what
follows one inside an entry no longer belongs to the entry. It reads a line in pieces of at most
4,095 octets, and a NUL ends a piece; that shows in odd files, and is kept.

Law: Exim specification, §9.3 (lsearch), §6.17 (what stands in quotes).

Try: ``[entry.key for entry in Lines(b"ann: 1\nben: 2\n").entries()]``.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cached_property
from typing import NamedTuple

_SPACE = b" \t\n\v\f\r"
_PIECE = 4095
_GAP = re.compile(rb"\s*:?\s*")
_KEY = re.compile(rb'([^\s#":][^\s:]*|(?=:))|"((?:[^"\\]|\\.?)*)"?', re.DOTALL)
"""A key at the beginning of a line, as it is or in quotes; a comment and a blank begin none."""
_ESCAPE = re.compile(rb"\\(?:([0-7]{1,3})|x([0-9A-Fa-f]{0,2})|(.?))", re.DOTALL)
_LETTERS = {
    b"b": b"\b",
    b"f": b"\f",
    b"n": b"\n",
    b"r": b"\r",
    b"t": b"\t",
    b"v": b"\v",
}


class Entry(NamedTuple):
    """A key, out of its quotes, and where its data begins: the piece, and the place in it."""

    key: bytes
    piece: int
    place: int

    @property
    def text(self) -> str:
        """The key as text, which a NUL ends."""
        return self.key.partition(b"\0")[0].decode("latin-1")


class Lines:
    """A file in pieces, and the entries in it.

    ``numbers[i]`` is the line, from 1, that piece i belongs to.
    """

    def __init__(self, data: bytes) -> None:
        self.pieces = data.split(b"\n")
        self.inner: frozenset[int] = frozenset()
        self.numbers: list[int] | None = None
        if b"\0" in data or max(map(len, self.pieces)) >= _PIECE:
            self._cut(data)
            return
        last = self.pieces.pop()
        self.pieces = [piece.rstrip(_SPACE) for piece in self.pieces]
        if last:
            self.pieces.append(last)

    def _cut(self, data: bytes) -> None:
        """The pieces of a file with long lines or NULs; ``inner`` are those that begin no line."""
        pieces: list[bytes] = []
        inner: set[int] = set()
        numbers: list[int] = []
        ended = True
        for number, line in enumerate(_whole(data), 1):
            for start in range(0, len(line), _PIECE):
                piece = line[start : start + _PIECE].partition(b"\0")[0]
                if not ended:
                    inner.add(len(pieces))
                ended = piece.endswith(b"\n")
                pieces.append(piece.rstrip(_SPACE) if ended else piece)
                numbers.append(number)
        self.pieces, self.inner, self.numbers = pieces, frozenset(inner), numbers

    def line(self, entry: Entry) -> int:
        """The number of the line, from 1, on which an entry begins."""
        return self.numbers[entry.piece] if self.numbers else entry.piece + 1

    def entries(self) -> Iterator[Entry]:
        """The entries in the order of the file."""
        for number, piece in enumerate(self.pieces):
            found = _KEY.match(piece)
            if found is None or number in self.inner:
                continue
            key, quoted = found.groups()
            yield Entry(_dequoted(quoted) if key is None else key, number, found.end())

    @cached_property
    def first(self) -> dict[bytes, Entry]:
        """The first entry of each key, by the key in small letters."""
        found: dict[bytes, Entry] = {}
        for entry in self.entries():
            found.setdefault(entry.key.lower(), entry)
        return found

    def data(self, entry: Entry, *, full: bool = False) -> str:
        """The data of an entry, all its lines joined; ``full``: with the key in front."""
        piece = self.pieces[entry.piece]
        if full:
            parts = [(entry.key + piece[entry.place :]).partition(b"\0")[0]]
        else:
            parts = [piece[_GAP.match(piece, entry.place).end() :]]  # type: ignore[union-attr]
        parts += self._more(entry.piece + 1)
        return b"".join(parts).decode("latin-1")

    def _more(self, first: int) -> Iterator[bytes]:
        """What continues an entry, from a piece on."""
        for number in range(first, len(self.pieces)):
            piece = self.pieces[number]
            if number in self.inner:
                yield piece
            elif piece[:1] in (b"", b"#") or piece[0] not in _SPACE:
                return
            else:
                yield b" " + piece.lstrip(_SPACE)


def _whole(data: bytes) -> list[bytes]:
    """The lines with their ends."""
    lines = [line + b"\n" for line in data.split(b"\n")]
    last = lines.pop()[:-1]
    return [*lines, last] if last else lines


def _dequoted(text: bytes) -> bytes:
    return _ESCAPE.sub(_escape, text) if b"\\" in text else text


def _escape(match: re.Match[bytes]) -> bytes:
    octal, hexadecimal, letter = match.groups()
    if octal is not None:
        return bytes([int(octal, 8) & 255])
    if hexadecimal is not None:
        return bytes([int(hexadecimal or b"0", 16)])
    return _LETTERS.get(letter, letter or b"\\")
