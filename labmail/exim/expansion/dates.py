"""What time it is: ``$tod_log``, ``$tod_full`` and the other forms that mail needs.

    tod_full       Wed, 25 Nov 2026 08:30:11 +0530    in header lines (RFC 5322 §3.3)
    tod_log        2026-11-25 08:30:11                in logs
    tod_logfile    20261125                           in the names of log files
    tod_bsdinbox   Wed Nov 25 08:30:11 2026           in the first line of a letter in a mailbox
    tod_zulu       20261125030011Z                    in certificates and directories, always UTC
    tod_zone       +0530
    tod_epoch      1795575611                         seconds since 1970; tod_epoch_l: millionths

The time is the context's clock's; the zone is the option ``timezone``, which takes what the
variable TZ of the system takes: a name of the database (``Asia/Kolkata``) or a rule
(``CET-1CEST``).

Law: Exim specification, §11.9, ``$tod_…`` and ``timezone``.

Try::

    >>> shown("tod_full", 1795575611.2, "Asia/Kolkata")
    'Wed, 25 Nov 2026 08:30:11 +0530'
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING

from labmail.exim.files import Files

from .context import Context

if TYPE_CHECKING:
    from datetime import datetime, tzinfo

DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def tod(name: str, context: Context) -> str:
    """The value of one of the variables, at this moment of the context's clock."""
    now = context.clock.now() if context.clock else 0.0
    millisec = "+millisec" in context.setting("log_selector")
    return shown(name, now, context.setting("timezone"), millisec=millisec, files=context.files)


def shown(
    name: str, now: float, zone: str, *, millisec: bool = False, files: Files | None = None
) -> str:
    """A moment, in seconds since 1970, in one of the forms.

    ``millisec`` is for ``tod_log``; ``files`` know the local time, which an empty zone means.
    """
    if name == "tod_epoch":
        return str(int(now))
    if name == "tod_epoch_l":
        return str(round(now * 1_000_000))
    at = _moment(now, "UTC" if name == "tod_zulu" else zone, files)
    day, month = DAYS[at.weekday()], MONTHS[at.month - 1]
    date, time = f"{at.year:04}-{at.month:02}-{at.day:02}", f"{at:%H:%M:%S}"
    match name:
        case "tod_full":
            return f"{day}, {at.day:02} {month} {at.year} {time} {at:%z}"
        case "tod_log":
            return f"{date} {time}{f'.{at.microsecond // 1000:03}' if millisec else ''}"
        case "tod_logfile":
            return date.replace("-", "")
        case "tod_bsdinbox":
            return f"{day} {month} {at.day:2} {time} {at.year}"
        case "tod_zulu":
            return f"{date}{time}Z".replace("-", "").replace(":", "")
        case "tod_zone":
            return f"{at:%z}"[:5]
    raise KeyError(name)


def _moment(now: float, zone: str, files: Files | None) -> datetime:
    from datetime import datetime

    return datetime.fromtimestamp(now, _zone(zone.removeprefix(":")) if zone else _local(files))


@lru_cache(maxsize=32)
def _zone(name: str) -> tzinfo:
    """A zone by its name or its rule; one that nobody knows is UTC."""
    from datetime import UTC
    from zoneinfo import ZoneInfo

    if name.upper() in ("UTC", "GMT"):
        return UTC
    try:
        return ZoneInfo(name)
    except (ValueError, OSError, KeyError):
        return _by_rule(name)


def _local(files: Files | None) -> tzinfo:
    """The zone of the host, as its system has it."""
    import io
    from datetime import UTC
    from zoneinfo import ZoneInfo

    try:
        return ZoneInfo.from_file(io.BytesIO(files.read_bytes("/etc/localtime"))) if files else UTC
    except (ValueError, OSError):
        return UTC


_RULE = re.compile(
    r"(?:<[A-Za-z0-9+-]+>|[A-Za-z]{3,})[+-]?[0-9:]+(<[A-Za-z0-9+-]+>|[A-Za-z]{3,})?.*"
)


def _by_rule(rule: str) -> tzinfo:
    """A zone described by a rule, as POSIX describes them: ``EST5EDT,M3.2.0,M11.1.0``.

    The library reads such a rule at the end of a file of the database (RFC 8536 §3.3), so here is a
    file with nothing else in it. Without dates, summer time is that of the United States.
    """
    import io
    from datetime import UTC
    from zoneinfo import ZoneInfo

    found = _RULE.fullmatch(rule)
    if not found:
        return UTC
    if found[1] and "," not in rule:
        rule += ",M3.2.0,M11.1.0"
    header = b"TZif2" + bytes(15) + b"".join(n.to_bytes(4, "big") for n in (0, 0, 0, 0, 1, 4))
    empty = header + bytes(6) + b"UTC\0"
    try:
        return ZoneInfo.from_file(io.BytesIO(empty * 2 + f"\n{rule}\n".encode("ascii")))
    except ValueError:
        return UTC
