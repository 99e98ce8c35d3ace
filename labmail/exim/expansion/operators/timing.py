"""Lengths of time, as configurations write them: ``2d4h5m``.

    w  week      d  day      h  hour      m  minute      s  second

A month is none, since none is like another. Times are counted in 32 bits.

Law: Exim specification, chapter 11; §6.18, "Time intervals".
"""

from __future__ import annotations

import re

from labmail.exim.config.times import read_time, show_time
from labmail.exim.errors import ExpansionFailed
from labmail.exim.expansion.arithmetic import int32

from .operator import operator


@operator(fresh=True)
def time_eval(text: str) -> str:
    """A length of time in seconds.

    >>> time_eval("2d4h5m")
    '187500'
    """
    seconds = read_time(text)
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
    return show_time(int32(int(text[-64:] or "0")))


_DIGITS = re.compile(r"[0-9]*")
