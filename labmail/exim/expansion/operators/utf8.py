"""UTF-8, where a letter may take one octet or four.

Exim counts octets, and a cut may go through the middle of a letter. `utf8clean` mends that, and
`from_utf8` goes back to the time when a letter was an octet.

Law: RFC 3629; Exim specification, chapter 11.
"""

from __future__ import annotations

from .operator import operator


@operator
def from_utf8(text: str) -> str:
    """UTF-8 as Latin-1; what Latin-1 does not have becomes ``_``.

    >>> from_utf8("cafÃ© \\xe2\\x82\\xac")
    'café _'
    """
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


@operator
def utf8clean(text: str) -> str:
    """A ``?`` for each piece that is not UTF-8.

    >>> utf8clean("caf\\xc3\\xa9 caf\\xe9!")
    'cafÃ© caf?!'
    """
    if text.isascii():
        return text
    done, held, missing, code = [], "", 0, 0
    for character in text:
        octet = ord(character)
        if held:
            if octet & 0xC0 == 0x80:
                held, missing, code = held + character, missing - 1, code << 6 | octet & 0x3F
                if not missing:
                    done.append(held if _letter(code) else "?")
                    held = ""
                continue
            held = ""
            done.append("?")
            if octet < 0x80:
                done.append(character)
            continue
        if octet < 0x80:
            done.append(character)
        elif missing := _promised(octet):
            held, code = character, octet & (0x3F >> missing)
        else:
            done.append("?")
    return "".join(done) + ("?" if held else "")


def _promised(first: int) -> int:
    """How many octets a first one says will follow; 0: it is no first one."""
    if 0xC2 <= first <= 0xDF:
        return 1
    if 0xE0 <= first <= 0xEF:
        return 2
    return 3 if 0xF0 <= first <= 0xF7 else 0


def _letter(code: int) -> bool:
    """Within Unicode, and no half of a pair of UTF-16. Exim takes a letter written too long."""
    return code <= 0x10FFFF and not 0xD800 <= code <= 0xDFFF
