"""Listing: the queue as an administrator sees it, ``exim -bp`` or ``mailq``.

    25m  2.9K 1vwz8C-000001-00 <alice@example.com>
              bob@ask.com
            D anna@example.com

     3d   412 1vwz8C-000007-00 <> *** frozen ***
              nobody@example.com

Age, size, id and sender; below them the recipients, with a D where the letter is delivered.

Law: Exim specification, §5.2 (``-bp``).

Try: ``print(mta.queue)``.
"""

from __future__ import annotations

from collections.abc import Iterable

from ..letter import Letter
from ..recipient import Recipient


def listing(letters: Iterable[Letter], now: float) -> str:
    """All letters, in the order given; ``now`` in POSIX seconds. "" where nothing waits."""
    return "\n".join(_entry(letter, now) for letter in letters)


def _entry(letter: Letter, now: float) -> str:
    frozen = "" if letter.frozen is None else " *** frozen ***"
    head = f"{age(now - letter.received):>3} {size(letter.size):>5} {letter.id}"
    lines = [f"{head} <{letter.sender}>{frozen}"]
    for name in dict.fromkeys(letter.recipients):
        mark = "D" if Recipient(name).unique in letter.done else " "
        lines.append(f"        {mark} {name}")
    return "\n".join([*lines, ""])


def age(seconds: float) -> str:
    """Minutes up to an hour and a half, hours up to three days, then days.

    >>> age(1500), age(2 * 3600), age(4 * 86400)
    ('25m', '2h', '4d')
    """
    minutes = round(max(seconds, 0.0)) // 60
    if minutes <= 90:
        return f"{minutes}m"
    hours = minutes // 60
    return f"{hours}h" if hours <= 72 else f"{hours // 24}d"


def size(octets: int) -> str:
    """Octets, or thousands of them.

    >>> size(412), size(2970), size(70_000), size(52_428_800)
    ('412', '2.9K', '68K', '50M')
    """
    if octets < 1024:
        return str(octets)
    amount, unit = (octets / 1024, "K") if octets < 1024 * 1024 else (octets / 1024**2, "M")
    return f"{amount:.1f}{unit}" if amount < 10 else f"{amount:.0f}{unit}"
