"""The kinds of lookup, and what each must be able to do.

A *single-key* lookup is asked for a key in a file; a *query* says by itself what it wants. Each
kind is one module, imported when the kind is first named, with

    open_table(name, where, world) -> Table     single keys: whoever opens says what is wrong
    Table.find(question, world) -> Answer

    find(question, world) -> Answer             queries

    quote(name, text, option) -> str | None     queries: data made safe; None for an unknown option

To add one: copy `dsearch.py` (a single key) or `passwd.py` (a query), and put its names in `KINDS`.

Law: Exim specification, §9.2 to §9.4, §9.9 (quoting).
"""

from __future__ import annotations

import errno
import os
from collections.abc import Awaitable, Callable
from functools import cache
from typing import Any, NamedTuple, Protocol

from labmail.exim.errors import ExpansionFailed
from labmail.exim.files import Files

SINGLE_KEY = "single-key"
QUERY = "query"

KINDS: dict[str, tuple[str, str]] = {
    "lsearch": ("lsearch", SINGLE_KEY),
    "iplsearch": ("iplsearch", SINGLE_KEY),
    "wildlsearch": ("wildlsearch", SINGLE_KEY),
    "nwildlsearch": ("wildlsearch", SINGLE_KEY),
    "dsearch": ("dsearch", SINGLE_KEY),
    "cdb": ("cdb", SINGLE_KEY),
    "dbm": ("dbm", SINGLE_KEY),
    "dbmnz": ("dbm", SINGLE_KEY),
    "dbmjz": ("dbm", SINGLE_KEY),
    "json": ("json", SINGLE_KEY),
    "passwd": ("passwd", QUERY),
    "sqlite": ("sqlite", QUERY),
    "pgsql": ("pgsql", QUERY),
    "dnsdb": ("dnsdb", QUERY),
    "nis": ("absent", SINGLE_KEY),
    "nis0": ("absent", SINGLE_KEY),
    "spf": ("absent", SINGLE_KEY),
    "ldap": ("absent", QUERY),
    "ldapdn": ("absent", QUERY),
    "ldapm": ("absent", QUERY),
    "mysql": ("absent", QUERY),
}
"""What a lookup may be called, the module that does it, and whether it takes a key or a query."""


class CannotOpen(ExpansionFailed):
    """A file that a lookup needs is not there, may not be read, or is of the wrong kind."""


InDomains = Callable[[str, str], Awaitable[bool]]
"""Is a domain in a list? Lists are matched above lookups, so whoever can do it is handed in."""


class World(Protocol):
    """What a kind of lookup may ask of the desk it works for (`searches.Searches`)."""

    files: Files
    clock: Any
    names: Any
    databases: Any
    in_domains: InDomains | None
    log: Callable[[str], None] | None

    def setting(self, name: str) -> str | None:
        """The value of a main option of the configuration, None where it is not set."""

    async def found(self, item: str, question: Question) -> bool:
        """Is the question's key found by a lookup that is an item of a list (``cdb;/file``)?"""


class Question(NamedTuple):
    """One question to a kind of lookup.

    ``name`` is the kind's name, for modules that answer to several; ``expand`` expands a string
    in the asker's place.
    """

    name: str
    key: str
    options: tuple[str, ...] = ()
    tainted: bool = False
    expand: Callable[[str], Awaitable[str]] | None = None

    def option(self, name: str) -> str | None:
        """The value of the last option of that name."""
        for option in reversed(self.options):
            if option.startswith(f"{name}="):
                return option[len(name) + 1 :]
        return None


class Answer(NamedTuple):
    """What a kind of lookup found: ``value`` is None for nothing.

    ``why`` says where; ``keep`` is false where the question altered the data or the answer ages,
    so that it may not be remembered; ``authenticated`` is a name server's word on DNSSEC: "yes",
    "no", "" where it was not wanted, None where no server was asked; ``complaint`` is what a
    library had to say.
    """

    value: str | None
    why: str = ""
    keep: bool = True
    authenticated: str | None = None
    complaint: str | None = ""


class Table(Protocol):
    """An open file, directory or document."""

    async def find(self, question: Question, world: World) -> Answer: ...


def look(files: Files, path: str) -> os.stat_result:
    """What a path leads to; the empty one leads nowhere. Raises OSError."""
    if not path:
        raise FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT), path)
    return files.stat(path)


def mark(files: Files, path: str) -> tuple[int, ...]:
    """By what a file is known to be the one that was read before. Raises OSError."""
    seen = look(files, path)
    return seen.st_dev, seen.st_ino, seen.st_mtime_ns, seen.st_size


@cache
def module(name: str) -> Any:
    """The module of a kind of lookup."""
    from importlib import import_module

    return import_module(f"labmail.exim.lookups.{KINDS[name][0]}")
