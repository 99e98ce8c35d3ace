"""Lengths of time, as configurations write them: ``2d4h5m``.

    w  week      d  day      h  hour      m  minute      s  second

A month is none, since none is like another.

Law: Exim specification, §6.15, "Time intervals". `read_interval` and `interval` serve options too.
"""

from __future__ import annotations

import re

from labmail.exim.errors import ExpansionFailed
from labmail.exim.expansion.arithmetic import int32

from .operator import operator

SECONDS = {"w": 604_800, "d": 86_400, "h": 3_600, "m": 60, "s": 1}

_PART = re.compile(r"([0-9]+)([wdhms])")
_WHOLE = re.compile(r"(?:[0-9]+[wdhms])+")


@operator(fresh=True)
def time_eval(text: str) -> str:
    """A length of time in seconds.

    >>> time_eval("2d4h5m")
    '187500'
    """
    seconds = read_interval(text)
    if seconds is None:
        raise ExpansionFailed(
            f'string "{text}" is not an Exim time interval in "time_eval" operator'
        )
    return str(seconds)


@operator(fresh=True)
def time_interval(text: str) -> str:
    """Seconds as a length of time.

    >>> time_interval("694861")
    '1w1d1h1m1s'
    """
    if not _DIGITS.fullmatch(text):
        raise ExpansionFailed(
            f'string "{text}" is not a positive number in "time_interval" operator'
        )
    return interval(int32(int(text[-64:] or "0")))


_DIGITS = re.compile(r"[0-9]*")


def read_interval(text: str) -> int | None:
    """Seconds, or None where it is no length of time. Counted in 32 bits, like all of Exim's times.

    >>> read_interval("1h30m"), read_interval("90"), read_interval("1h 30m")
    (5400, None, None)
    """
    if not _WHOLE.fullmatch(text):
        return None
    total = 0
    for digits, unit in _PART.findall(text):
        number = -1 if len(digits.lstrip("0")) > 19 else min(int(digits), 2**63 - 1)
        total = int32(total + int32(number) * SECONDS[unit])
    return total if total >= 0 else None


def interval(seconds: int) -> str:
    """A length of time in words of Exim's; a negative one has a minus before it.

    >>> interval(0), interval(-90)
    ('0s', '-1m30s')
    """
    sign, rest, written = "-" if seconds < 0 else "", abs(seconds), ""
    for unit, length in SECONDS.items():
        count, rest = divmod(rest, length)
        written += f"{count}{unit}" if count else ""
    return sign + (written or "0s")
