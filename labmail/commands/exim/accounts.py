"""Accounts: as whom a command is run on a host, by the host's own files.

    labmail at mail.ask.com exim -bp                root
    labmail at --user bob mail.ask.com exim -bp     bob (1001), whom /etc/passwd of that host knows

Nobody becomes anybody on the machine: it is noted, and Exim's rules for administrators and trusted
callers ask for it (`rights`).

Law: passwd(5), group(5). Try: ``account(host.files, "bob", "mail.ask.com", ())``.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from labmail.mta.surroundings import HostMachine

from .said import Who

if TYPE_CHECKING:
    from labmail.world import HostFiles


class NoSuchUser(Exception):
    """The host's /etc/passwd has no such login; the message names those that it has."""


class Account(HostMachine):
    """A host as one of its users sees it: ``$caller_uid`` and its kin are hers."""

    def __init__(self, name: str, addresses: Sequence[str], who: Who, home: str) -> None:
        super().__init__(name, addresses)
        self.who = who
        self.login, self.uid, self.gid = who.login, who.uid, who.gid
        self.full_name, self.home = who.name, home


def account(files: HostFiles, login: str, name: str, addresses: Sequence[str]) -> Account:
    """Somebody's account on the host ``name``. Raises `NoSuchUser`."""
    entries = {entry[0]: entry for entry in _rows(files, "/etc/passwd", 7)}
    if login not in entries:
        raise NoSuchUser(f"no user {login!r} on {name}: it has {', '.join(entries)}")
    _, _, uid, gid, gecos, home, _ = entries[login]
    groups = _rows(files, "/etc/group", 4)
    mine = tuple(row[0] for row in groups if row[2] == gid or login in row[3].split(","))
    who = Who(login, int(uid), int(gid), gecos.partition(",")[0], mine)
    return Account(name, addresses, who, home)


def who_is(machine: Any) -> Who:
    """Whoever calls, as the place where she calls from knows her."""
    known: Who | None = getattr(machine, "who", None)
    return known or Who(machine.login, machine.uid, machine.gid, machine.full_name)


def _rows(files: HostFiles, path: str, fields: int) -> list[list[str]]:
    """The lines of such a file that have as many fields as they must, numbers in the third."""
    try:
        lines = files.read_text(path).splitlines()
    except OSError:
        return []
    rows = [line.split(":") for line in lines]
    return [row for row in rows if len(row) == fields and row[2].isdecimal()]
