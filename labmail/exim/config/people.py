"""Who is who on a host: users and groups by name and number, as its own files say.

A configuration names users (`exim_user`, `never_users`, `user` of a transport). They are looked up
in `etc/passwd` and `etc/group` of the host whose configuration is read, so that a lab host has
people of its own. Users of a directory service are not seen.

Law: Exim specification, §14.14 (exim_user, never_users).

Try: ``People(RealFiles()).user("root")``.
"""

from __future__ import annotations

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
        self._users: dict[str, Person] | None = None
        self._groups: dict[str, int] | None = None

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
    def users(self) -> dict[str, Person]:
        if self._users is None:
            self._users = {}
            for row in self._rows("/etc/passwd", 7):
                person = Person(row[0], int(row[2]), int(row[3]), row[4], row[5], row[6])
                self._users.setdefault(person.name, person)
        return self._users

    @property
    def groups(self) -> dict[str, int]:
        if self._groups is None:
            self._groups = {}
            for row in self._rows("/etc/group", 4):
                self._groups.setdefault(row[0], int(row[2]))
        return self._groups

    def _rows(self, path: str, fields: int) -> list[list[str]]:
        """The lines of a table that have as many fields as they should, and numbers in place."""
        if self._files is None:
            return []
        try:
            text = self._files.read_bytes(path).decode("latin-1")
        except OSError:
            return []
        rows = (line.split(":") for line in text.splitlines() if not line.startswith("#"))
        numbers = slice(2, 4 if fields == 7 else 3)
        return [
            row
            for row in rows
            if len(row) == fields and all(number.isdigit() for number in row[numbers])
        ]


NOBODY = People(None)
