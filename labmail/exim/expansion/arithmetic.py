"""Counting as Exim counts: whole numbers of 64 bits, that turn over rather than grow.

A configuration compares sizes, counts recipients and adds up delays. The arithmetic below is C's:
a number too large to be written becomes the largest there is, a product too large turns over into
the negative, and a sum is refused long before it could. An administrator meets these edges when she
computes with ``1000G``.

    ~ -      not, negate                  evaluate()        ${eval:…} and ${eval10:…}
    * / %                                 read_integer()    ${if <{…}{…}}, ${randint:…}
    + -                                   read_argument()   ${substr{…}…}, ${hash{…}…}
    << >>                                 int32(), int64()  how C's numbers turn over
    &
    ^
    |        lowest

Expressions are read with two stacks, of values and of waiting operators, so that a million brackets
are a long list and not a deep call.

Law: Exim specification, chapter 11, on ``eval`` and on numeric comparison.

Try::

    >>> evaluate("2+42%5"), evaluate("0xc<<1"), evaluate("1K*3")
    (4, 24, 3072)
    >>> read_integer(" 10M ")
    10485760
"""

from __future__ import annotations

import re
from collections.abc import Callable

from labmail.exim.errors import ExpansionFailed

MAX = 2**63 - 1
MIN = -(2**63)
UNITS = {"k": 1 << 10, "m": 1 << 20, "g": 1 << 30}
SPACE = " \t\n\r\v\f"
"""What C's isspace() takes for white space; Python's own ``strip()`` would take more."""


def int64(number: int) -> int:
    """A result in 64 bits with a sign.

    >>> int64(2**63)
    -9223372036854775808
    """
    return (number + 2**63) % 2**64 - 2**63


def int32(number: int) -> int:
    """A result in 32 bits with a sign: times, lengths and places in a string.

    >>> int32(2**32 + 5), int32(2**31)
    (5, -2147483648)
    """
    return (number + 2**31) % 2**32 - 2**31


# --- ${eval:…} ------------------------------------------------------------------------------------

_BLANK = re.compile(r"[ \t\n\r\v\f]+")
_AROUND = r"[ \t\n\r\v\f]*(?:{})(?P<unit>[kKmMgG])?[ \t\n\r\v\f]*"
_NUMBER = _AROUND.format(r"0[xX](?P<hex>[0-9a-fA-F]*)|0(?P<octal>[0-7]*)|(?P<decimal>[1-9][0-9]*)")
_DECIMAL = _AROUND.format(r"(?P<decimal>[0-9]+)")
_BASES = {"hex": 16, "octal": 8, "decimal": 10}
_OPERATOR = re.compile(r"<<|>>|[*/%+\-&^|]")
_RANK = {"*": 5, "/": 5, "%": 5, "+": 4, "-": 4, "<<": 3, ">>": 3, "&": 2, "^": 1, "|": 0}


class _Wrong(Exception):
    """What is wrong with an expression; the reader knows how far it came."""


def evaluate(expression: str, *, decimal: bool = False) -> int:
    """The value of an expression; with ``decimal`` (``eval10``) a leading 0 is only a digit.

    Raises ExpansionFailed, which tells how far the reading came.
    """
    reader = _Reader(expression, re.compile(_DECIMAL if decimal else _NUMBER))
    try:
        return reader.read()
    except _Wrong as wrong:
        done = expression[: reader.at]
        raise ExpansionFailed(
            f'error in expression evaluation: {wrong} (after processing "{done}")'
        ) from None


class _Reader:
    """One expression on its way from text to value."""

    def __init__(self, text: str, number: re.Pattern[str]) -> None:
        self.text = text
        self.number = number
        self.at = 0
        self.values: list[int] = []
        self.waiting: list[str] = []

    def read(self) -> int:
        while True:
            self.operand()
            while not (operator := self.operator()):
                if not self.close():
                    return self.values[0]
            self.settle(_RANK[operator])
            self.waiting.append(operator)
            self.at += len(operator)

    def operand(self) -> None:
        """Signs and opening brackets, then a number."""
        while not (found := self.number.match(self.text, self.at)):
            self.blank()
            sign = self.text[self.at : self.at + 1]
            if not sign or sign not in "+-~(":
                raise _Wrong("expecting number or opening parenthesis")
            self.waiting.append(sign if sign in "~(" else f"sign {sign}")
            self.at += 1
        self.at = found.end()
        self.values.append(_literal(found))
        self.sign()

    def operator(self) -> str:
        """The operator that comes next, or nothing. Not yet passed: what waits is settled first."""
        found = _OPERATOR.match(self.text, self.at)
        return found[0] if found else ""

    def close(self) -> bool:
        """Whether a bracket closes here. If not, it must be the end of the expression."""
        self.settle(0)
        if self.waiting:  # only an opening bracket stops settle(0)
            if not self.text.startswith(")", self.at):
                raise _Wrong("expecting closing parenthesis")
            self.waiting.pop()
            self.at += 1
            self.blank()
            self.sign()
            return True
        if self.at < len(self.text):
            raise _Wrong("expecting operator")
        return False

    def settle(self, rank: int) -> None:
        """Work off what binds at least as tightly as the operator that has just been read."""
        while self.waiting and _RANK.get(self.waiting[-1], -1) >= rank:
            right = self.values.pop()
            self.values[-1] = int64(_BINARY[self.waiting.pop()](self.values[-1], right))

    def sign(self) -> None:
        """Turn the value that has just been read as the signs before it say."""
        while self.waiting and (turn := _UNARY.get(self.waiting[-1])):
            self.waiting.pop()
            self.values[-1] = int64(turn(self.values[-1]))

    def blank(self) -> None:
        """Past white space, if there is any."""
        if found := _BLANK.match(self.text, self.at):
            self.at = found.end()


def _literal(found: re.Match[str]) -> int:
    """A number with its unit. What is too large to be written is the largest there is."""
    for base, digits in found.groupdict().items():
        if digits and base in _BASES:
            digits = digits.lstrip("0")
            value = MAX if len(digits) > 24 else min(int(digits or "0", _BASES[base]), MAX)
            return int64(value * UNITS[found["unit"].lower()]) if found["unit"] else value
    return 0


def _quotient(left: int, right: int) -> int:
    """Towards zero, as C divides."""
    if right == 0:
        raise _Wrong("divide by zero")
    if left == MIN and right == -1:  # the one quotient that 64 bits cannot hold
        return MAX
    whole = abs(left) // abs(right)
    return whole if (left < 0) == (right < 0) else -whole


def _remainder(left: int, right: int) -> int:
    """With the sign of the left side, as C does."""
    if right == 0:
        raise _Wrong("modulo by zero")
    if left == MIN and right == -1:
        return MAX
    rest = abs(left) % abs(right)
    return -rest if left < 0 else rest


def _sum(left: int, right: int) -> int:
    _refuse(left, right, "overflow in sum")
    return left + right


def _difference(left: int, right: int) -> int:
    _refuse(left, right, "overflow in difference")
    return left - right


def _refuse(left: int, right: int, why: str) -> None:
    """Exim is careful: it looks at the left side alone, or at two large negative ones."""
    half = MAX // 2
    if left >= half or (left <= -half and right <= -half):
        raise _Wrong(why)


_UNARY: dict[str, Callable[[int], int]] = {
    "sign +": lambda value: value,
    "sign -": lambda value: -value,
    "~": lambda value: ~value,
}
_BINARY: dict[str, Callable[[int, int], int]] = {
    "*": lambda left, right: left * right,
    "/": _quotient,
    "%": _remainder,
    "+": _sum,
    "-": _difference,
    "<<": lambda left, right: left << (right & 63),
    ">>": lambda left, right: left >> (right & 63),
    "&": lambda left, right: left & right,
    "^": lambda left, right: left ^ right,
    "|": lambda left, right: left | right,
}


# --- numbers in conditions and arguments ----------------------------------------------------------

_SIGNED = re.compile(r"[ \t\n\r\v\f]*([+-]?[0-9]+)")


def read_integer(text: str, *, positive: bool = False) -> int:
    """A number as the numeric conditions read it: decimal, with K, M or G, blanks around it.

    Only blanks are 0; nothing at all is no number. Raises ExpansionFailed.

    >>> read_integer("-1k"), read_integer("010"), read_integer("  ")
    (-1024, 10, 0)
    """
    if text and not text.strip(SPACE):
        return 0
    text = text.lstrip(SPACE)
    found = _SIGNED.match(text)
    if not found:
        raise ExpansionFailed(f'integer expected but "{text}" found')
    unit = UNITS.get(text[found.end() : found.end() + 1].lower())
    value = _digits(found[1]) * (unit or 1)
    if positive and value < 0:
        raise ExpansionFailed(f'non-negative integer expected but "{text}" found')
    if not MIN <= value <= MAX:
        raise ExpansionFailed(f'absolute value of integer "{text}" is too large (overflow)')
    if text[found.end() + bool(unit) :].strip(SPACE):
        raise ExpansionFailed(f'invalid integer "{text}"')
    return value


def read_argument(text: str, item: str, *, signed: bool = False) -> int:
    """A number handed to ``${hash``, ``${nhash``, ``${substr`` or ``${length``: 32 bits.

    Nothing at all is 0. Raises ExpansionFailed.

    >>> read_argument("-3", "substr", signed=True)
    -3
    """
    found = _SIGNED.fullmatch(text)
    value = int32(min(max(_digits(found[1]), MIN), MAX)) if found else 0
    if (text and not found) or (value < 0 and not signed):
        kind = "a number" if signed else "a positive number"
        raise ExpansionFailed(f'"{text}" is not {kind} (in "{item}" expansion)')
    return value


def _digits(text: str) -> int:
    """``int`` without its limit on length: more than 24 digits are too many in any case."""
    sign, digits = ("-", text[1:]) if text[0] == "-" else ("", text.lstrip("+"))
    return int(sign + (digits.lstrip("0")[:24] or "0"))
