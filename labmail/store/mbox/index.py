"""What lies in an mbox: where each letter begins and ends, its size, and a name that lasts.

An mbox keeps no unique ids. Writing one into the letter (``X-UIDL:``) would change the letter and
break its signatures; keeping a list beside the file would be wrong as soon as another program edits
the file. So the unique id is a *fingerprint* of the letter and its ``From `` line, which RFC 1939
§7 allows and which has just the right properties: it is the same in each session, it does not
depend on what else is in the file, and it can be told at delivery without looking at the file.

Two refinements:

* Mail programs write notes into the header (``Status: RO``). Those fields do not count.
* Letters that are alike to the last octet, delivered in the same second, get ``.2``, ``.3`` after
  the fingerprint, in the order of the file. (If the first of such twins is removed, the second
  takes its name: they are the same letter, and RFC 1939 §7 tells clients to bear that.)

An index is remembered together with the *signature* of the file, and used again while that has not
changed.
"""

from __future__ import annotations

import hashlib
import os
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import Self

from ..base import BadMailbox, MessageGone
from ..lines import PIECE, Measure, measure, wire_pieces
from .format import borders

HEAD = 65536
"""Octets at the start of a letter in which notes of mail programs are looked for."""

_NOTES = re.compile(
    rb"^(?:Status|X-Status|X-Keywords|X-UID|X-IMAP|X-IMAPbase|Content-Length|Lines|"
    rb"X-Mozilla-Status2?|X-Mozilla-Keys):[^\n]*\n(?:[ \t][^\n]*\n)*",
    re.IGNORECASE | re.MULTILINE,
)

Signature = tuple[int, int, int, int]
NO_FILE: Signature = (0, 0, 0, 0)


def signature(status: os.stat_result) -> Signature:
    """Tells one state of a file from another: inode, size, times of change."""
    return status.st_ino, status.st_size, status.st_mtime_ns, status.st_ctime_ns


@dataclass(frozen=True, slots=True)
class Slot:
    """A letter in the file: ``start`` of its ``From `` line, ``text`` to ``end`` the letter itself,
    ``next`` the octet after the empty line behind it."""

    start: int
    text: int
    end: int
    next: int
    uid: str
    measured: Measure


def fingerprint(border: bytes, pieces: Iterable[bytes]) -> str:
    """32 hexadecimal digits for a letter and its ``From `` line."""
    source = iter(pieces)
    head = b""
    for piece in source:
        head += piece
        if len(head) >= HEAD:
            break
    digest = hashlib.blake2b(border.rstrip(b"\r\n"), digest_size=16)
    digest.update(_without_notes(head[:HEAD]))
    digest.update(head[HEAD:])
    for piece in source:
        digest.update(piece)
    return digest.hexdigest()


def _without_notes(head: bytes) -> bytes:
    end = head.find(b"\n\n") + 1 or len(head)
    return _NOTES.sub(b"", head[:end]) + head[end:] if _NOTES.search(head, 0, end) else head


class Names:
    """Gives each letter its unique id: the fingerprint, numbered from the second of its kind on."""

    def __init__(self) -> None:
        self._count: Counter[str] = Counter()

    def name(self, mark: str) -> str:
        """
        >>> names = Names()
        >>> [names.name(mark) for mark in ("a", "b", "a")]
        ['a', 'b', 'a.2']
        """
        self._count[mark] += 1
        return mark if self._count[mark] == 1 else f"{mark}.{self._count[mark]}"


def pieces(fd: int, start: int, end: int) -> Iterator[bytes]:
    """The octets of a file from ``start`` to ``end``, or `MessageGone` where it is shorter."""
    while start < end:
        piece = os.pread(fd, min(PIECE, end - start), start)
        if not piece:
            raise MessageGone("the mailbox was cut short by another program")
        yield piece
        start += len(piece)


def content(fd: int, slot: Slot) -> Iterator[bytes]:
    """The letter in pieces, as it goes over the wire."""
    return wire_pieces(pieces(fd, slot.text, slot.end), slot.measured)


def unchanged(fd: int, slot: Slot) -> bool:
    """Whether the letter still lies where the index says, by its fingerprint."""
    border = b"".join(pieces(fd, slot.start, slot.text))
    return fingerprint(border, pieces(fd, slot.text, slot.end)) == slot.uid.partition(".")[0]


@dataclass(slots=True)
class Index:
    """The letters of an mbox in the order of the file, and how the next one will be named."""

    slots: list[Slot]
    names: Names

    @classmethod
    def read(cls, fd: int, mailbox: str) -> Self:
        """Reads the whole file once. Raises `BadMailbox` where it does not begin like an mbox."""
        size, names = os.fstat(fd).st_size, Names()
        found = list(borders(lambda count, at: os.pread(fd, count, at), size))
        _check_start(fd, found[0][0] if found else size, mailbox)
        found.append((size, size))  # the end of the file ends the last letter
        slots = [
            _slot(fd, start, text, following, names)
            for (start, text), (following, _) in pairwise(found)
        ]
        return cls(slots, names)


def _slot(fd: int, start: int, text: int, following: int, names: Names) -> Slot:
    """Measures and names the letter between two borders."""
    if following - start <= PIECE:  # nearly always: read once for all
        whole = os.pread(fd, following - start, start)
        end = following - _blank(whole[max(0, text - start - 1) :])
        letter = [whole[text - start : end - start]]
        mark, measured = fingerprint(whole[: text - start], letter), measure(letter)
    else:
        end = following - _blank(os.pread(fd, 3, following - 3))
        border = os.pread(fd, text - start, start)
        mark, measured = fingerprint(border, pieces(fd, text, end)), measure(pieces(fd, text, end))
    return Slot(start, text, end, following, names.name(mark), measured)


def _blank(tail: bytes) -> int:
    """How many octets the empty line has in which ``tail`` ends: 2, 1 or, where it has none, 0."""
    if tail.endswith(b"\n\r\n"):
        return 2
    return 1 if tail.endswith(b"\n\n") else 0


def _check_start(fd: int, first: int, mailbox: str) -> None:
    """Before the first ``From `` line there may be empty lines only."""
    head = os.pread(fd, min(first, 4096), 0)
    if stray := head.strip():
        line = stray.split(b"\n", 1)[0][:60].decode("utf-8", "backslashreplace")
        raise BadMailbox(
            f"{mailbox} is no mbox: it begins with {line!r}, expected a line such as "
            "'From bob@ask.com Mon Mar 02 09:00:00 2026'"
        )
