"""When is it tried again? What Exim remembers of hosts and addresses that failed.

``exim_dumpdb /var/spool/exim4 retry`` prints two lines for each: what failed and how, and when it
failed first, last, and may be tried again::

      T:mail.ask.com:128.10.30.2 111 77 Connection refused
    25-Nov-2026 08:32:01  25-Nov-2026 08:32:01  25-Nov-2026 08:47:01

Law: Exim specification, §54.9 (exim_dumpdb), chapter 32 (retry).

Try: ``next_try(text, ["128.10.30.2"])``.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import UTC, datetime
from itertools import pairwise

COMMAND = ["exim_dumpdb", "/var/spool/exim4", "retry"]
_TIME = "%d-%b-%Y %H:%M:%S"


def next_try(text: str, about: Iterable[str]) -> float | None:
    """POSIX seconds of the next try of what has one of these words in its key; None if unknown."""
    wanted = "|".join(re.escape(word) for word in about if word)
    if not wanted:
        return None
    known = re.compile(rf"(?<![\w.@-])(?:{wanted})(?![\w.@-])")
    times = [_last_time(below) for key, below in pairwise(text.splitlines()) if _is(key, known)]
    return max(times).timestamp() if times else None


def _is(line: str, known: re.Pattern[str]) -> bool:
    """Whether a line is the first of two, with a key that has a known word."""
    return line.startswith("  ") and known.search(line.split(" ")[2]) is not None


def _last_time(line: str) -> datetime:
    """A line of times ends in the next try, perhaps with a ``*``: its last time-out has passed."""
    return datetime.strptime(line.split("  ")[-1].rstrip(" *"), _TIME).replace(tzinfo=UTC)
