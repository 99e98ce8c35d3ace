r"""Comparing strings in Sieve: is, contains, matches, by three comparators.

    i;ascii-casemap   small and capital letters of ASCII are the same (the default)
    i;octet           each octet counts
    i;ascii-numeric   the digits at the beginning; all that begins otherwise is endless, and equal

In ``:matches``, ``*`` is any number of characters, ``?`` is one, and a backslash frees them.

Law: RFC 5228 §2.7; RFC 4790 §9.

Try::

    >>> matches(Matching(":matches", "i;ascii-casemap"), "Weekly notes 42", "*NOTES ??")
    True
"""

from __future__ import annotations

import re

from .extending import related
from .tree import Matching


def matches(how: Matching, value: str, key: str) -> bool:
    """Is the value what the key says?"""
    if how.relation:
        numeric = how.comparator == "i;ascii-numeric"
        if not numeric and how.comparator != "i;octet":
            value, key = _lowered(value), _lowered(key)
        return related(how.relation, value, key, numeric=numeric)
    if how.comparator == "i;ascii-numeric":
        return _digits(value) == _digits(key)
    if how.comparator != "i;octet":
        value, key = _lowered(value), _lowered(key)
    if how.type == ":contains":
        return key in value
    if how.type == ":matches":
        return _glob(value, key)
    return value == key


def _digits(text: str) -> str:
    found = re.match("[0-9]*", text)
    assert found
    return found[0]


def _lowered(text: str) -> str:
    return text.encode("latin-1").lower().decode("latin-1")


def _glob(value: str, pattern: str) -> bool:
    """Walks both at once; behind the latest ``*`` it starts anew. No pattern takes long."""
    wanted = re.findall(r"\\.|\\|\*|.", pattern, re.S)
    at = place = 0
    star, mark = -1, 0
    while at < len(value):
        token = wanted[place] if place < len(wanted) else ""
        if token == "*":
            star, mark = place, at
            place += 1
        elif token and (token == "?" or token[-1] == value[at]):
            at += 1
            place += 1
        elif star >= 0:
            mark += 1
            at, place = mark, star + 1
        else:
            return False
    return all(token == "*" for token in wanted[place:])
