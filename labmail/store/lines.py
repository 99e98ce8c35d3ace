"""Line ends: LF on the disk, CRLF on the wire, and how many octets that makes.

Internet mail ends a line with two octets, CR LF (RFC 5322 §2.1); Unix files with one. So a store
takes the CR away when it writes and gives it back when it reads::

    wire   Subject: lunch CR LF CR LF Friday? CR LF      25 octets: what POP3 announces
    disk   Subject: lunch LF    LF    Friday? LF         22 octets: what ls shows

Both ways nothing else is touched: NUL, 8-bit octets and a lone CR inside a line stay what they are.
A file in which *every* line already ends in CR LF (saved on Windows, put there by hand) is served
as it is; to give each line a second CR would help nobody.

Try::

    >>> to_disk(b"lunch\\r\\n"), to_wire(b"lunch\\n")
    (b'lunch\\n', b'lunch\\r\\n')
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

PIECE = 256 * 1024
"""Octets read from the disk in one go."""


def to_disk(content: bytes) -> bytes:
    """The octets to store for ``content`` with CRLF line ends."""
    return content.replace(b"\r\n", b"\n")


def to_wire(stored: bytes) -> bytes:
    """What goes over the wire for a stored message."""
    return b"".join(wire_pieces([stored], measure([stored])))


@dataclass(frozen=True, slots=True)
class Measure:
    """``size``: octets on the wire. ``crlf``: the file has CRLF line ends already.
    ``open_end``: its last line has no end and needs one."""

    size: int
    crlf: bool
    open_end: bool


def measure(stored: Iterable[bytes]) -> Measure:
    """Measures a stored message that comes in pieces.

    >>> measure([b"Subject: lunch\\n\\nFriday?"])
    Measure(size=27, crlf=False, open_end=True)
    """
    octets = lines = pairs = 0
    last = b""
    for piece in stored:
        octets += len(piece)
        lines += piece.count(b"\n")
        pairs += piece.count(b"\r\n") + (last == b"\r" and piece[:1] == b"\n")
        last = piece[-1:] or last
    crlf = 0 < lines == pairs
    open_end = last not in (b"", b"\n")
    return Measure(octets + (0 if crlf else lines) + 2 * open_end, crlf, open_end)


def wire_pieces(stored: Iterable[bytes], measured: Measure) -> Iterator[bytes]:
    """The pieces of a stored message as they go over the wire: ``measured.size`` octets."""
    for piece in stored:
        yield piece if measured.crlf else piece.replace(b"\n", b"\r\n")
    if measured.open_end:
        yield b"\r\n"
