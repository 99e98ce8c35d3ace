"""Who owns what on a host of the lab. Nobody becomes anybody here: owners are written down.

The folders of all hosts belong to whoever runs the lab, so the machine's own answer says nothing.
This table does, from the host's ``/etc/passwd``::

    /home/bob …                       bob, and bob's group
    /var/mail/bob                     bob, group mail
    /var/spool/exim4 /var/log/exim4   Debian-exim
    /etc/exim4/passwd.client          root, group Debian-exim
    everything else                   root

A router that asks for its user's own files (``check_owner``, ``require_files = bob:…``) goes by it.
Modes are those of the files themselves, except that the folders every path leads through let
everybody pass, whatever umask the lab was started with.

Law: hier(7), passwd(5); Exim specification, chapter 15 (require_files), chapter 22 (check_owner).

Try: ``Owners(files).of("/home/bob/.forward")``.
"""

from __future__ import annotations

import os
import stat
from typing import Any, NamedTuple

from labmail.exim.config.people import People, Person
from labmail.world import HostFiles

EXIM = "Debian-exim"
FIRST_UID = 1000
"""Below it, accounts are the system's: files in their homes are root's."""
_THROUGH = ("/", "/home", "/var", "/var/mail", "/etc")


class Owner(NamedTuple):
    """A user and a group, by number."""

    uid: int
    gid: int


ROOT = Owner(0, 0)


class Owners:
    """The owners on one host, whose ``files`` have the accounts.

    It is asked about every file that a router looks for, and knows the accounts as they were when
    it was last told to `look_again`.
    """

    def __init__(self, files: HostFiles) -> None:
        self._files = files
        self._people = People(None)
        self._homes: dict[str, Person] = {}
        self._read_at: tuple[int, ...] = ()
        self._fresh = False

    def look_again(self) -> None:
        """From here on, accounts that have been added since count, too."""
        self._fresh = False

    def of(self, path: str) -> Owner:
        """Whose a file is. ``path`` has neither links nor ``..`` in it."""
        self._refresh()
        parts = path.split("/")[1:]
        if parts[:2] == ["var", "mail"]:
            return self._in_var_mail(parts[2:])
        if parts[:3] in (["var", "spool", "exim4"], ["var", "log", "exim4"]):
            return self._account(EXIM)
        if path == "/etc/exim4/passwd.client":
            return Owner(0, self._account(EXIM).gid)
        for end in range(len(parts), 0, -1):
            person = self._homes.get("/" + "/".join(parts[:end]))
            if person is not None:
                return Owner(person.uid, person.gid)
        return ROOT

    def seen(self, path: str, status: os.stat_result) -> os.stat_result:
        """The machine's answer about a file, with the host's owner in it."""
        mode = status.st_mode | (0o755 if path in _THROUGH and stat.S_ISDIR(status.st_mode) else 0)
        parts: Any = status.__reduce__()  # the ten old fields, and the others by name
        first, rest = parts[1]
        return os.stat_result((mode, *first[1:4], *self.of(path), *first[6:]), rest)

    def _in_var_mail(self, rest: list[str]) -> Owner:
        mail = self._people.group("mail") or 0
        person = self._people.user(rest[0]) if rest else None
        return Owner(person.uid if person else 0, mail)

    def _account(self, name: str) -> Owner:
        person = self._people.user(name)
        return Owner(person.uid, person.gid) if person else ROOT

    def _refresh(self) -> None:
        """Reads the accounts again, if they may have changed and have."""
        if self._fresh:
            return
        self._fresh = True
        marks = tuple(_mark(self._files, path) for path in ("/etc/passwd", "/etc/group"))
        if marks != self._read_at:
            accounts: Any = self._files  # of a file system, People asks for octets alone
            self._read_at, self._people = marks, People(accounts)
            people = self._people.users.values()
            self._homes = {person.home: person for person in people if person.uid >= FIRST_UID}


def _mark(files: HostFiles, path: str) -> int:
    try:
        return os.stat(files.found(path)).st_mtime_ns
    except OSError:
        return 0
