"""Which keys are asked for, one after another, until one is found.

A key may lose components in front (partial matching), and in the end there may be a default:

    a.ask.com   in partial-lsearch*     a.ask.com  *.a.ask.com  *.ask.com  *
    ann@ask.com in lsearch*@            ann@ask.com  *@ask.com  *

Whichever is found first answers. With it goes what the wildcard stood for: ``$1`` is the part that
was dropped, ``$2`` the part that remained.

Law: Exim specification, §9.6, §9.7. Where nothing remains of a key, Exim counts the dropped part
one character short; so do we.

Try: ``list(attempts(parse("partial-lsearch*"), "a.ask.com"))``.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from labmail.exim.lookups.kind import Kind

_COMPONENTS = 1000
"""A key of more components loses the first of them at once: no name has so many."""


class Attempt(NamedTuple):
    """A key to ask for, and what ``$1`` and ``$2`` become if it is found (None: untouched)."""

    key: str
    wild: str | None = None
    fixed: str | None = None


def attempts(kind: Kind, key: str) -> Iterator[Attempt]:
    """The keys in the order in which they are tried. An empty one is never asked for."""
    for attempt in _attempts(kind, key):
        if attempt.key:
            yield attempt


def _attempts(kind: Kind, key: str) -> Iterator[Attempt]:
    if kind.partial is None:
        yield Attempt(key)
    else:
        yield Attempt(key, "", key)
        yield from _shortened(kind.affix, kind.partial, key)
    if kind.default == "*@":
        local_part, at, domain = key.rpartition("@")
        if at and local_part:
            yield Attempt(f"*@{domain}", local_part, "")
    if kind.default:
        yield Attempt("*", key, "")


def _shortened(affix: str, least: int, key: str) -> Iterator[Attempt]:
    """The key behind the affix, whole and then without its first components."""
    if affix:
        yield Attempt(affix + key, "", key)
    dots = key.count(".")
    spare = max(0, dots - _COMPONENTS)
    rest = key.split(".", spare)[spare]
    for _ in range(dots - spare, least - 1, -1):
        _, dot, rest = rest.partition(".")
        if dot:
            yield Attempt(affix + rest, key[: len(key) - len(rest) - 1], rest)
        elif affix:
            alone = affix[:-1] if len(affix) > 1 and affix.endswith(".") else affix
            yield Attempt(alone, key[:-1], "")
