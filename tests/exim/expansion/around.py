"""A context for tests: what `original.CONFIGURATION` says, the machine's files and programs."""

from __future__ import annotations

import errno
import os
import subprocess
from typing import Any, NamedTuple

from labmail.exim.drive import drive
from labmail.exim.errors import EximError
from labmail.exim.expansion import Context, expand
from labmail.exim.expansion.context import Ran
from labmail.exim.files import RealFiles
from labmail.exim.lookups import Searches
from labmail.exim.text import Text

SETTINGS = {
    "primary_hostname": "mx1.lab.test",
    "qualify_domain": "lab.test",
    "timezone": "UTC",
}


class Fixed:
    """A clock that stands."""

    def now(self) -> float:
        return 1_795_575_611.0


class Passwd(RealFiles):
    """A machine on which there is one file."""

    def read_bytes(self, path: str) -> bytes:
        self.stat(path)
        return b"root:x:0:0:root:/root:/bin/bash\n"

    def stat(self, path: str) -> os.stat_result:
        if path not in ("/etc/passwd", "/etc", "/etc/", "/"):
            raise FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT), path)
        return super().stat(path)


class Line(NamedTuple):
    text: str


class Acl(NamedTuple):
    lines: tuple[Line, ...]


def acl(text: str) -> Acl:
    """An ACL from its lines, as the reader of configurations hands it over."""
    return Acl(tuple(Line(line.strip()) for line in text.strip().splitlines()))


async def run(words: list[str]) -> Ran:
    ran = subprocess.run(
        [word.encode("latin-1") for word in words],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        timeout=20,
    )
    return Ran(ran.stdout, ran.returncode)


def context(**given: Any) -> Context:
    """A context; what is given replaces what would be there."""
    files = given.pop("files", RealFiles())
    slots: dict[str, Any] = {
        "settings": SETTINGS,
        "files": files,
        "searches": Searches(files),
        "clock": Fixed(),
        "run": run,
        "environment": {},
        **given,
    }
    return Context(**slots)


def answer(line: str, around: Context) -> str:
    """As ``-be`` prints it."""
    try:
        return drive(expand(line, around)).text
    except EximError as failed:
        return f"Failed: {failed.message}"


def tainted(text: str) -> Text:
    return Text(text, True)
