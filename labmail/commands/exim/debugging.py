"""``-d``: what is read and computed, in our own words, on standard error.

    reading /etc/exim4/exim4.conf: 1432 octets
    configuration /etc/exim4/exim4.conf: 3 macros, 12 options, 2 domain lists
    ${uc:a}b = Ab
    └ operator uc: ${uc:a} = A
      └ text: a = a

Exim's own words are meant for those who have its source. These are for those who want to know why.

Law: Exim specification, §5.3, -d (what is printed is not specified).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from labmail.exim.errors import ExpansionFailed
from labmail.exim.files import Through

if TYPE_CHECKING:
    from labmail.exim.config import Configuration
    from labmail.exim.files import Files

    from .caller import Caller
    from .opening import Opened


class WatchedFiles(Through):
    """Files that tell when one is read."""

    def __init__(self, files: Files, caller: Caller) -> None:
        super().__init__(files)
        self._caller = caller

    def read_bytes(self, path: str) -> bytes:
        try:
            octets = super().read_bytes(path)
        except OSError as error:
            self._caller.complain(f"reading {path}: {error.strerror}\n")
            raise
        self._caller.complain(f"reading {path}: {len(octets)} octets\n")
        return octets


def tell_configuration(opened: Opened) -> None:
    """What the configuration holds, in a line."""
    read = opened.configuration
    opened.caller.complain(f"configuration {read.path}: {held(read) or 'nothing is set'}\n")


def held(configuration: Configuration) -> str:
    """What there is in it: ``2 macros, 3 options set, 1 domain list``."""
    counts = {
        "macro": len(configuration.macros.defined),
        "option": len(configuration.main.values),
        **{f"{kind} list": len(lists) for kind, lists in configuration.named.items()},
        "ACL": len(configuration.acls),
        "router": len(configuration.routers),
        "transport": len(configuration.transports),
        "authenticator": len(configuration.authenticators),
        "rewriting rule": len(configuration.rewrites),
        "retry rule": len(configuration.retries),
    }
    told = (f"{count} {what}{'' if count == 1 else 's'}" for what, count in counts.items() if count)
    return ", ".join(told)


def explained(text: str, opened: Opened) -> str:
    """The value of a string; its steps are told. Raises ExpansionFailed."""
    from labmail.exim.expansion import explain

    told = explain(text, opened.context)
    opened.caller.complain(f"{told}\n")
    if told.value is None:
        raise ExpansionFailed(told.failed, position=told.position, help=told.help)
    return told.value
