"""Numbers as a filter writes them: C's numbers of 32 bits, which wrap round.

Law: "Exim's interfaces to mail filtering", §3.10 and §3.23.

Try::

    >>> size("10k"), size("0x10"), wrapped(2**31)
    (10240, 16, -2147483648)
"""

from __future__ import annotations

import re

_NUMBER = re.compile(r"[ \t\n\r\v\f]*([+-]?)(?:0[xX]([0-9a-fA-F]+)|(0[0-7]*)|([1-9][0-9]*))")
_SCALES = {"": 1, "k": 1 << 10, "m": 1 << 20}


def wrapped(number: int) -> int:
    """As a C program keeps it in 32 bits."""
    return (number + 2**31) % 2**32 - 2**31


def leading(text: str) -> tuple[int, int] | None:
    """The number a text begins with (decimal, octal after 0, hexadecimal after 0x), and its end."""
    found = _NUMBER.match(text)
    if not found:
        return None
    sign, hexadecimal, octal, decimal = found.groups()
    digits, base = (hexadecimal, 16) if hexadecimal else (octal, 8) if octal else (decimal, 10)
    if len(digits) > 40:
        digits = "7" * 40
    number = min(int(digits, base), 2**63 - 1 + (sign == "-"))
    return (-number if sign == "-" else number), found.end()


def whole(text: str) -> int | None:
    """The number that a text is, and nothing else; no text is 0."""
    if not text:
        return 0
    found = leading(text)
    return wrapped(found[0]) if found and found[1] == len(text) else None


def size(text: str) -> int | None:
    """A number with ``k`` or ``m`` behind it, and perhaps white space."""
    found = leading(text)
    if not found:
        return None
    number, end = found
    if number == 0 and text[end - 1] == "0" and text[end : end + 1] in ("x", "X"):
        end += 1
    scale = text[end : end + 1].lower()
    scale = scale if scale in _SCALES else ""
    if text[end + len(scale) :].strip(" \t\n\r\v\f"):
        return None
    return wrapped(wrapped(number) * _SCALES[scale])


def octal(text: str) -> int:
    """What a text says as an octal number; 0 where it says none.

    >>> octal("640"), octal("9")
    (416, 0)
    """
    digits = re.match("[0-7]*", text)
    assert digits
    return int(digits[0] or "0", 8) % 2**32
