"""A host's /etc, read as the MTA reads it: again whenever a file has changed, never before.

An alias takes effect as soon as the file is saved, without a reload, because the file is looked at
for each address; and it is parsed once: its date and size tell whether it is still the same.

Reading is disk work, so it is done in a worker. Law: passwd(5), aliases(5).

Try: ``await Etc(files).person("bob")``.
"""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable
from typing import TypeVar

from labmail.world import HostFiles

from .routers.verdict import Person

T = TypeVar("T")

PASSWD = "/etc/passwd"


class Etc:
    """Reads and remembers text files of one host."""

    def __init__(self, files: HostFiles) -> None:
        self.files = files
        self._parsed: dict[tuple[str, str], tuple[tuple[int, ...], object]] = {}

    async def read(self, path: str, parse: Callable[[str, str], T]) -> T:
        """``parse(text, path)`` of the file at ``path``; the last answer if it has not changed.

        Raises OSError where the file cannot be read, and whatever ``parse`` raises.
        """
        key = (path, parse.__qualname__)
        loop = asyncio.get_running_loop()
        try:
            stamp = self._stamp(path)
            known = self._parsed.get(key)
            if known is not None and known[0] == stamp:
                return known[1]  # type: ignore[return-value]
            text = await loop.run_in_executor(None, self.files.read_text, path)
        except OSError as error:  # named as the host knows it, not as the machine does
            raise OSError(error.errno, error.strerror, path) from None
        result = parse(text, path)
        self._parsed[key] = (stamp, result)
        return result

    def _stamp(self, path: str) -> tuple[int, ...]:
        """Changes whenever the file does. Raises FileNotFoundError where there is none."""
        status = os.stat(self.files.real(path))
        return status.st_mtime_ns, status.st_size, status.st_ino

    async def person(self, login: str) -> Person | None:
        """The account ``login`` of /etc/passwd, without regard to case; None if there is none."""
        try:
            people = await self.read(PASSWD, parse_passwd)
        except FileNotFoundError:
            return None
        return people.get(login.lower())


def parse_passwd(text: str, path: str = PASSWD) -> dict[str, Person]:
    """The accounts by login in lower case; lines that are no accounts are passed over.

    >>> parse_passwd("bob:x:1001:1001:Bob,,,:/home/bob:/bin/sh")["bob"].home
    '/home/bob'
    """
    people: dict[str, Person] = {}
    for line in text.splitlines():
        parts = line.split(":")
        if len(parts) < 7 or not parts[2].isdecimal() or not parts[3].isdecimal():
            continue
        login, _, uid, gid, name, home = parts[:6]
        person = Person(login, int(uid), int(gid), name.partition(",")[0], home)
        people.setdefault(login.lower(), person)
    return people
