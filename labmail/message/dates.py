"""Dates as a letter carries them. RFC 5322 §3.3.

::

    Mon, 02 Mar 2026 10:00:00 +0100
    └┬┘  └──── the clock on the wall ─┘
     └ the day of the week, which may be missing and is often wrong

The last word says how far that clock is from UTC, so that two hosts in two countries can be
compared. ``-0000`` means UTC from a machine that knows nothing of its own zone.

Try::

    >>> rfc5322_date(1772442000.0)
    'Mon, 02 Mar 2026 09:00:00 +0000'
    >>> parse_date("Mon, 2 Mar 2026 10:00 +0100 (CET)")
    1772442000.0
"""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta, timezone

from .lexical import Misread, Scanner

DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")

_OLD_ZONES = {"UT": 0, "GMT": 0, "Z": 0, "UTC": 0, "EST": -5, "EDT": -4, "CST": -6, "CDT": -5}
_OLD_ZONES |= {"MST": -7, "MDT": -6, "PST": -8, "PDT": -7}
_NAME = re.compile(r"[A-Za-z]+")
_NUMBER = re.compile(r"[0-9]+")
_OFFSET = re.compile(r"[+-][0-9]{4}(?![0-9])")


class DateError(Misread):
    """A date that cannot be read: ``position``, ``found``, ``expected``."""

    law = "RFC 5322 §3.3"


def rfc5322_date(posix: float, zone: str = "UTC") -> str:
    """The date-time for `Date:` and `Received:`.

    ``posix`` is seconds since 1970 of the lab's clock; a fraction is dropped. ``zone`` is ``UTC``
    or an offset such as ``+0100``. Locales have no say: the names are always English.
    """
    offset = _offset("+0000" if zone == "UTC" else zone)
    if offset is None:
        raise ValueError(f'zone {zone!r}: expected "UTC" or an offset such as "+0100"')
    at = datetime.fromtimestamp(posix // 1, UTC).astimezone(timezone(offset))
    sign, minutes = ("-", -offset) if offset < timedelta() else ("+", offset)
    hours, minutes_left = divmod(int(minutes.total_seconds()) // 60, 60)
    return (
        f"{DAYS[at.weekday()]}, {at.day:02} {MONTHS[at.month - 1]} {at.year:04} "
        f"{at:%H:%M:%S} {sign}{hours:02}{minutes_left:02}"
    )


def parse_date(text: str) -> float:
    """POSIX seconds of a date-time. Raises `DateError`.

    Takes the obsolete forms of §4.3 too: two-digit years, no seconds, zones by name. A zone by a
    name that nobody defined counts as UTC, as §4.3 asks. The day of the week is not checked.
    """
    return read_date(text).timestamp()


def read_date(text: str) -> datetime:
    """The same as an aware `datetime`, with the sender's own offset from UTC."""
    scanner = Scanner(text, DateError)
    _weekday(scanner)
    start = scanner.position
    day = _number(scanner, "the day of the month")
    month = _month(scanner)
    year = _year(scanner)
    hour = _number(scanner, "the hour")
    minute = _number(scanner, "the minutes", after=":")
    second = _number(scanner, "the seconds", after=":") if _next(scanner) == ":" else 0
    zone = _zone(scanner)
    if _next(scanner):
        raise scanner.fail("the end")
    try:
        leap = 59 if second == 60 else second  # a leap second is no second of POSIX
        at = datetime(year, month, day, hour, minute, leap, tzinfo=timezone(zone))
        at.astimezone(UTC)
    except (ValueError, OverflowError) as error:
        raise scanner.fail(f"a day and time that exist ({error})", at=start) from None
    return at


def _next(scanner: Scanner) -> str:
    scanner.skip()
    return scanner.peek()


def _weekday(scanner: Scanner) -> None:
    scanner.skip()
    if scanner.match(_NAME) is None:
        return
    scanner.skip()
    if not scanner.take(","):
        raise scanner.fail('"," after the day of the week')
    scanner.skip()


def _number(scanner: Scanner, what: str, after: str = "") -> int:
    scanner.skip()
    if after and not scanner.take(after):
        raise scanner.fail(f'"{after}" and {what}')
    scanner.skip()
    start = scanner.position
    digits = scanner.match(_NUMBER)
    if digits is None or len(digits) > 4:
        raise scanner.fail(what, at=start)
    return int(digits)


def _month(scanner: Scanner) -> int:
    scanner.skip()
    start = scanner.position
    name = (scanner.match(_NAME) or "").title()
    if name not in MONTHS:
        raise scanner.fail('a month, "Jan" to "Dec"', at=start)
    return MONTHS.index(name) + 1


def _year(scanner: Scanner) -> int:
    """Two digits mean 1950 to 2049, three count from 1900 (§4.3)."""
    scanner.skip()
    start = scanner.position
    year = _number(scanner, "the year")
    digits = scanner.position - start
    if digits >= 4:
        return year
    return year + (2000 if digits == 2 and year < 50 else 1900)


def _zone(scanner: Scanner) -> timedelta:
    scanner.skip()
    if (offset := scanner.match(_OFFSET)) is not None:
        found = _offset(offset)
        if found is None:
            raise scanner.fail("an offset below 24 hours", at=scanner.position - 5)
        return found
    name = scanner.match(_NAME)
    if name is None:
        raise scanner.fail('an offset from UTC such as "+0100"')
    return timedelta(hours=_OLD_ZONES.get(name.upper(), 0))


def _offset(text: str) -> timedelta | None:
    if not _OFFSET.fullmatch(text) or int(text[1:3]) > 23 or int(text[3:]) > 59:
        return None
    offset = timedelta(hours=int(text[1:3]), minutes=int(text[3:]))
    return -offset if text[0] == "-" else offset
