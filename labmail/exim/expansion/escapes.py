r"""What a backslash makes of the characters behind it.

    \n \t \r \b \f \v     as in C
    \101                  up to three octal digits
    \x41                  up to two hexadecimal ones
    \$ \\ \} …            anything else stands for itself

Law: Exim specification, §11.1; for quoted strings in lists and lookups the same holds.

Try::

    >>> understood(r"a\x41b", 1)
    ('A', 5)
"""

from __future__ import annotations

import re

_LETTERS = {"b": "\b", "f": "\f", "n": "\n", "r": "\r", "t": "\t", "v": "\v"}
_ESCAPE = re.compile(r"\\(?:x([0-9A-Fa-f]{0,2})|([0-7]{1,3})|(.))", re.S)


def understood(text: str, at: int) -> tuple[str, int]:
    """The character that is meant by the backslash at a place, and the place after it."""
    found = _ESCAPE.match(text, at)
    assert found
    return _meant(found), found.end()


def unescaped(text: str) -> str:
    r"""A text with all its backslashes understood; one at the end stays.

    >>> unescaped(r"a\x41\102\tb")
    'aAB\tb'
    """
    return _ESCAPE.sub(_meant, text) if "\\" in text else text


def _meant(found: re.Match[str]) -> str:
    hexadecimal, octal, character = found.groups()
    if hexadecimal is not None:
        return chr(int(hexadecimal or "0", 16))
    if octal is not None:
        return chr(int(octal, 8) & 255)
    return _LETTERS.get(character, character)
