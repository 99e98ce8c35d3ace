"""Numbers: plain, in K, octal, and with three places after the point.

Exim keeps them in C's integers, of 32 bits but for sizes of disks. A number that does not fit is
refused by name; a fixed-point number is not looked at so closely, and goes round like a clock. It
is the same here, since a configuration that works there must work here.

Law: Exim specification, §6.15 (integer), §6.16 (octal integer), §6.17 (fixed point).

Try: ``INTEGER.read("20M", "smtp_accept_max", ALONE)``.
"""

from __future__ import annotations

import re
from typing import Any, ClassVar

from labmail.exim.config.kind import Around, Kind, extra
from labmail.exim.config.names import BLANKS
from labmail.exim.config.people import People
from labmail.exim.errors import ConfigError

NUMBER = re.compile(r"[+-]?(?:0[xX][0-9A-Fa-f]+|0[0-7]*|[1-9][0-9]*)")
OCTAL = re.compile(r"[+-]?[0-7]+")
DECIMAL = re.compile(r"[+-]?[0-9]+")
SMALLEST, LARGEST = -(1 << 63), (1 << 63) - 1
MOST_DIGITS = 70


class Integer(Kind):
    """A whole number of 32 bits: decimal, octal (017) or hexadecimal (0x1F), with K, M, G, T."""

    name = "integer"
    called = ""
    number = NUMBER
    base = 0
    units: ClassVar[dict[str, int]] = {"k": 10, "m": 20, "g": 30, "t": 40}
    bits = 32

    def read(self, text: str, option: str, around: Around) -> Any:
        found = self.number.match(text)
        if not found:
            raise ConfigError(f"{self.called}integer expected for {option}")
        value, rest = whole_number(found.group(), self.base), text[found.end() :]
        if rest[:1].lower() in self.units:
            value, rest = value << self.units[rest[0].lower()], rest[1:]
        if not -(1 << self.bits - 1) <= value < 1 << self.bits - 1:
            raise ConfigError(f'absolute value of integer "{text}" is too large (overflow)')
        if rest.strip(BLANKS):
            raise extra(rest.lstrip(BLANKS), f"{self.called}integer value for {option}")
        return value


class OctalInteger(Integer):
    """The mode of a file: octal without saying so."""

    name = "octal integer"
    called = "octal "
    number = OCTAL
    base = 8

    def show(self, option: str, value: Any, people: People) -> str:
        return f"{option} = 0{value & 0xFFFFFFFF:o}" if value else f"{option} = 0"


class Size(Integer):
    """A number of octets, shown in K or M where it comes out even."""

    name = "integer in K or M"

    def show(self, option: str, value: Any, people: People) -> str:
        return f"{option} = {_in_units(value, ('', 'K', 'M'))}"


class DiskSize(Integer):
    """A number of kilobytes, of 64 bits: 10 and 10K are the same."""

    name = "integer of K"
    units: ClassVar[dict[str, int]] = {"k": 0, "m": 10, "g": 20, "t": 30, "p": 40, "e": 50}
    bits = 64

    def show(self, option: str, value: Any, people: People) -> str:
        return f"{option} = {_in_units(value, ('K', 'M', 'G', 'T')) if value else 0}"


class FixedPoint(Kind):
    """Three places after the point, kept as thousandths; below zero means not set."""

    name = "fixed point"

    def read(self, text: str, option: str, around: Around) -> Any:
        found = DECIMAL.match(text)
        if not found:
            raise ConfigError(f"fixed-point number expected for {option}")
        whole = wrapped(whole_number(found.group()))
        if whole < 0:
            raise ConfigError(f'integer "{text}" is too large (overflow)')
        places, rest = _places(text[found.end() :])
        if rest.strip(BLANKS):
            raise extra(rest.lstrip(BLANKS), f"fixed-point value for {option}")
        return wrapped(whole * 1000 + places)

    def show(self, option: str, value: Any, people: People) -> str:
        if value is None or value < 0:
            return f"{option} ="
        places = f"{value % 1000:03d}".rstrip("0") or "0"
        return f"{option} = {value // 1000}.{places}"


def whole_number(text: str, base: int = 10) -> int:
    """As C's strtol reads: a leading 0 means octal where the base is 0, too much is the most.

    >>> whole_number("-017", 0), whole_number("9" * 5000) == LARGEST
    (-15, True)
    """
    digits = text.lstrip("+-")
    if base == 0 and digits[:2].lower() != "0x" and digits.startswith("0"):
        base = 8
    value = int(digits, base) if len(digits.lstrip("0")) < MOST_DIGITS else LARGEST + 1
    return max(SMALLEST, -value) if text.startswith("-") else min(LARGEST, value)


def wrapped(value: int) -> int:
    """What is left of a number in 32 bits."""
    return ((value + 0x80000000) & 0xFFFFFFFF) - 0x80000000


def _places(text: str) -> tuple[int, str]:
    """Thousandths after a point, and what follows; more than three places are not looked at."""
    found = re.match(r"\.([0-9]*)", text)
    if not found:
        return 0, text
    return int(found.group(1)[:3].ljust(3, "0")), text[found.end() :]


def _in_units(value: int, units: tuple[str, ...]) -> str:
    place = 0
    while value and value % 1024 == 0 and place < len(units) - 1:
        value, place = value // 1024, place + 1
    return f"{value}{units[place]}"


INTEGER = Integer()
OCTAL_INTEGER = OctalInteger()
SIZE = Size()
DISK_SIZE = DiskSize()
FIXED_POINT = FixedPoint()
