r"""A list is one string; here it comes apart into its items.

::

    a : b : c           three items; white space around them does not count
    <; fe80::1 ; ::1    "<" and a punctuation or control character: the separator for this list
    a::b                a doubled separator is one that belongs to the item: a:b
    a : : b             an empty item, for white space keeps the two colons apart
    a : b :             the last separator ends the list: no empty item follows

The second line is why lists of IPv6 addresses change the separator: ``fe80::1`` in a list with
colons is the item ``fe80:1``, which is no address at all.

Law: Exim specification, chapter 6, "List construction" and "Empty items in lists".

Try: ``list(split("<; a; b;;c"))``.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import lru_cache

SPACE = " \t\n\v\f\r"
_SHORT = 4096
_PUNCTUATION = frozenset("!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~")


def split(text: str, default: str = ":") -> Iterator[str]:
    r"""The items of a list, one after the other.

    >>> list(split("a : b::c : : d :")), list(split("<\n 1 \n\n 2"))
    (['a', 'b:c', '', 'd'], ['1', '', '2'])
    """
    return iter(_items(text, default) if len(text) < _SHORT else _split(text, default))


def _split(text: str, default: str) -> Iterable[str]:
    separator, text = separated(text, default)
    if separator + separator not in text or is_control(separator):
        items = text.split(separator)
        if not items[-1].strip(SPACE):
            items.pop()
        return [item.strip(SPACE) for item in items]
    return _doubled(text, separator)


@lru_cache(maxsize=256)
def _items(text: str, default: str) -> tuple[str, ...]:
    """The lists of a configuration are looked through again and again."""
    return tuple(_split(text, default))


def separated(text: str, default: str = ":") -> tuple[str, str]:
    """The separator that a list asks for, and the list behind that wish.

    >>> separated(" <; a; b"), separated("a: b"), separated("<a: b")
    ((';', 'a; b'), (':', 'a: b'), (':', '<a: b'))
    """
    text = text.lstrip(SPACE)
    if not text.startswith("<"):
        return default, text
    if text == "<":
        return default, ""
    wish = text[1]
    if wish not in _PUNCTUATION and not is_control(wish):
        return default, text
    return wish, text[2:].lstrip(SPACE.replace(wish, ""))


def is_control(character: str) -> bool:
    """Control characters separate, but cannot be doubled to stand for themselves."""
    return character < " " or character == "\x7f"


def _doubled(text: str, separator: str) -> Iterator[str]:
    """The items where some separators are doubled. A run of three is one in the item, then the end.

    >>> list(_doubled("a:::b :: c", ":"))
    ['a:', 'b : c']
    """
    pattern, at = _item(separator), 0
    while at < len(text):
        found = pattern.match(text, at)
        assert found is not None  # it matches the empty item, too
        item = found.group().strip(SPACE)
        if found.end() == len(text) and not found.group().strip(SPACE):
            return
        yield item.replace(separator + separator, separator)
        at = found.end() + 1


@lru_cache(maxsize=64)
def _item(separator: str) -> re.Pattern[str]:
    mark = re.escape(separator)
    return re.compile(f"(?:[^{mark}]|{mark}{mark})*", re.S)
