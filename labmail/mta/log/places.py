"""Where the logs are: ``log_file_path``.

    log_file_path = /var/log/exim4/%slog              mainlog, rejectlog, paniclog
    log_file_path = /var/log/exim4/%slog-%D           mainlog-20260302, a file for each day
    log_file_path = syslog : /var/log/exim4/%slog     there, and in the system's own log
    log_file_path =                                   log/ in the spool directory

The panic log has no date: nobody should have to look for it. With the date goes one sign beside it.

Law: Exim specification, §53.1, §53.3.

Try: ``file_name("/var/log/exim-%s-%D.log", "panic", 0.0)``.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime

DEFAULT = "/var/log/exim4/%slog"
"""Where Debian's Exim was built to put them."""
SYSLOG = "syslog"
_DATE = re.compile(r"(?<=/)%[DM][^a-zA-Z0-9/]?|[^a-zA-Z0-9/]?%[DM]")


@dataclass(frozen=True, slots=True)
class Places:
    """Where lines go: a path with ``%s`` in it, "" for none; and to syslog, or not."""

    path: str = DEFAULT
    syslog: bool = False
    problem: str = ""
    """What is wrong with the list: for the panic log."""

    @classmethod
    def read(cls, listed: str, spool: str) -> Places:
        """The list, expanded. Nothing in it means a folder of the spool."""
        items = [item.strip() for item in listed.split(":")] if listed.strip() else []
        syslog = SYSLOG in items
        paths = [item or DEFAULT for item in items if item != SYSLOG]
        if not items:
            paths = [f"{spool}/log/%slog"]
        wrong = [path for path in paths if not path.startswith("/") or "%s" not in path]
        if wrong:
            return cls(DEFAULT, syslog, f'log_file_path: no absolute path with %s: "{wrong[0]}"')
        extra = ">1 path given in log_file_path: others ignored" if len(paths) > 1 else ""
        return cls(paths[0] if paths else "", syslog, extra)


def file_name(path: str, log: str, now: float) -> str:
    """The file of a log, ``main``, ``reject`` or ``panic``, at a moment (POSIX seconds).

    >>> file_name("/var/log/%slog-%D", "main", 1772442000.0)
    '/var/log/mainlog-20260302'
    >>> file_name("/var/log/exim-%s-%D.log", "panic", 1772442000.0)
    '/var/log/exim-panic.log'
    >>> file_name("/var/log/%D-%slog", "panic", 1772442000.0)
    '/var/log/paniclog'
    """
    day = f"{datetime.fromtimestamp(now // 1, UTC):%Y%m%d}"
    path = _DATE.sub("", path) if log == "panic" else path.replace("%D", day)
    return path.replace("%M", day[:6]).replace("%s", log, 1)
