"""Encoded words: how a header line carries what is not ASCII.

    =?UTF-8?Q?caf=E9?=        =? charset ? Q or B ? text ?=
    =?UTF-8?B?Y2Fmw6k=?=

Q shows what it can and writes the rest in hexadecimal, B is base 64. White space between two words
belongs to nobody: a long text is several words, and no space appears where they are joined.

Law: RFC 2047; Exim specification, chapter 11 and ``headers_charset``. `decoded` also serves
``$h_subject:``.

Try::

    >>> decoded("=?iso-8859-1?Q?caf=E9?= noir", "UTF-8").encode("latin-1").decode()
    'café noir'
"""

from __future__ import annotations

import re
from typing import Any

from labmail.exim.errors import ExpansionFailed

from .charsets import converted
from .encoding import octets_of
from .operator import operator

LONGEST = 75
"""How long a word may be. RFC 2047 §2."""

_WORD = re.compile(r"=\?([^?]*)\?([QqBb])\?(.*?)\?=", re.DOTALL)
_SPECIAL = re.compile(r'[^!-~ ]|[?=()<>@,;:\\".\[\]_]')
_CODED = frozenset(one for one in map(chr, range(256)) if _SPECIAL.match(one))
_HEX = re.compile(r"=([0-9A-Fa-f]{2})")
_LINE = 67
"""Exim begins another word once one is longer than this."""


@operator
def rfc2047(text: str, context: Any) -> str:
    """The text as encoded words of the charset ``headers_charset``, where it needs to be."""
    return encoded(text, context.settings.get("headers_charset") or "UTF-8")


@operator
def rfc2047d(text: str, context: Any) -> str:
    """Encoded words read, and converted into the charset ``headers_charset``."""
    charset = context.settings.get("headers_charset") or "UTF-8"
    return decoded(text, charset, any_length=any_length(context))


def any_length(context: Any) -> bool:
    """Whether words longer than RFC 2047 allows are read: ``no_check_rfc2047_length``."""
    check = context.settings.get("check_rfc2047_length")
    return check is not None and not check


def encoded(text: str, charset: str) -> str:
    """As it can stand in a header line. Octets are taken to be in that charset already.

    >>> encoded("plain words", "UTF-8"), encoded("(caf\\xe9)", "ISO-8859-1")
    ('plain words', '=?ISO-8859-1?Q?=28caf=E9=29?=')
    """
    if not _SPECIAL.search(text):
        return text
    opening = f"=?{charset}?Q?"
    words, word, size, halved = [], opening, 0, False
    for character in text:
        if size > _LINE and not halved:
            words.append(word + "?=")
            word, size = opening, len(opening)
        if character in _CODED:
            written, halved = f"={ord(character):02X}", not halved
        else:
            written, halved = "_" if character == " " else character, False
        word, size = word + written, size + len(written)
    return " ".join([*words, word + "?="])


def decoded(text: str, charset: str, *, any_length: bool = False, any_charset: bool = False) -> str:
    """With every encoded word read, in that charset (empty: in its own). NUL becomes ``?``.

    Raises ExpansionFailed for a charset that nobody knows, unless any will do. What looks like a
    word and cannot be read stays; octets that make no sense in their charset are handed on as they
    are.
    """
    done, at, search, joined = [], 0, 0, False
    while found := _WORD.search(text, search):
        octets = _octets(found, any_length)
        if octets is None:
            search = found.start() + 2
            continue
        between = text[at : found.start()]
        if not joined or between.strip(" \t\n\r\v\f"):
            done.append(between)
        try:
            octets = converted(octets, found[1], charset)
        except ExpansionFailed:
            if not any_charset:
                raise
        done.append(octets.replace("\0", "?"))
        at = search = found.end()
        joined = True
    return "".join(done) + text[at:]


def _octets(word: re.Match[str], any_length: bool) -> str | None:
    """What a word holds, in its own charset; None where it is no word after all."""
    text = word[3]
    if not any_length and len(word[0]) > LONGEST:
        return None
    if word[2] in "bB":
        return octets_of(text)
    if re.search(r"[\t ]|=(?![0-9A-Fa-f]{2})", text):
        return None
    return _HEX.sub(lambda two: chr(int(two[1], 16)), text.replace("_", " "))
