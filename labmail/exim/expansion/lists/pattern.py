r"""One item of a list against one string: the patterns that all kinds of list share.

    ask.com                    the same, letter by letter
    *.ask.com                  everything with this end
    ^mail\d+\.ask\.com$        a regular expression
    lsearch;/etc/domains       whatever is a key in this file
    sqlite;select …            whatever, if the query finds something
    @  @[]  @mx_any…           this host (`special`), where the list is one of domains or hosts

Case does not count, unless the list says so. A match leaves behind a value and, where it is wanted,
``$0`` (the string), ``$1`` (what the asterisk or the first parentheses stand for) and so on.

Law: Exim specification, §10.9; §9.4 for what a lookup is written like.

Try: ``drive(check(Manner(), Text("www.ask.com"), Text("*.ask.com"), Context()))``.
"""

from __future__ import annotations

from typing import Any, NamedTuple

from labmail.exim import regex
from labmail.exim.config.split import SPACE
from labmail.exim.errors import ExpansionFailed
from labmail.exim.text import Text


class Manner(NamedTuple):
    """How to compare."""

    caseless: bool = True
    partial: bool = True
    """``partial-`` in front of a lookup counts."""
    special: bool = False
    """``@`` and its kin mean this host."""


class Hit(NamedTuple):
    """An item that matched: its value, ``$0`` and further, and how it came about."""

    value: Text
    numeric: tuple[Text, ...]
    why: str


async def check(
    manner: Manner, subject: Text, pattern: Text, context: Any, *, key: Text | None = None
) -> Hit | None:
    """What an item makes of the subject; None: it does not match.

    Lookups and plain comparisons take ``key`` (by default the subject, in small letters unless case
    counts), regular expressions the subject as it is. Raises Deferred, and Panic where Exim ends.
    """
    if key is None:
        key = subject.like(lower(subject.text)) if manner.caseless else subject
    if pattern.text.startswith("^"):
        return _by_regex(manner, subject, pattern)
    if pattern.text.startswith("*"):
        return _by_end(manner, key, pattern)
    if manner.special and pattern.text.startswith("@"):
        from labmail.exim.expansion.lists import special

        if pattern.text == "@":
            pattern = Text(context.setting("primary_hostname"))
        elif special.known(pattern.text):
            return await special.check(key, pattern, context)
    if ";" in pattern.text:
        return await _by_lookup(manner, key, pattern, context)
    same = same_text(key.text, pattern.text, manner.caseless)
    return Hit(pattern, (key,), f"{key.text} is in the list") if same else None


def _by_regex(manner: Manner, subject: Text, pattern: Text) -> Hit | None:
    found = regex.required(pattern.text, caseless=manner.caseless).search(subject.text)
    if found is None:
        return None
    groups = (found.group(number) or "" for number in range(1, found.groups + 1))
    captured = tuple(Text(group, subject.tainted) for group in groups)
    why = f"{subject.text} matches the regular expression {pattern.text}"
    return Hit(pattern, (subject, *captured), why)


def _by_end(manner: Manner, key: Text, pattern: Text) -> Hit | None:
    """``*`` and the end of the string; the asterisk may stand for nothing."""
    end = pattern.text[1:]
    length = len(key.text) - len(end)
    if length < 0 or not same_text(key.text[length:], end, manner.caseless):
        return None
    why = f"{key.text} ends in {end}" if end else "* stands for everything"
    return Hit(pattern, (key, key.like(key.text[:length])), why)


async def _by_lookup(manner: Manner, key: Text, pattern: Text, context: Any) -> Hit | None:
    from labmail.exim.lookups import parse

    word, _, where = pattern.text.partition(";")
    try:
        kind = parse(word)
    except ExpansionFailed as wrong:
        raise regex.Panic(wrong.message, help=wrong.help) from None
    if not manner.partial:
        kind = kind._replace(partial=None)
    found = await look_up(kind, pattern.like(where.lstrip(SPACE)), key, context)
    if found.value is None:
        return None
    wild = () if found.wild is None else (Text(found.wild, key.tainted), Text(found.fixed or ""))
    why = found.why or f"{key.text} is found by {pattern.text}"
    return Hit(found.value, (key, *wild), why)


async def look_up(kind: Any, where: Text, key: Text, context: Any) -> Any:
    """Ask for a key in a file, or put a query: ``where``. A file that is not there is the end."""
    from labmail.exim.expansion.evaluator import expand
    from labmail.exim.lookups.table import CannotOpen

    async def expanded(text: str) -> str:
        return (await expand(text, context)).text

    file, asked = (Text(""), where) if kind.style == "query" else (where, key)
    try:
        return await context.searches.find(kind, file, asked, expand=expanded)
    except CannotOpen as wrong:
        said = "NULL" if wrong.message == "(null)" else wrong.message
        raise regex.Panic(said, help=wrong.help) from None


def lower(text: str) -> str:
    """Small letters, for ASCII only: other octets are no letters.

    >>> lower("ASK.com") + lower("\xc9")
    'ask.com\xc9'
    """
    return text.lower() if text.isascii() else text.encode("latin-1").lower().decode("latin-1")


def same_text(one: str, other: str, caseless: bool) -> bool:
    """The same, and if case does not count, the same in small letters."""
    return one == other or (caseless and lower(one) == lower(other))
