"""Owners: users and groups as values. They are looked up when the file is read.

A number is taken as it is. A name must exist, or the configuration is refused. Where a driver's
`user` holds a `$`, it cannot be known before there is a letter, and the text is kept.

Law: Exim specification, §6.13 (option settings), §14.14 (exim_user, never_users, trusted_groups).

Try: ``USER.read("root", "exim_user", Around(People(RealFiles())))``.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from labmail.exim.config.kind import Around, Kind
from labmail.exim.config.names import BLANKS
from labmail.exim.config.numbers import whole_number, wrapped
from labmail.exim.config.people import People
from labmail.exim.config.words import printable, read_text
from labmail.exim.errors import ConfigError, ExpansionFailed

WISHED = re.compile(r"[ \t\n\v\f\r]*<([!-/:-@\[-`{-~\x00-\x1f\x7f])[ \t\n\v\f\r]*")
NUMERIC = re.compile(r"-?[0-9]*")


class User(Kind):
    """A user: its number."""

    name = "user"
    noun = "user"

    def read(self, text: str, option: str, around: Around) -> Any:
        return self.number(read_text(text, option), around.people)

    def number(self, name: str, people: People) -> int:
        """The number of a name. Raises ConfigError for a name that nobody has."""
        found = _numeric(name)
        if found is None:
            found = self.find(name, people)
        if found is None:
            raise ConfigError(f"{self.noun} {name} was not found")
        return found

    def find(self, name: str, people: People) -> int | None:
        who = people.user(name)
        return who.uid if who else None

    def called(self, number: int, people: People) -> str:
        return people.user_name(number) or str(number & 0xFFFFFFFF)

    def show(self, option: str, value: Any, people: People) -> str:
        if value is None:
            return f"{option} = "
        return f"{option} = {self.called(value, people)}"


class Group(User):
    """A group: its number."""

    name = "group"
    noun = "group"

    def find(self, name: str, people: People) -> int | None:
        return people.group(name)

    def called(self, number: int, people: People) -> str:
        return people.group_name(number) or str(number)


class Owners(Kind):
    """A list of users or groups, expanded when the file is read."""

    def __init__(self, one: User) -> None:
        self.name = f"{one.name} list"
        self.one = one

    def read(self, text: str, option: str, around: Around) -> Any:
        names = read_text(text, option)
        if around.expand and ("$" in names or "\\" in names):
            names = _expanded(names, option, around.expand)
        return [self.one.number(name, around.people) for name in _names(names)]

    def show(self, option: str, value: Any, people: People) -> str:
        if not value:
            return f"{option} ="
        return f"{option} = {':'.join(self._called(number, people) for number in value)}"

    def _called(self, number: int, people: People) -> str:
        name = people.user_name if self.one.noun == "user" else people.group_name
        return name(number) or str(number & 0xFFFFFFFF)


class ExpandedOwner(Kind):
    """A user or group of a driver: looked up now, or kept as a text if it holds a `$`."""

    def __init__(self, one: User) -> None:
        self.name = f"expanded {one.name}"
        self.one = one

    def read(self, text: str, option: str, around: Around) -> Any:
        name = read_text(text, option)
        return name if "$" in name else self.one.number(name, around.people)

    def show(self, option: str, value: Any, people: People) -> str:
        if isinstance(value, str):
            return f"{option} = {printable(value)}"
        return self.one.show(option, value, people)


def _expanded(text: str, option: str, expand: Callable[[str], str]) -> str:
    try:
        return expand(text)
    except ExpansionFailed as failed:
        raise ConfigError(f"failed to expand {option}: {failed.message}") from None


def _numeric(name: str) -> int | None:
    """A number as the system keeps it, in 32 bits; None if it is a name."""
    if not name or not NUMERIC.fullmatch(name):
        return None
    return wrapped(whole_number(name)) if name != "-" else 0


def _names(text: str) -> list[str]:
    """The names in a list.

    Exim counts them by the colons and takes so many, looking each time whether another separator is
    wished for: of `<; root ; mail` it takes `root` alone.
    """
    names, name, at = [], "", 0
    for _ in range(1 + text.count(":", 0, -1) if text else 0):
        wished = WISHED.match(text, at)
        separator, at = (wished.group(1), wished.end()) if wished else (":", at)
        if at < len(text):
            found = _item(separator).match(text, at)
            assert found is not None  # it matches the empty item, too
            name, at = found.group(1).strip(BLANKS).replace(separator * 2, separator), found.end()
        names.append(name)
    return names


def _item(separator: str) -> re.Pattern[str]:
    """An item, in which a doubled separator is a single one, and the separator after it."""
    one = re.escape(separator)
    return re.compile(f"((?:[^{one}]|{one}{one})*){one}?", re.DOTALL)


USER = User()
GROUP = Group()
USERS = Owners(USER)
GROUPS = Owners(GROUP)
EXPANDED_USER = ExpandedOwner(USER)
EXPANDED_GROUP = ExpandedOwner(GROUP)
