"""How long a string is, and pieces of it. Everything is counted in octets.

    b o b @ a s k . c o m
    0 1 2 3 4 …             ${substr_4_3:…} is "ask": from 4, three of them
           … -3 -2 -1       ${substr_-3_3:…} is "com": from the right
                            ${substr_-4:…} is "bob@ask": without a length, what stands before

The same is written with arguments as ``${substr{4}{3}{…}}`` and ``${length{3}{…}}``; those items
use `piece` and `leading`.
"""

from __future__ import annotations

from .numbered import numbers
from .operator import operator


@operator(fresh=True)
def strlen(text: str) -> str:
    """How many octets there are.

    >>> strlen("bob@ask.com")
    '11'
    """
    return str(len(text))


@operator("length", "l")
def length(text: str, argument: str | None, name: str) -> str:
    """The first so many octets, or all of them where there are fewer.

    >>> length("bob@ask.com", "3", "length")
    'bob'
    """
    count, _ = numbers(name, argument)
    return leading(text, count)


@operator("substr", "s")
def substr(text: str, argument: str | None, name: str) -> str:
    """A piece, from a place, of a length. A negative place counts from the right.

    >>> substr("bob@ask.com", "4_3", "substr"), substr("bob@ask.com", "-3_2", "substr")
    ('ask', 'co')
    """
    start, count = numbers(name, argument, signed=True, two=True)
    return piece(text, start, count)


def leading(text: str, count: int) -> str:
    """The first ``count`` octets; a count that has turned over means all of them."""
    return text if count < 0 else text[:count]


def piece(text: str, start: int, count: int | None = None) -> str:
    """What `substr` gives. Without a count: to the end, or, from the right, what stands before.

    >>> piece("bob@ask.com", 4), piece("bob@ask.com", -4)
    ('ask.com', 'bob@ask')
    """
    if start >= 0:
        return text[start:] if count is None or count < 0 else text[start : start + count]
    start += len(text)
    if count is None or count < 0:
        return text[: max(start, 0)]
    if start < 0:  # it begins left of the string: what lies there is missing
        return text[: max(count + start, 0)]
    return text[start : start + count]
