"""Message ids: the name that one MTA gives to its copy of a letter.

Every host that takes a letter names it anew. ``1vwz8C-000001-0W`` is three numbers in base 62:

    1vwz8C      seconds since 1970 when the letter came in
    000001      which process took it; here a number that the lab counts up, so that two letters
                that come in while the clock stands still have different ids
    0W          the fraction of the second, in steps of 1/2000

Where a folder does not tell ``a`` from ``A`` (macOS, Windows), two ids could mean one file. There
the numbers are in base 36, of digits and capitals, and a second has 1000 steps.

The ``Message-ID:`` field of the header is another thing: the author's name for the letter, which
stays the same on its whole road.

Law: Exim specification, chapter 3, "Message identification" (release 4.96).

Try: ``message_id(1772442000.016, 1)``.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

DIGITS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
PATTERN = re.compile(r"[0-9A-Za-z]{6}-[0-9A-Za-z]{6}-[0-9A-Za-z]{2}")


def digits(number: int, width: int, base: int = 62) -> str:
    """``number`` in ``base``, in ``width`` digits; higher digits are cut off.

    >>> digits(61, 2), digits(62, 2), digits(61, 2, 36)
    ('0z', '10', '1P')
    """
    written = ""
    for _ in range(width):
        number, rest = divmod(number, base)
        written = DIGITS[rest] + written
    return written


def message_id(when: float, sequence: int, base: int = 62) -> str:
    """The id of a letter taken at ``when`` (POSIX seconds) as number ``sequence`` of the lab.

    >>> message_id(1772442000.016, 1), message_id(1772442000.016, 1, 36)
    ('1vwz8C-000001-0W', 'TB9L00-000001-0G')
    """
    whole, steps = int(when), 2000 if base == 62 else 1000
    fraction = min(int((when - whole) * steps + 1e-6), steps - 1)
    return f"{digits(whole, 6, base)}-{digits(sequence, 6, base)}-{digits(fraction, 2, base)}"


class MessageIds:
    """Gives ids that no letter of this host has had. ``sequence`` is counted by the lab.

    The count begins anew when a lab is opened again, and a frozen clock may stand where it stood,
    or a live one have been set back: `reserve` names the ids that were given before.
    """

    def __init__(self, sequence: Iterator[int]) -> None:
        self._sequence = sequence
        self._used: set[str] = set()
        self.base = 62

    def reserve(self, ids: Iterable[str]) -> None:
        """Marks ids that were found in spool and log: they are not given again."""
        self._used.update(ids)

    def new(self, when: float) -> str:
        """An id for a letter that comes in at ``when``."""
        while (candidate := message_id(when, next(self._sequence), self.base)) in self._used:
            pass
        return candidate


def ids_since(text: str, when: float, base: int = 62) -> frozenset[str]:
    """The ids in a text, such as a log, that were given at ``when`` (POSIX seconds) or later.

    >>> ids_since("… 1vwz8C-000001-00 Completed", 1772442000.0)
    frozenset({'1vwz8C-000001-00'})
    """
    first = digits(int(when), 6, base)
    return frozenset(found for found in PATTERN.findall(text) if found[:6] >= first)
