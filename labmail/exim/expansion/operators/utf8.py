"""UTF-8, where a letter may take one octet or four.

Exim counts octets, and a cut may go through the middle of a letter. `utf8clean` mends that, and
`from_utf8` goes back to the time when a letter was an octet.

Law: RFC 3629; Exim specification, chapter 11.
"""

from __future__ import annotations

import re

from .operator import operator


@operator
def from_utf8(text: str) -> str:
    """UTF-8 as Latin-1; what Latin-1 does not have becomes ``_``.

    >>> from_utf8("cafÃ© \\xe2\\x82\\xac")
    'café _'
    """
    if text.isascii():
        return text
    octets, written, at = text.encode("latin-1"), [], 0
    while at < len(octets):
        code, at = _loosely(octets, at)
        written.append(chr(code) if code <= 255 else "_")
    return "".join(written)


def _loosely(octets: bytes, at: int) -> tuple[int, int]:
    """One code and where the next begins; the first octet is believed, whatever follows it."""
    first = octets[at]
    if first < 0xC0:
        return first, at + 1
    more = next(count for count in range(1, 6) if count == 5 or not first & (0x40 >> count))
    code = first & (0x3F >> more)
    for octet in octets[at + 1 : at + 1 + more].ljust(more, b"\0"):
        code = code << 6 | octet & 0x3F
    return code, at + 1 + more


_PIECES = re.compile(
    r"[\xc2-\xdf][\x80-\xbf]|[\xe0-\xef][\x80-\xbf]{2}|[\xf0-\xf7][\x80-\xbf]{3}"
    r"|(?:[\xc2-\xdf]|[\xe0-\xef][\x80-\xbf]?|[\xf0-\xf7][\x80-\xbf]{0,2})[\xc0-\xff]?"
    r"|[\x80-\xff]"
)
"""A whole letter, or one that breaks off (with the octet that breaks it), or an octet of none."""


@operator
def utf8clean(text: str) -> str:
    """A ``?`` for each piece that is not UTF-8.

    >>> utf8clean("caf\\xc3\\xa9 caf\\xe9!")
    'cafÃ© caf?!'
    """
    return text if text.isascii() else _PIECES.sub(_cleaned, text)


def _cleaned(piece: re.Match[str]) -> str:
    """The letter, if it is one of Unicode's. Exim takes a letter that is written too long."""
    first, *others = map(ord, piece[0])
    size = len(others) + 1
    promised = 2 if first < 0xE0 else 3 if first < 0xF0 else 4
    if not 0xC2 <= first <= 0xF7 or size != promised or others[-1] >= 0xC0:
        return "?"
    code = first & (0x7F >> size)
    for octet in others:
        code = code << 6 | octet & 0x3F
    return piece[0] if code <= 0x10FFFF and not 0xD800 <= code <= 0xDFFF else "?"
