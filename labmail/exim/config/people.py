"""Who is who on a host: users and groups by name and number, as its own files say.

A configuration names users (`exim_user`, `never_users`, `user` of a transport). They are looked up
in `etc/passwd` and `etc/group` of the host whose configuration is read, so that a lab host has
people of its own. Users of a directory service are not seen.

Law: Exim specification, §14.14 (exim_user, never_users).

Try: ``People(RealFiles()).user("root")``.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import NamedTuple

from labmail.exim.files import Files


class Person(NamedTuple):
    """A line of `etc/passwd`, as far as anybody asks."""

    name: str
    uid: int
    gid: int
    gecos: str = ""
    home: str = ""
    shell: str = ""


class People:
    """The users and groups of a host, read when first asked for."""

    def __init__(self, files: Files | None) -> None:
        self._files = files
        self._users: Mapping[str, Person] | None = None
        self._groups: Mapping[str, int] | None = None

    def user(self, name: str) -> Person | None:
        return self.users.get(name)

    def group(self, name: str) -> int | None:
        return self.groups.get(name)

    def user_name(self, uid: int) -> str | None:
        """The name that stands first for a number."""
        return next((name for name, who in self.users.items() if who.uid == uid), None)

    def group_name(self, gid: int) -> str | None:
        return next((name for name, number in self.groups.items() if number == gid), None)

    @property
    def users(self) -> Mapping[str, Person]:
        if self._users is None:
            self._users = _people(self._text("/etc/passwd"))
        return self._users

    @property
    def groups(self) -> Mapping[str, int]:
        if self._groups is None:
            self._groups = _numbers(self._text("/etc/group"))
        return self._groups

    def _text(self, path: str) -> bytes:
        """A table; an empty one where there is none."""
        if self._files is None:
            return b""
        try:
            return self._files.read_bytes(path)
        except OSError:
            return b""


@lru_cache(maxsize=32)
def _people(text: bytes) -> Mapping[str, Person]:
    """Who stands in a passwd file, by name; the first of a name counts. Hosts ask for theirs again
    with each letter, and the file is the same."""
    found: dict[str, Person] = {}
    for row in _rows(text, 7):
        person = Person(row[0], int(row[2]), int(row[3]), row[4], row[5], row[6])
        found.setdefault(person.name, person)
    return found


@lru_cache(maxsize=32)
def _numbers(text: bytes) -> Mapping[str, int]:
    """The groups of a group file, likewise."""
    found: dict[str, int] = {}
    for row in _rows(text, 4):
        found.setdefault(row[0], int(row[2]))
    return found


def _rows(text: bytes, fields: int) -> list[list[str]]:
    """The lines of a table that have as many fields as they should, and numbers in place."""
    lines = text.decode("latin-1").splitlines()
    rows = (line.split(":") for line in lines if not line.startswith("#"))
    numbers = slice(2, 4 if fields == 7 else 3)
    return [
        row
        for row in rows
        if len(row) == fields and all(number.isdigit() for number in row[numbers])
    ]


NOBODY = People(None)
