"""Encoded-words: how a name with an é travels in a header that is made for ASCII. RFC 2047.

::

    =?utf-8?Q?Caf=C3=A9_at_noon?=
      │     │ └ the bytes: Q(uoted-printable) or B(ase64)
      │     └ the encoding
      └ the charset: which bytes mean which characters

A word is at most 75 characters long, so a long subject becomes several; white space between two of
them is not part of the text (§6.2). A word that cannot be decoded is shown as it stands: a broken
header is still a header.

Try::

    >>> encode_words("Café at noon")
    ['=?utf-8?Q?Caf=C3=A9_at_noon?=']
    >>> decode_words("=?utf-8?Q?Caf=C3=A9?= =?iso-8859-1?B?IODpIQ==?=")
    'Café àé!'
"""

from __future__ import annotations

import base64
import binascii
import re

from .charset import decode_charset

WORD = re.compile(r"=\?([^?\s*]+)(?:\*[^?\s]*)?\?([bqBQ])\?([^?\s]*)\?=")
_Q_PLAIN = frozenset(b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789!*+-/")
LONGEST = 75
_FRAME = len("=?utf-8?Q??=")


def decode_words(text: str) -> str:
    """Replaces every encoded-word by what it says; the rest, and what is broken, stays."""
    out: list[str] = []
    pending: tuple[str, bytearray] | None = None  # words of one charset may share a character
    end = 0
    for match in WORD.finditer(text):
        data = _word_bytes(match[2], match[3])
        between = text[end : match.start()]
        charset = match[1].lower()
        if data is None or decode_charset(b"", charset) is None:
            continue
        if pending and between.strip(" \t\r\n") == "":
            between = ""
        if pending and between == "" and pending[0] == charset:
            pending[1].extend(data)
        else:
            out += [_settle(pending), between]
            pending = (charset, bytearray(data))
        end = match.end()
    return "".join([*out, _settle(pending), text[end:]])


def _settle(pending: tuple[str, bytearray] | None) -> str:
    return "" if pending is None else decode_charset(bytes(pending[1]), pending[0]) or ""


def _word_bytes(encoding: str, text: str) -> bytes | None:
    """The bytes behind one word, or None if its encoding is broken."""
    try:
        raw = text.encode("ascii")
        if encoding in "bB":
            return base64.b64decode(raw + b"=" * (-len(raw) % 4), validate=True)
        return binascii.a2b_qp(raw, header=True)
    except (UnicodeEncodeError, binascii.Error):
        return None


def encode_words(text: str, *, first: int = LONGEST) -> list[str]:
    """The text as encoded-words in UTF-8, each at most 75 characters, the first at most ``first``.

    Q where at least half of the characters stay readable in it, else B; no character is cut in two
    (§5). The words are joined by a space or a fold.
    """
    use_b = 2 * sum(len(_q(character)) == 1 for character in text) < len(text)
    words: list[str] = []
    chunk, size, room = "", 0, first
    for character in text:
        cost = len(character.encode()) if use_b else len(_q(character))
        limit = (room - _FRAME) // 4 * 3 if use_b else room - _FRAME
        if chunk and size + cost > limit:
            words.append(_word(chunk, use_b))
            chunk, size, room = "", 0, LONGEST
        chunk, size = chunk + character, size + cost
    return [*words, _word(chunk, use_b)] if chunk else words


def _word(chunk: str, use_b: bool) -> str:
    if use_b:
        return f"=?utf-8?B?{base64.b64encode(chunk.encode()).decode('ascii')}?="
    return f"=?utf-8?Q?{''.join(map(_q, chunk))}?="


def _q(character: str) -> str:
    """One character in the Q encoding as it may stand anywhere, even in a name (§5, rule 3)."""
    if character == " ":
        return "_"
    return "".join(chr(b) if b in _Q_PLAIN else f"={b:02X}" for b in character.encode())


def needs_words(text: str) -> bool:
    """True if the text must be encoded to come through: not ASCII, or looking like a word itself.

    >>> needs_words("Lunch"), needs_words("Café"), needs_words("what is =?utf-8?Q?x?= ?")
    (False, True, True)
    """
    return not text.isascii() or WORD.search(text) is not None


def human(text: str, *, first: int = LONGEST) -> str:
    """What a person typed, as it is written into a header: as it stands, or as encoded-words."""
    return " ".join(encode_words(text, first=first)) if needs_words(text) else text
