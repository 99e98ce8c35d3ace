"""Words and figures that every view shares: times, states, and text that is safe to print.

A letter takes milliseconds or days, and a story shows both in one column of eight characters:
``0.06 s``, ``2:07 min``, ``4 d 5 h``.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from itertools import pairwise

_UNITS = ((86400, "d", "day"), (3600, "h", "hour"), (60, "min", "minute"), (1, "s", "second"))


def after(seconds: float) -> str:
    """A time since the start, in at most eight characters.

    >>> [after(s) for s in (0, 0.018, 12, 120, 127, 8100, 82000, 363600)]
    ['0 s', '0.02 s', '12 s', '2 min', '2:07 min', '2:15 h', '23 h', '4 d 5 h']
    """
    if seconds < 9.995:
        return f"{seconds:.2f} s" if seconds >= 0.005 else "0 s"
    (count, unit, _), *rest = _parts(seconds)
    if not rest or count >= 10:
        return f"{count + (bool(rest) and 2 * rest[0][0] >= _SIZE[unit])} {unit}"
    return f"{count} d {rest[0][0]} h" if unit == "d" else f"{count}:{rest[0][0]:02} {unit}"


_SIZE = {"d": 24, "h": 60, "min": 60}  # how many of the next smaller unit make one


def lasting(seconds: float) -> str:
    """A span in words, as exactly as one would say it.

    >>> [lasting(s) for s in (0.21, 1, 8100, 363600)]
    ['0.2 seconds', '1 second', '2 hours 15 minutes', '4 days']
    """
    if seconds < 9.95 and abs(seconds - round(seconds)) >= 0.05:
        return f"{seconds:.1f} seconds"
    parts = _parts(seconds) or [(0, "s", "second")]
    if parts[0][0] > 2 and len(parts) > 1:
        more = 2 * parts[1][0] >= _SIZE[parts[0][1]]
        parts = [(parts[0][0] + more, *parts[0][1:])]
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


# ── text ─────────────────────────────────────────────────────────────────────────────────────────


def printable(text: str) -> str:
    """The text on one line, with every control character shown as an escape, tabs excepted.

    Subjects and addresses are written by strangers: in a terminal they could move the cursor.

    >>> print(printable("Lunch\\x1b[2J?"))
    Lunch\\x1b[2J?
    """
    if text.isprintable():
        return text
    return "".join(c if c.isprintable() or c == "\t" else ascii(c)[1:-1] for c in text)


def short(text: str, width: int) -> str:
    """The text, cut to ``width`` characters with an ellipsis.

    >>> short("mail.example.com", 8)
    'mail.ex…'
    """
    return text if len(text) <= width else text[: width - 1] + "…"


def listed(names: Sequence[str]) -> str:
    """Names in a sentence: "bob", "bob and carol", "bob, bbo and carol".

    >>> listed(["bob@ask.com", "carol@late.example"])
    'bob@ask.com and carol@late.example'
    """
    return " and ".join(part for part in (", ".join(names[:-1]), *names[-1:]) if part)


def number_word(count: int) -> str:
    """A small number in letters: "three", and figures from thirteen on."""
    return _NUMBERS[count] if 0 <= count < len(_NUMBERS) else f"{count:,}"


_NUMBERS = (
    *("no", "one", "two", "three", "four", "five", "six"),
    *("seven", "eight", "nine", "ten", "eleven", "twelve"),
)
