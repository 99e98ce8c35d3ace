"""A configuration that has been read: plain data, each with its file and line.

Nothing here knows what a setting means. Values have the types of their kinds; everything else is
text as it was written.

Law: Exim specification, §6.1 (the sections of the file).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any, NamedTuple

from labmail.exim.config.kind import Option
from labmail.exim.config.macros import Macros
from labmail.exim.config.people import NOBODY, People
from labmail.exim.files import Files

LISTS = ("domain", "host", "address", "localpart")
DRIVERS = ("routers", "transports", "authenticators")


class Line(NamedTuple):
    """A logical line and where it ends in its file."""

    text: str
    file: str
    line: int


class Settings:
    """Values of options: those that were set, and defaults for the others."""

    def __init__(self, options: Mapping[str, Option]) -> None:
        self.options = options
        self.values: dict[str, Any] = {}
        """What was set, by name."""
        self.derived: dict[str, Any] = {}
        """What followed from it when it was checked: counts where nothing was set."""
        self.hidden: set[str] = set()
        """Set with `hide`."""
        self.places: dict[str, tuple[str, int]] = {}
        """File and line of each value."""

    def set(self, name: str) -> bool:
        """Was it set?"""
        return name in self.values

    def __getitem__(self, name: str) -> Any:
        """The value, set or not. Raises KeyError if there is no such option."""
        if name in self.values:
            return self.values[name]
        if name in self.derived:
            return self.derived[name]
        return self.options[name].default

    def __iter__(self) -> Iterator[str]:
        """The names of all options."""
        return iter(self.options)


class Block(Settings):
    """A router, a transport or an authenticator."""

    def __init__(self, name: str, options: Mapping[str, Option], file: str, line: int) -> None:
        super().__init__(options)
        self.name = name
        self.file = file
        self.line = line

    @property
    def driver(self) -> str:
        """Empty as long as it has not been said."""
        return self.values.get("driver", "")


class NamedList(NamedTuple):
    """`domainlist local_domains = @ : example.com`."""

    name: str
    text: str
    hidden: bool
    cache: bool
    """Answers may be kept although the list is expanded: `domainlist_cache`."""
    file: str
    line: int


class Acl(NamedTuple):
    """An access control list: its lines, and what the vocabulary made of them."""

    name: str
    lines: list[Line]
    statements: Any
    file: str
    line: int


class Rule(NamedTuple):
    """A line of the rewrite or retry section, and what the vocabulary made of it."""

    text: str
    meaning: Any
    file: str
    line: int


class Configuration:
    """All that a configuration says."""

    def __init__(self, path: str, main: Mapping[str, Option], macros: Macros) -> None:
        self.path = path
        self.main = Settings(main)
        self.macros = macros
        self.people: People = NOBODY
        self.files: Files | None = None
        self.expand: Callable[[str], str] | None = None
        """What `read` was given to expand texts with."""
        self.named: dict[str, dict[str, NamedList]] = {kind: {} for kind in LISTS}
        self.routers: list[Block] = []
        self.transports: list[Block] = []
        self.authenticators: list[Block] = []
        self.acls: dict[str, Acl] = {}
        self.rewrites: list[Rule] = []
        self.retries: list[Rule] = []
        self.end = (path, 0)
        """File and line that were read last."""
        self.lines: list[str] = []
        """Every logical line, and marks of where it came from, as `-bP config` shows them."""

    def drivers(self, section: str) -> list[Block]:
        """The blocks of "routers", "transports" or "authenticators"."""
        blocks: list[Block] = getattr(self, section)
        return blocks
