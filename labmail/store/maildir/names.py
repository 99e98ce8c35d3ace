"""The names of letters in a Maildir: unique without a lock, and with the flags in them.

::

    new/1772442000.M000000Q1R5f3c9a0e.mail.ask.com
        └ seconds ┘ └micro-┘ │ └ chance ┘ └ host ┘
                    seconds  └ the host's count for this mailbox

    cur/1772442000.M000000Q1R5f3c9a0e.mail.ask.com:2,RS
        └─────────── base: the unique id ─────────┘  └ flags: replied, seen

Any number of programs may add letters at once, on any number of hosts, because none of them will
ever choose the same name: the time, the host, and something that differs between two letters of one
host in one microsecond. Maildir's specification lets that be a choice of letters: here M, Q (count)
and R (random, from the lab's chance); process ids, which Exim uses, would differ with each run.

A reader moves a letter from ``new`` to ``cur`` when somebody has been shown it, and writes flags
after ``:2,`` in the order of the alphabet: D draft, F flagged, P passed on, R replied, S seen,
T trashed.

Law: the Maildir specification (cr.yp.to/proto/maildir.html); RFC 1939 §7 for the unique id.
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from typing import Self

LONGEST_UID = 70
"""Octets that a unique id of POP3 may have."""

_TIME = re.compile(r"(\d+)\.(?:M(\d+))?(?:P\d+)?(?:Q(\d+))?")
_UID = re.compile(rf"[!-~]{{1,{LONGEST_UID}}}")


@dataclass(frozen=True, slots=True)
class Name:
    """A file name of a Maildir: ``base`` stays, ``flags`` change."""

    base: str
    flags: str = ""

    @classmethod
    def parse(cls, text: str) -> Self:
        """
        >>> Name.parse("1772442000.Q1.mail.ask.com:2,RS")
        Name(base='1772442000.Q1.mail.ask.com', flags='RS')
        """
        base, _, info = text.partition(":")
        return cls(base, info[2:] if info.startswith("2,") else "")

    def with_flags(self, flags: str) -> Self:
        """The same letter with these flags too, each once and in order."""
        return type(self)(self.base, "".join(sorted({*self.flags, *flags})))

    def __str__(self) -> str:
        """The name in ``cur``."""
        return f"{self.base}:2,{self.flags}"


def unique_name(posix: float, count: int, chance: str, hostname: str) -> str:
    """A base for a new letter. ``posix`` is the lab's time, ``count`` grows with each letter.

    >>> unique_name(1772442000.25, 7, "5f3c9a0e", "mail.ask.com")
    '1772442000.M250000Q7R5f3c9a0e.mail.ask.com'
    """
    seconds, micro = divmod(round(posix * 1_000_000), 1_000_000)
    host = hostname.replace("/", "\\057").replace(":", "\\072")
    return f"{seconds}.M{micro:06}Q{count}R{chance}.{host}"


def arrival(base: str) -> tuple[int, int, int, str]:
    """Sorts letters as they came: by time, then by count; names of other makers last.

    >>> sorted(["20.x", "3.M5Q10.x", "3.M5Q9.x"], key=arrival)
    ['3.M5Q9.x', '3.M5Q10.x', '20.x']
    """
    if (found := _TIME.match(base)) is None:
        return (1 << 63, 0, 0, base)
    seconds, micro, count = (int(digits or 0) for digits in found.groups())
    return seconds, micro, count, base


def unique_id(base: str) -> str:
    """The unique id for POP3: the base itself, or its fingerprint where POP3 could not say it."""
    if _UID.fullmatch(base):
        return base
    return hashlib.blake2b(base.encode("utf-8", "surrogateescape"), digest_size=16).hexdigest()
