"""Message ids: the name that one MTA gives to its copy of a letter.

Every host that takes a letter names it anew. ``1vwz8C-000001-0W`` is three numbers in base 62:

    1vwz8C      seconds since 1970 when the letter came in
    000001      which process took it; here a number that the lab counts up, so that two letters
                that come in while the clock stands still have different ids
    0W          the fraction of the second, in steps of 1/2000

The ``Message-ID:`` field of the header is another thing: the author's name for the letter, which
stays the same on its whole road.

Law: Exim specification, chapter 3, "Message identification" (release 4.96).

Try: ``message_id(1772442000.016, 1)``.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

DIGITS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
PATTERN = re.compile(r"[0-9A-Za-z]{6}-[0-9A-Za-z]{6}-[0-9A-Za-z]{2}")
STEPS = 2000
"""How finely the last part divides a second."""


def base62(number: int, width: int) -> str:
    """``number`` in base 62, in ``width`` digits; higher digits are cut off.

    >>> base62(61, 2), base62(62, 2)
    ('0z', '10')
    """
    digits = ""
    for _ in range(width):
        number, rest = divmod(number, 62)
        digits = DIGITS[rest] + digits
    return digits


def message_id(when: float, sequence: int) -> str:
    """The id of a letter taken at ``when`` (POSIX seconds) as number ``sequence`` of the lab.

    >>> message_id(1772442000.016, 1)
    '1vwz8C-000001-0W'
    """
    whole = int(when)
    fraction = min(int((when - whole) * STEPS + 1e-6), STEPS - 1)
    return f"{base62(whole, 6)}-{base62(sequence, 6)}-{base62(fraction, 2)}"


class MessageIds:
    """Gives ids that no letter of this spool has. ``sequence`` is counted by the lab."""

    def __init__(self, sequence: Iterator[int]) -> None:
        self._sequence = sequence
        self._taken: set[str] = set()

    def reserve(self, message_id: str) -> None:
        """Marks an id that was found in the spool as used."""
        self._taken.add(message_id)

    def release(self, message_id: str) -> None:
        """Forgets an id whose letter has left."""
        self._taken.discard(message_id)

    def new(self, when: float) -> str:
        """An id for a letter that comes in at ``when``."""
        while (candidate := message_id(when, next(self._sequence))) in self._taken:
            pass
        self._taken.add(candidate)
        return candidate
