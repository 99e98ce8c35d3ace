r"""The system's own log: the other place where log lines may go.

On a host of the lab it is the file ``/var/log/syslog``, as on Debian:

    Mar  2 09:00:00 mail exim[1]: 2026-03-02 09:00:00 1vwz8C-000001-00 Completed

An entry that is too long, or has several lines, goes in pieces that say which they are: ``[1/3]``
where the line was too long, ``[1\3]`` where it had ended.

Law: Exim specification, §53.4; chapter 14 under ``syslog_…``; RFC 3164 §4.1.

Try: ``pieces("a" * 2000)``.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ..orders import Orders

LONGEST = 870
"""Signs of one piece: with what syslog puts before them, 1024 are not passed."""
FILE = "/var/log/syslog"
PRIORITIES = {"main": "info", "reject": "notice", "panic": "alert"}

Send = Callable[[str, str], None]
"""Takes the priority of an entry and one piece of it."""


@dataclass(frozen=True, slots=True)
class Manners:
    """How entries look in syslog."""

    name: str = "exim"
    facility: str = "mail"
    pid: bool = True
    stamped: bool = True
    """Whether Exim's own time stands in them as well."""
    twice: bool = True
    """Whether a line for two logs is sent for each of them."""

    @classmethod
    def of(cls, orders: Orders) -> Manners:
        """What a configuration says."""
        return cls(
            str(orders.main("syslog_processname") or "exim"),
            str(orders.main("syslog_facility") or "mail").removeprefix("log_").lower(),
            bool(orders.main("syslog_pid")),
            bool(orders.main("syslog_timestamp")),
            bool(orders.main("syslog_duplication")),
        )


def pieces(entry: str, longest: int = LONGEST) -> list[str]:
    r"""An entry in the pieces in which it is sent.

    >>> pieces("refused\nTo: x", 20), pieces("abcdef", 3)
    (['[1\\2] refused', '[2/2] To: x'], ['[1/2] abc', '[2/2] def'])
    """
    parts: list[tuple[str, str]] = []
    for line in entry.rstrip("\n").split("\n"):
        cut = [line[at : at + longest] for at in range(0, len(line), longest)] or [""]
        parts += [(text, "/") for text in cut[:-1]] + [(cut[-1], "\\")]
    if len(parts) == 1:
        return [parts[0][0]]
    parts[-1] = parts[-1][0], "/"
    total = len(parts)
    return [f"[{number}{sign}{total}] {text}" for number, (text, sign) in enumerate(parts, 1)]


def line(now: float, host: str, manners: Manners, pid: int, text: str) -> str:
    """A line as syslog writes it into its file."""
    moment = datetime.fromtimestamp(now // 1, UTC)
    when = f"{moment:%b} {moment.day:2} {moment:%H:%M:%S}"
    name = f"{manners.name}[{pid}]" if manners.pid else manners.name
    return f"{when} {host.partition('.')[0]} {name}: {text}\n"
