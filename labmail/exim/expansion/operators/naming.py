"""Lists: how long one is, and what a named one holds.

    domainlist local_domains = ask.com : +more
    domainlist more = ask.org

    ${listnamed:local_domains}     ask.com : ask.org
    ${listcount:a : b : c}         3

Law: Exim specification, chapter 11; §10.5 for named lists.
"""

from __future__ import annotations

from typing import Any

from labmail.exim.config.split import separated, split
from labmail.exim.errors import ExpansionFailed

from .operator import operator

KINDS = {"a": "address", "d": "domain", "h": "host", "l": "localpart"}
"""The letters behind ``listnamed_``, in the order in which the lists are searched."""

DEEPEST = 100
"""How many lists may stand in one another. Exim has no limit, and a circle is its end."""


@operator(fresh=True)
def listcount(text: str) -> str:
    """How many items a list has.

    >>> listcount("a : b : c"), listcount("<; fe80::1 ; ::1"), listcount("")
    ('3', '2', '0')
    """
    return str(sum(1 for _ in split(text)))


@operator(fresh=True)
def listnamed(text: str, argument: str | None, context: Any) -> str:
    """The items of a named list; of one kind, where a letter says which.

    Colons within an item are doubled again only where the list has another separator than colons.
    """
    kind = None if argument is None else KINDS.get(argument[:1])
    if argument is not None and kind is None:
        raise ExpansionFailed('bad suffix on "list" operator')
    return _content(text, kind, context.named, 0)


def _content(name: str, kind: str | None, named: Any, depth: int) -> str:
    name = name.removeprefix("+")
    kinds = [kind] if kind else list(KINDS.values())
    found = next((named[one][name] for one in kinds if name in named.get(one, ())), None)
    if found is None:
        raise ExpansionFailed(f'"{name}" is not a {kind + " " if kind else ""}named list')
    if depth > DEEPEST:
        raise ExpansionFailed(f'"{name}" leads back to itself', help="take +name out of the list")
    colon = ":" if separated(found.text)[0] == ":" else "::"
    return " : ".join(
        _content(item, kind, named, depth + 1) if item[:1] == "+" else item.replace(":", colon)
        for item in split(found.text)
    )
