"""Prefixes and suffixes: owner-list, bob+news. They are taken off before a router looks.

    local_part_prefix = owner- : *-real-       a * at the outer end stands for anything
    local_part_suffix = -request : +*

Law: Exim specification, chapter 15 (local_part_prefix, local_part_suffix).

Try: ``prefix("real-owner-x", "*owner-").text``.
"""

from __future__ import annotations

from labmail.exim.config.split import split

from .address import Affix, lower


def prefix(local_part: str, listed: str) -> Affix | None:
    """The first that fits; with a ``*`` it is as long as it can be.

    >>> prefix("owner-bob", "real- : owner-").text, prefix("a-b-c", "*-").wild
    ('owner-', 'a-b')
    """
    small = lower(local_part)
    for item in split(listed):
        if item.startswith("*"):
            at = small.rfind(lower(item[1:]))
            if at >= 0:
                return Affix(local_part[: at + len(item) - 1], local_part[:at])
        elif item and small.startswith(lower(item)):
            return Affix(local_part[: len(item)])
    return None


def suffix(local_part: str, listed: str) -> Affix | None:
    """The first that fits, likewise.

    >>> suffix("bob+news+x", "-x : +*").text, suffix("bob+news+x", "+*").wild
    ('+news+x', 'news+x')
    """
    small = lower(local_part)
    for item in split(listed):
        if item.endswith("*"):
            at = small.find(lower(item[:-1]))
            if at >= 0:
                return Affix(local_part[at:], local_part[at + len(item) - 1 :])
        elif item and small.endswith(lower(item)):
            return Affix(local_part[len(local_part) - len(item) :])
    return None
