"""Variables: every name that may stand behind a ``$``, by what it tells about.

    letter        the letter on its way: addresses, sizes, bodies
    connection    who sends it, over which line; authentication and encryption
    delivery      where it goes: the address, the router, the transport
    checks        what was found out about it: SPF, DKIM, viruses, spam, DNS lists
    machine       the host, the process, the configuration
    moments       the time, in many forms
    working       what a string sets itself: $value, $item, $1, $acl_arg1

Each is a table with a name and its value where nobody knows better, or a function with the name of
the variable. The value that the caller put into the context comes first.

Some names are made by the administrator: ``$acl_m_seen``, ``$acl_c0``, ``$r_colour``.

Law: Exim specification, §11.9, "Expansion variables".

Try::

    >>> find("no_such_thing") is None
    True
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import lru_cache

from labmail.exim.text import EMPTY, Text

from ..context import Context
from . import checks, connection, delivery, letter, machine, moments, working

__all__ = ["Known", "find", "hint", "names"]

Known = Callable[[Context], Text | None]
"""What gives the value. None: Exim knows no such variable, after all."""

THEMES = (letter, connection, delivery, checks, machine, moments, working)

_ACL = re.compile(r"acl_[cm](?![A-Za-z]).*")
_MADE = re.compile(r"auth[1-4]|regex[1-9]|r_.*")


def _tables() -> dict[str, Known]:
    known: dict[str, Known] = {}
    for theme in THEMES:
        for line in theme.TABLE.split("\n"):
            name, _, default = line.strip().partition(" ")
            if name:
                known[name] = _kept(name, Text(default.strip()))
        known.update(theme.COMPUTED)
    return known


def _kept(name: str, default: Text) -> Known:
    return lambda context: context.variables.get(name, default)


_KNOWN = _tables()


def names() -> list[str]:
    """Every variable that has a fixed name."""
    return sorted(_KNOWN)


@lru_cache(maxsize=4096)
def find(name: str) -> Known | None:
    """What gives the value of a variable; None where no variable has that name."""
    if name in _KNOWN:
        return _KNOWN[name]
    if _ACL.match(name):
        return _set_by_acl(name)
    if _MADE.fullmatch(name):
        return _kept(name, EMPTY)
    return None


def _set_by_acl(name: str) -> Known:
    """A variable that an ACL sets: empty before, or an error where the configuration says so."""

    def value(context: Context) -> Text | None:
        kept = context.acl_variables.get(name)
        if kept is None:
            return None if context.settings.get("strict_acl_vars") else EMPTY
        return kept

    return value


def hint(name: str) -> str:
    """What Exim adds to its message about a name that looks like an ACL variable's."""
    if not name.startswith("acl_"):
        return ""
    if not name.startswith(("acl_c", "acl_m")):
        return " (user-defined ACL variables must start acl_c or acl_m)"
    if name[5:6].isalpha():
        return " (6th character of a user-defined ACL variable must be a digit or underscore)"
    return " (strict_acl_vars is set)"
