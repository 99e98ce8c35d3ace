"""``-d``: what is read and computed, in our own words, on standard error.

    reading /etc/exim4/exim4.conf
      41 lines; 3 macros; 2 domain lists
    ${if eq {$domain}{ask.com}{yes}{no}}
      …each step with its value, as the playground of the notebooks tells it

Exim's own words are meant for those who have its source. These are for those who want to know why.

Law: Exim specification, §5.3, -d (what is printed is not specified).
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from labmail.exim.drive import drive
from labmail.exim.errors import EximError

if TYPE_CHECKING:
    from labmail.exim.files import Files

    from .caller import Caller
    from .opening import Opened


class WatchedFiles:
    """Files that tell when one is read."""

    def __init__(self, files: Files, caller: Caller) -> None:
        self._files, self._caller = files, caller

    def read_bytes(self, path: str) -> bytes:
        try:
            octets = self._files.read_bytes(path)
        except OSError as error:
            self._caller.complain(f"reading {path}: {error.strerror}\n")
            raise
        self._caller.complain(f"reading {path}: {len(octets)} octets\n")
        return octets

    def stat(self, path: str) -> os.stat_result:
        return self._files.stat(path)

    def lstat(self, path: str) -> os.stat_result:
        return self._files.lstat(path)

    def listdir(self, path: str) -> list[str]:
        return self._files.listdir(path)

    def realpath(self, path: str) -> str:
        return self._files.realpath(path)

    def access(self, path: str, mode: int) -> bool:
        return self._files.access(path, mode)


def tell_configuration(opened: Opened) -> None:
    """What the configuration holds, in a few lines."""
    read = opened.configuration
    counts = {
        "macros": len(read.macros.defined),
        "options set": len(read.main.values),
        **{f"{kind} lists": len(lists) for kind, lists in read.named.items()},
        "ACLs": len(read.acls),
        "routers": len(read.routers),
        "transports": len(read.transports),
        "authenticators": len(read.authenticators),
    }
    told = ", ".join(f"{count} {what}" for what, count in counts.items() if count)
    opened.caller.complain(f"configuration {read.path}: {told or 'nothing set'}\n")


def explained(text: str, opened: Opened) -> str:
    """The value of a string; its steps are told. Raises what it raises."""
    from labmail.exim.expansion import expand, explain

    caller = opened.caller
    try:
        told = drive(explain(text, opened.context))
    except EximError as failed:
        caller.complain(f"{text}\n  fails: {failed.message}\n")
        raise
    caller.complain(f"{told}\n")
    return drive(expand(text, opened.context)).text
