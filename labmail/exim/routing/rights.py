"""Files as a user sees them: what her own program could not read, her filter cannot read either.

Real Exim becomes the user before it looks at her filter, and the system does the rest. Here nobody
becomes anybody: owners and modes are looked at, file by file.

Law: Exim specification, §22.4, and chapter 23 (`user`); POSIX.1-2017 §4.5 (file access).

Try: ``SeenBy(files, 1001, 1001).read_bytes("/etc/shadow")``.
"""

from __future__ import annotations

import errno
import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from labmail.exim.files import real

from .files import may_read

if TYPE_CHECKING:
    from labmail.exim.expansion.context import Context

    from .people import Identity


class SeenBy:
    """Files, as far as a user may read them."""

    def __init__(self, files: Any, uid: int, gid: int) -> None:
        self._files, self._uid, self._gid = files, uid, gid

    def read_bytes(self, path: str) -> bytes:
        octets: bytes = self._files.read_bytes(self._permitted(path))
        return octets

    def stat(self, path: str) -> os.stat_result:
        status: os.stat_result = self._files.stat(path)
        return status

    def lstat(self, path: str) -> os.stat_result:
        status: os.stat_result = self._files.lstat(path)
        return status

    def listdir(self, path: str) -> list[str]:
        names: list[str] = self._files.listdir(self._permitted(path))
        return names

    def realpath(self, path: str) -> str:
        whole: str = self._files.realpath(path)
        return whole

    def access(self, path: str, mode: int) -> bool:
        return bool(self._files.access(path, mode)) and self._may_read(path)

    def real(self, path: str) -> bytes:
        """The machine's own path, for libraries that open a file themselves."""
        return real(self._files, self._permitted(path))

    def _may_read(self, path: str) -> bool:
        """Links are followed first: the rights are those of the file at their end."""
        return may_read(self._files, self._files.realpath(path), self._uid, self._gid)

    def _permitted(self, path: str) -> str:
        self._files.stat(path)  # what is not there is not there
        if not self._may_read(path):
            raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), path)
        return path


@contextmanager
def seen_by(context: Context, who: Identity) -> Iterator[None]:
    """Strings that are expanded in here see files and tables as this user does."""
    if not who.uid:
        yield
        return
    from labmail.exim.lookups import Searches

    files, searches = context.files, context.searches
    context.files = SeenBy(files, who.uid, who.gid or 0)
    if searches is not None:
        context.searches = Searches(
            context.files,
            clock=searches.clock,
            names=searches.names,
            databases=searches.databases,
            settings=searches.settings,
        )
        context.searches.in_domains = searches.in_domains
    try:
        yield
    finally:
        context.files, context.searches = files, searches
