"""Times: `1w2d3h4m5s`, and lists of them.

Each number has its letter, the sum counts, and at least one must be there: `5` alone is no time.
The sum is kept in 32 bits and goes round like a clock; what comes out below zero is refused.

Law: Exim specification, §6.18 (time intervals).

Try: ``TIME.read("90m", "timeout", ALONE)``.
"""

from __future__ import annotations

import re
from typing import Any

from labmail.exim.config.kind import Around, Kind
from labmail.exim.config.numbers import whole_number, wrapped
from labmail.exim.config.people import People
from labmail.exim.errors import ConfigError

SECONDS = {"w": 604800, "d": 86400, "h": 3600, "m": 60, "s": 1}
PIECE = re.compile(r"([0-9]+)([wdhms])")
WHOLE = re.compile(r"(?:[0-9]+[wdhms])+")
ITEM = re.compile(r"((?:[0-9]+[wdhms])+)[ \t]*(?::[ \t]*|$)")
MOST = 10


class Time(Kind):
    """A time in seconds."""

    name = "time"

    def read(self, text: str, option: str, around: Around) -> Any:
        seconds = read_time(text)
        if seconds is None:
            raise _invalid(option)
        return seconds

    def show(self, option: str, value: Any, people: People) -> str:
        return f"{option} = {show_time(value)}"


class TimeList(Kind):
    """Rising times, with colons between them: `4h:1d:3d`."""

    name = "time list"

    def read(self, text: str, option: str, around: Around) -> Any:
        times: list[int] = []
        for item in text.split(":") if text else ():
            seconds = read_time(item.strip(" \t"))
            if seconds is None:
                raise _invalid(option)
            if times and seconds <= times[-1]:
                raise ConfigError(f"time value out of order for {option}")
            if len(times) >= MOST:
                raise ConfigError(f"too many time values for {option}")
            times.append(seconds)
        return times

    def show(self, option: str, value: Any, people: People) -> str:
        if not value or not value[0]:
            return f"{option} = "
        return f"{option} = {':'.join(map(show_time, value))}"


def read_time(text: str) -> int | None:
    """Seconds; None where it is not a time.

    >>> read_time("1h1m1s")
    3661
    """
    if not WHOLE.fullmatch(text):
        return None
    total = sum(
        wrapped(whole_number(number)) * SECONDS[unit] for number, unit in PIECE.findall(text)
    )
    seconds = wrapped(total)
    return None if seconds < 0 else seconds


def show_time(seconds: int) -> str:
    """As Exim writes a time.

    >>> show_time(1209661)
    '2w1m1s'
    """
    if seconds < 0:
        return "-" + show_time(-seconds)
    parts = []
    for letter, length in SECONDS.items():
        number, seconds = divmod(seconds, length)
        if number:
            parts.append(f"{number}{letter}")
    return "".join(parts) or "0s"


def _invalid(option: str) -> ConfigError:
    return ConfigError(
        f"invalid time value for {option}",
        help="A time is numbers with a letter each: w, d, h, m or s, such as 1h30m.",
    )


TIME = Time()
TIME_LIST = TimeList()
