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
_OCTAL = re.compile("[0-7]{1,3}")
_HEXADECIMAL = re.compile("x([0-9A-Fa-f]{0,2})")


def understood(text: str, at: int) -> tuple[str, int]:
    """The character that is meant by the backslash at a place, and the place after it."""
    character = text[at + 1]
    if character in _LETTERS:
        return _LETTERS[character], at + 2
    octal = _OCTAL.match(text, at + 1)
    if octal:
        return chr(int(octal[0], 8) & 255), octal.end()
    hexadecimal = _HEXADECIMAL.match(text, at + 1)
    if hexadecimal:
        return chr(int(hexadecimal[1] or "0", 16)), hexadecimal.end()
    return character, at + 2
