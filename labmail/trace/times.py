"""Lab time in words: how long after the start, how long it lasted, on which day.

A letter takes milliseconds or days, and a story shows both in one column of eight characters, so
never more than two units: ``0.06 s``, ``2 min``, ``2 h 15 min``, ``4 d 5 h``.

>>> after(0.06), after(127), after(363600)
('0.06 s', '2 min 7 s', '4 d 5 h')
"""

from __future__ import annotations

from datetime import UTC, datetime
from itertools import pairwise

_UNITS = ((86400, "d", "day"), (3600, "h", "hour"), (60, "min", "minute"), (1, "s", "second"))


def after(seconds: float) -> str:
    """A time since the start, in figures: "0 s", "0.02 s", "12 s", "2 min", "4 d 5 h"."""
    if seconds < 9.995:
        return f"{seconds:.2f} s" if seconds >= 0.005 else "0 s"
    return " ".join(f"{count} {short}" for count, short, _ in _parts(seconds))


def lasting(seconds: float) -> str:
    """A span in words: "4 days", "2 hours 15 minutes", "1 second", "0.2 seconds".

    >>> lasting(345600), lasting(1)
    ('4 days', '1 second')
    """
    if seconds < 9.95 and abs(seconds - round(seconds)) >= 0.05:
        return f"{seconds:.1f} seconds"
    parts = _parts(seconds) or [(0, "s", "second")]
    return " ".join(f"{count} {name}{'' if count == 1 else 's'}" for count, _, name in parts)


def day(posix: float) -> str:
    """A moment of the lab's calendar, in UTC: "Mon 2 Mar 2026 09:00:00".

    >>> day(1772442000.0)
    'Mon 2 Mar 2026 09:00:00'
    """
    moment = datetime.fromtimestamp(posix, UTC)
    return (
        f"{_DAYS[moment.weekday()]} {moment.day} {_MONTHS[moment.month - 1]} {moment:%Y %H:%M:%S}"
    )


_DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")  # not %a: that follows the locale
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def _parts(seconds: float) -> list[tuple[int, str, str]]:
    """At most two neighbouring units, rounded to the smaller of the two."""
    whole = round(seconds)
    for (size, short, name), (below, short2, name2) in pairwise(_UNITS):
        if whole >= size:
            first, second = divmod(round(whole / below), size // below)
            parts = [(first, short, name), (second, short2, name2)]
            return [part for part in parts if part[0]]
    return [(whole, "s", "second")] if whole else []
