"""Charsets: which bytes mean which characters. RFC 2045 §2.2, RFC 2978.

A message names its charset, and the name comes from a stranger. Python knows names that are no
charsets at all (``zlib``, ``unicode_escape``, and ``punycode``, whose work grows with the square of
its input), so a name is looked up here and nowhere else.

Try::

    >>> decode_charset(b"caf\\xe9", "iso-8859-1")
    'café'
    >>> decode_charset(b"caf\\xe9", "x-unknown") is None
    True
"""

from __future__ import annotations

import codecs
import re

_HALVES = re.compile("[\ud800-\udfff]")  # which UTF-7 can say, and no screen can show
_NOT_CHARSETS = frozenset(
    {"idna", "punycode", "unicode_escape", "raw_unicode_escape", "undefined", "mbcs", "oem"}
)


def known_charset(name: str) -> str | None:
    """Python's name for a charset, or None if it is unknown or no charset."""
    try:
        found = codecs.lookup(name).name
    except (LookupError, ValueError, UnicodeError):
        return None
    is_text = getattr(codecs.lookup(name), "_is_text_encoding", True)
    return found if is_text and found.replace("-", "_") not in _NOT_CHARSETS else None


def decode_charset(data: bytes, name: str) -> str | None:
    """The characters, with U+FFFD for bytes that mean nothing; None if the charset is unknown."""
    charset = known_charset(name)
    if charset is None:
        return None
    try:
        text = data.decode(charset, "replace")
    except (UnicodeError, ValueError):
        return data.decode("latin-1")
    return _HALVES.sub("\ufffd", text)
