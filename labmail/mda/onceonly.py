r"""Who has had an answer, and when: a file of addresses, so that nobody gets one each time.

One entry after the other: eight octets with the time (seconds since 1970, the low octet first), the
address, and a zero octet. With a limit, the entry that has been there longest makes room for a new
one, so that the file never grows beyond it.

Exim keeps it so where ``once_file_size`` is set, and in a DBM file where it is not; here it is this
file in both cases.

Law: Exim specification, chapter 27 (once, once_repeat, once_file_size).

Try::

    >>> book = noted(b"", "ann@lab.test", 1772442000, 0)
    >>> answered(book, "ann@lab.test"), answered(book, "ben@lab.test")
    (1772442000, None)
"""

from __future__ import annotations

import struct
from collections.abc import Iterator

TIME = struct.Struct("<q")


def entries(book: bytes) -> Iterator[tuple[int, bytes, int, int]]:
    """Of each entry the time, the address, where it begins and where it ends."""
    at = 0
    while at + TIME.size < len(book):
        end = book.find(b"\0", at + TIME.size)
        if end < 0:
            return
        yield TIME.unpack_from(book, at)[0], book[at + TIME.size : end], at, end + 1
        at = end + 1


def answered(book: bytes, address: str) -> int | None:
    """When an address was answered last, POSIX seconds; None if it never was."""
    wanted = address.encode("latin-1")
    return next((when for when, name, _, _ in entries(book) if name == wanted), None)


def noted(book: bytes, address: str, now: int, most: int) -> bytes:
    """The file with one more entry, or the same with a new time. ``most``: its largest size, 0 for
    any."""
    name = address.encode("latin-1").replace(b"\0", b"")
    new = TIME.pack(now) + name + b"\0"
    kept = [book[start:end] for _, each, start, end in entries(book) if each != name]
    while most and kept and sum(map(len, kept)) + len(new) > most:
        kept.pop(0)
    return b"".join((*kept, new))
