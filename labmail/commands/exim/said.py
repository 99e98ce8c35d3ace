"""Who calls a mail system that is at work, and what it says in answer.

The same few functions serve `labmail exim` on this computer and a caller who reaches a host of a
running lab: they are coroutines over the mail system, with octets going in and a `Said` coming out.
No streams, no terminals, nothing of the road that the words came by.

Law: Exim specification, §5.2 (trusted and administrative users).
"""

from __future__ import annotations

from typing import NamedTuple


class Said(NamedTuple):
    """What a command prints, as octets in latin-1, and its exit code."""

    code: int = 0
    out: str = ""
    err: str = ""


class Who(NamedTuple):
    """Whose process calls."""

    login: str = "root"
    uid: int = 0
    gid: int = 0
    name: str = ""
    """The person's name, as her entry in ``/etc/passwd`` has it."""
    groups: tuple[str, ...] = ()
    """Names of the groups that she is in."""

    @property
    def is_root(self) -> bool:
        return self.uid == 0
