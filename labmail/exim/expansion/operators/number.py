"""Numbers: computed, drawn by lot, and written shorter in base 32 or 62.

Exim names its messages in base 62 (``1tFh2x-000001-4j``): digits, capitals, small letters. Base 32
here is the small letters and 2 to 7.

Law: Exim specification, chapter 11; the arithmetic is told in `labmail.exim.expansion.arithmetic`.
"""

from __future__ import annotations

import re
from typing import Any

from labmail.exim.errors import ExpansionFailed
from labmail.exim.expansion.arithmetic import evaluate, int32, int64, read_integer

from .operator import operator

BASE_32 = "abcdefghijklmnopqrstuvwxyz234567"
BASE_62 = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"


@operator("eval", fresh=True)
def eval_(text: str) -> str:
    """What an expression comes to.

    >>> eval_("0x10 + 2*(3+4)")
    '30'
    """
    return str(evaluate(text))


@operator(fresh=True)
def eval10(text: str) -> str:
    """The same where every number is decimal: minutes and months may begin with 0.

    >>> eval10("08 + 09")
    '17'
    """
    return str(evaluate(text, decimal=True))


@operator(fresh=True)
def randint(text: str, context: Any) -> str:
    """A number from 0 to below the one given, drawn by the chance that was handed in."""
    below = int32(read_integer(text, positive=True))
    if below <= 1:
        return "0"
    if context.chance is None:
        raise ExpansionFailed("randint has no chance to draw from here")
    return str(context.chance.randrange(below))


@operator(fresh=True)
def base32(text: str) -> str:
    """A decimal number in base 32. Zero is written as nothing.

    >>> base32("1000000")
    '6qsa'
    """
    return _written(_decimal(text, "base32"), BASE_32)


@operator(fresh=True)
def base32d(text: str) -> str:
    """Base 32 back to decimal.

    >>> base32d("6qsa")
    '1000000'
    """
    return _read(text, BASE_32, "base32d", "base 32")


@operator(fresh=True)
def base62(text: str) -> str:
    """A decimal number in six digits of base 62: the last six, where there are more.

    >>> base62("1732500000")
    '1tFOOO'
    """
    return _written(_decimal(text, "base62"), BASE_62).rjust(6, "0")[-6:]


@operator(fresh=True)
def base62d(text: str) -> str:
    """Base 62 back to decimal.

    >>> base62d("1tFOOO")
    '1732500000'
    """
    return _read(text, BASE_62, "base62d", "base 62")


_DECIMAL = re.compile(r"[ \t\n\r\v\f]*([+-]?)([0-9]+)")


def _decimal(text: str, operator: str) -> int:
    """An unsigned number of 64 bits; -1 is the largest of them."""
    found = _DECIMAL.fullmatch(text)
    if not found and text:
        raise ExpansionFailed(
            f'argument for {operator} operator is "{text}", which is not a decimal number'
        )
    sign, digits = found.groups() if found else ("", "0")
    value = int(digits.lstrip("0")[:21] or "0")
    if value >= 2**64:
        return 2**64 - 1
    return (-value if sign == "-" else value) % 2**64


def _written(value: int, alphabet: str) -> str:
    digits = ""
    while value:
        value, digit = divmod(value, len(alphabet))
        digits = alphabet[digit] + digits
    return digits


def _read(text: str, alphabet: str, operator: str, base: str) -> str:
    value = 0
    for character in text:
        digit = alphabet.find(character)
        if digit < 0:
            raise ExpansionFailed(
                f'argument for {operator} operator is "{text}", which is not a {base} number'
            )
        value = (value * len(alphabet) + digit) % 2**64
    return str(int64(value))
