"""Where a list comes from: a string, or a file of somebody who may have written it.

A user's .forward file decides where the user's mail goes, so it counts only if it is the user's:
owned by the right one, and writable for nobody else. What the modes and owners are is read from the
host's files; the rights to read are worked out for the user, and nobody becomes that user.

Law: Exim specification, chapter 22 (check_owner, check_group, modemask, owners, owngroups).
"""

from __future__ import annotations

import errno
import os
import re
import stat
from typing import TYPE_CHECKING

from labmail.exim.text import Text

from ..files import may_read
from ..outcome import Decline, Defer, Settled

if TYPE_CHECKING:
    from labmail.exim.config.configuration import Block
    from labmail.exim.config.people import Person

    from ..desk import Desk
    from ..people import Identity

FILTER = r"(?i)#[ \t]*(exim|sieve)[ \t]+filter"
LARGEST = 1024 * 1024


class Source:
    """A router's list, read as the user the router stands for."""

    def __init__(self, desk: Desk, router: Block, who: Identity, person: Person | None) -> None:
        self.desk, self.router, self.who, self.person = desk, router, who, person
        self.missing = ""
        """Why there is no file."""

    async def text(self) -> Text | None:
        """The list; None where there is no such file. Settles the matter where it cannot be had."""
        option = "file" if self.router["file"] is not None else "data"
        given = self.router[option]
        self.desk.context.searches.missed = ""
        told = await self.desk.expanded(given, lambda said: f'failed to expand "{given}": {said}')
        if told is None:
            raise Settled(Decline(f"{option} was forced to fail"))
        return told if option == "data" else self._file(told)

    def _file(self, path: Text) -> Text | None:
        if not path.text.startswith("/"):
            raise Settled(Defer(f'"{path.text}" is not an absolute path'))
        files = self.desk.context.files
        if path.tainted and self.who.uid is None:
            raise _tainted(path.text)
        try:
            status = files.stat(path.text)
            if path.tainted:
                raise _tainted(path.text)
            if not stat.S_ISREG(status.st_mode):
                raise Settled(Defer(f"{path.text} is not a regular file"))
            octets = self.open(path.text)
        except OSError as problem:
            self._unopened(path.text, problem)
            return None
        self._check(path.text, status)
        return Text(octets.decode("latin-1").partition("\0")[0])

    def open(self, path: str) -> bytes:
        """A file's octets, if that user may read them. Raises OSError."""
        files = self.desk.context.files
        octets: bytes = files.read_bytes(path)
        if self.who.uid and not may_read(files, path, self.who.uid, self.who.gid or 0):
            raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), path)
        return octets[: LARGEST + 1]

    def _unopened(self, path: str, problem: OSError) -> None:
        """It is missing, and that is all; or the matter is settled."""
        code = problem.errno or 0
        lenient = {errno.EACCES: "ignore_eacces", errno.ENOTDIR: "ignore_enotdir"}.get(code)
        folder = path.rpartition("/")[0]
        if code == errno.ENOENT and not self._is_there(f"{folder}/."):
            raise Settled(Defer(f"failed to stat {folder}/. ({os.strerror(code)})")) from None
        if code == errno.ENOENT or (lenient and self.router[lenient]):
            self.missing = f"there is no {path}"
            return
        said = f"failed to open {path}: {os.strerror(code)}"
        if code == errno.EACCES:
            host = self.desk.context.host
            uid = getattr(host, "uid", 0) if self.who.uid is None else self.who.uid
            gid = getattr(host, "gid", 0) if self.who.gid is None else self.who.gid
            said += f" (euid={uid} egid={gid})"
        raise Settled(Defer(said)) from None

    def _is_there(self, path: str) -> bool:
        """Where its folder is missing too, Exim waits: it may be a disk that is not mounted."""
        try:
            self.desk.context.files.stat(path)
        except OSError:
            return False
        return True

    def _check(self, path: str, status: os.stat_result) -> None:
        """Is it the right one's, and can nobody else write it?"""
        router = self.router
        extra = status.st_mode & router["modemask"]
        if extra:
            mode = f"bad mode (0{status.st_mode:o}) for {path}: 0{extra:o} bit(s) unexpected"
            raise Settled(Defer(mode))
        person = self.person or self.who
        owners = [*(router["owners"] or ()), person.uid]
        groups = [*(router["owngroups"] or ()), person.gid]
        if router["check_owner"] and status.st_uid not in owners:
            raise Settled(Defer(f"bad owner for {path}"))
        if router["check_group"] and status.st_gid not in groups:
            raise Settled(Defer(f"bad group for {path}"))


def _tainted(path: str) -> Settled:
    words = f"Tainted name '{path}' for file read not permitted\n"
    return Settled(Defer(words, "the file name was chosen by a stranger"))


def filter_kind(text: str) -> str | None:
    """Is the list a filter, of which kind? Its first line says so.

    >>> filter_kind("# Exim filter"), filter_kind("#Sieve filter; x"), filter_kind("ann")
    ('exim', 'sieve', None)
    """
    begin = text.lstrip()
    found = re.match(FILTER, begin) if begin.startswith("#") else None
    return found.group(1).lower() if found else None
