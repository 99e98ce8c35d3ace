"""When a secondary looks again: the four times of a SOA record, as arithmetic.

The owner of a zone says how its copies are kept. Every ``refresh`` the secondary compares serials;
where no primary answers, it tries again every ``retry``; and after ``expire`` without an answer the
copy is no longer believed, because nobody knows what has changed::

    0        refresh        +retry   +retry   …                    expire
    ├───────────┼──────────────┼────────┼───────────────────────────┤
    copied      asks           asks     asks    old answers go on   SERVFAIL

Law: RFC 1035 §3.3.13, RFC 1912 §2.2; the bounds are those of BIND. Try: ``of(zone.soa)``.
"""

from __future__ import annotations

from dataclasses import dataclass

from dns.rdtypes.ANY.SOA import SOA

REFRESH = (300, 2_419_200)
"""The shortest and the longest time between looks, whatever the SOA record says."""
RETRY = (500, 1_209_600)
LONGEST_EXPIRE = 14_515_200
FIRST_RETRY, LAST_RETRY = 60, 21_600
"""Without a copy nothing is known about times: 1 minute, then 2, 4, … up to 6 hours."""


@dataclass(frozen=True, slots=True)
class Times:
    """Seconds: between looks, between tries, and until the copy is given up."""

    refresh: int
    retry: int
    expire: int


def of(soa: SOA) -> Times:
    """What a SOA record says, within bounds that keep a typing mistake from doing harm.

    ``expire`` is never shorter than one refresh and one retry together.
    """
    refresh, retry = _within(soa.refresh, REFRESH), _within(soa.retry, RETRY)
    return Times(refresh, retry, _within(soa.expire, (refresh + retry, LONGEST_EXPIRE)))


def without_copy(failures: int) -> int:
    """Seconds until the next try where there is no copy and so many tries have failed.

    >>> [without_copy(n) for n in (1, 2, 3, 99)]
    [60, 120, 240, 21600]
    """
    return min(FIRST_RETRY * 2 ** min(failures - 1, 16), LAST_RETRY)


def _within(value: int, bounds: tuple[int, int]) -> int:
    return max(bounds[0], min(int(value), bounds[1]))
