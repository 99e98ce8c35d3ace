"""Records of the journal: what happened to a letter, one after another, in a file that only grows.

    take 1vwz8C-000001-00 512 20 5f0c9a31       it was accepted: the bytes of its -H file, its body
    done 1vwz8C-000001-00 12 0 0a7be210         these addresses need no more delivery
    head 1vwz8C-000001-00 530 0 77d3c8f9        its -H file says something else from here on
    gone 1vwz8C-000001-00 0 0 c4411b02          it has left this host

Each is a line with two lengths and a checksum, and behind it as many octets and a line end. So the
file can be read with ``less``, and a record that a power cut tore is known as such.

The checksum begins from a number that only the file's first line tells: whoever sends a letter with
a line ``gone 1vwz8C-…`` in it cannot make one that looks true to a reader who has lost his place.
"""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

Verb = Literal["take", "done", "head", "gone"]

_LINE = re.compile(
    rb"(take|done|head|gone) ([0-9A-Za-z-]{1,40}) (\d{1,10}) (\d{1,10}) ([0-9a-f]{8})\n"
)
_FIRST = re.compile(rb"labmail journal 1 ([0-9a-f]{8})\n")


@dataclass(frozen=True, slots=True)
class Record:
    """One thing that happened. ``head`` is text for people or the bytes of a -H file."""

    verb: Verb
    id: str
    head: bytes = b""
    body: bytes = b""

    def encoded(self, seed: int) -> list[bytes]:
        """The pieces to be written; ``seed`` is the number of the file."""
        line = f"{self.verb} {self.id} {len(self.head)} {len(self.body)}".encode()
        return [
            b"%s %08x\n" % (line, _sum(line, self.head, self.body, seed)),
            self.head,
            self.body,
            b"\n",
        ]


@dataclass(frozen=True, slots=True)
class Found:
    """A record as it was read. ``at`` is where its body begins, ``size`` how long that is."""

    verb: str
    id: str
    head: bytes
    at: int
    size: int


@dataclass(frozen=True, slots=True)
class Torn:
    """Octets that are no record: from ``at`` up to ``end``."""

    at: int
    end: int


def first_line(seed: int) -> bytes:
    """With what a file begins."""
    return b"labmail journal 1 %08x\n" % seed


def records(content: bytes) -> Iterator[Found | Torn]:
    """Everything in a file, in order; what is damaged is passed over, and said."""
    begun = _FIRST.match(content)
    if begun is None:
        yield Torn(0, len(content))
        return
    seed, at = int(begun[1], 16), begun.end()
    while at < len(content):
        found = _record(content, at, seed)
        if found is not None:
            yield found
            at = found.at + found.size + 1
            continue
        torn = at
        while at < len(content) and _record(content, at, seed) is None:
            next_line = _LINE.search(content, at + 1)
            at = next_line.start() if next_line else len(content)
        yield Torn(torn, at)


def _record(content: bytes, at: int, seed: int) -> Found | None:
    """The whole and true record that begins at ``at``, if one does."""
    line = _LINE.match(content, at)
    if line is None:
        return None
    heads, size = int(line[3]), int(line[4])
    middle = line.end() + heads
    end = middle + size
    if content[end : end + 1] != b"\n":
        return None
    head, body = content[line.end() : middle], content[middle:end]
    if _sum(line[0].rpartition(b" ")[0], head, body, seed) != int(line[5], 16):
        return None
    return Found(line[1].decode(), line[2].decode(), head, middle, size)


def _sum(line: bytes, head: bytes, body: bytes, seed: int) -> int:
    return zlib.crc32(body, zlib.crc32(head, zlib.crc32(line, seed)))
