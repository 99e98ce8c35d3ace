"""When is it tried again? What Exim remembers of hosts and addresses that failed.

``exim_dumpdb /var/spool/exim4 retry`` prints two lines for each: what failed and how, and when it
failed first, last, and may be tried again::

      T:mail.ask.com:128.10.30.2 111 77 Connection refused
    25-Nov-2026 08:32:01  25-Nov-2026 08:32:01  25-Nov-2026 08:47:01

Law: Exim specification, §54.9 (exim_dumpdb), chapter 32 (retry).

Try: ``next_try(text, ["T:mail.ask.com:128.10.30.2"])``.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime

COMMAND = ["exim_dumpdb", "/var/spool/exim4", "retry"]


def next_try(text: str, about: Iterable[str]) -> float | None:
    """POSIX seconds of the next try of what has one of these words in its key; None if unknown."""
    wanted, found = [word for word in about if word], []
    lines = text.splitlines()
    for key, times in zip(lines, lines[1:], strict=False):
        name = key.split(" ")[2] if key.startswith("  ") else ""
        if any(word in name for word in wanted):
            when = times.split("  ")[-1].rstrip(" *")
            found.append(datetime.strptime(when, "%d-%b-%Y %H:%M:%S").replace(tzinfo=UTC))
    return max(found).timestamp() if found else None
