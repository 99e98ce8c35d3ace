"""An address on its way: what it is called, where it came from, and what routers found out.

An alias makes children, and they remember their parents, so that a circle is seen and a bounce can
tell how it came about::

    team@ask.com ──▶ ann@ask.com     an address
                 ──▶ |/bin/count     a program
                 ──▶ /var/log/team   a file
                 ──▶ >bob@ask.com    an answer that a filter sends to bob

Law: Exim specification, §3.8 (processing an address), chapter 22.

Try: ``Address(Text("Bob@ASK.com")).domain``.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from labmail.exim.text import EMPTY, Text

from .host import Host

LOWER = {code: code + 32 for code in range(ord("A"), ord("Z") + 1)}


def lower(text: str) -> str:
    """In small letters; of ASCII only, as Exim in the C locale."""
    return text.lower() if text.isascii() else text.translate(LOWER)


class Address:
    """An address, or a file, a program, an answer (`made`) that one has become."""

    __slots__ = (
        "address_data",
        "data",
        "deed",
        "errors_to",
        "headers_add",
        "headers_remove",
        "home",
        "hosts",
        "ignores_errors",
        "local_part",
        "made",
        "message",
        "one_time",
        "parent",
        "permitted",
        "prefix",
        "router",
        "self_hostname",
        "start",
        "suffix",
        "text",
        "transport",
        "unique",
        "user",
        "variables",
    )

    def __init__(self, text: Text, parent: Address | None = None, *, made: bool = False) -> None:
        self.text = text
        self.parent = parent
        self.made = made
        self.permitted = True
        self.start: Any = None
        """The block of the router to begin with; None: the first."""
        self.router: Any = None
        """The block of the router that looked at it last."""
        self.transport: Any = None
        self.hosts: list[Host] = []
        self.unique = text.text
        self.local_part = EMPTY
        """Without affixes, in small letters unless a router wants them as they are."""
        self.prefix = self.suffix = Affix()
        self.message: str | None = None
        self.address_data: Text | None = None
        self.variables: dict[str, Text] = {}
        self.data: dict[str, Text] = {}
        """What the router that took it had found: $local_part_data, $domain_data …"""
        self.deed: Any = None
        """What a filter wants done, where this comes from one (`labmail.exim.filters.deeds`)."""
        self.self_hostname = ""
        self.errors_to: str | None = None
        self.ignores_errors = False
        self.one_time = False
        self.headers_add: list[str] = []
        self.headers_remove: list[str] = []
        self.user: Any = None
        self.home: str | None = None

    @property
    def domain(self) -> Text:
        """What stands behind the last ``@``, in small letters."""
        return self.text.like(lower(self.text.text.rpartition("@")[2]))

    @property
    def caseful(self) -> Text:
        """The local part as it came, quotes taken off."""
        local_part, at, _ = self.text.text.rpartition("@")
        return self.text.like(unquoted(local_part, behind=at))

    @property
    def ancestors(self) -> Iterator[Address]:
        """Its parent, that one's parent, and so on."""
        older = self.parent
        while older is not None:
            yield older
            older = older.parent

    @property
    def origin(self) -> Address:
        """The address that everything began with."""
        first = self
        for first in self.ancestors:  # noqa: B007 - the last one counts
            pass
        return first

    def child(self, text: Text, *, made: bool = False) -> Address:
        """A new one that comes from this. It inherits what was found out."""
        new = Address(text, self, made=made)
        self.leave_to(new)
        return new

    def leave_to(self, other: Address) -> None:
        """What goes on to the children."""
        other.address_data = self.address_data
        other.variables = dict(self.variables)
        other.errors_to = self.errors_to
        other.ignores_errors = self.ignores_errors
        other.headers_add = list(self.headers_add)
        other.headers_remove = list(self.headers_remove)


class Affix:
    """A prefix or suffix that a router took off; ``wild`` is what a ``*`` stood for."""

    __slots__ = ("text", "wild")

    def __init__(self, text: str = "", wild: str = "") -> None:
        self.text, self.wild = text, wild


def unquoted(local_part: str, *, behind: str = "") -> str:
    r"""Quotes and backslashes are spelling, and do not belong to the name. A backslash at its end
    is for what stands ``behind`` it.

    >>> unquoted('"ann lee"'), unquoted('a\\@b'), unquoted('ann\\', behind="@")
    ('ann lee', 'a@b', 'ann@')
    """
    if '"' not in local_part and "\\" not in local_part:
        return local_part
    found, characters = [], iter(local_part)
    for character in characters:
        if character == "\\":
            found.append(next(characters, behind))
        elif character != '"':
            found.append(character)
    return "".join(found)
