"""What is written into the logs, and in which form: ``log_selector`` and its kin.

    log_selector = +pid +millisec +subject -retry_defer
    log_timezone = true

    2026-03-02 09:00:00.000 +0000 [1] 1vwz8C-000001-00 <= alice@example.com … T="Lunch?"

A `Selection` is asked two things: whether a word is selected, and how a moment or a span of time is
written. It is made from the configuration in force, and anew when that changes.

Law: Exim specification, §53.15; chapter 14 under ``log_selector`` and ``log_timezone``.

Try: ``"pid" in Selection.of(orders)``.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from labmail.exim.config.times import show_time
from labmail.exim.options.log_selectors import ALWAYS, selected

if TYPE_CHECKING:
    from ..orders import Orders


@dataclass(frozen=True, slots=True)
class Selection:
    """What is logged, and how."""

    words: Collection[str] = frozenset(ALWAYS)
    zone: bool = False
    """Whether each line tells its time zone."""
    pid: int = 1
    topbit: bool = False
    """Whether octets beyond ASCII are written as they are (``print_topbitchars``)."""

    @classmethod
    def of(cls, orders: Orders) -> Selection:
        """What a configuration says."""
        return cls(
            frozenset(selected(str(orders.main("log_selector") or ""))),
            bool(orders.main("log_timezone")),
            orders.machine.pid,
            bool(orders.main("print_topbitchars")),
        )

    def __contains__(self, word: object) -> bool:
        return not word or word in self.words

    def stamp(self, posix: float, *, alone: bool = False) -> str:
        """The beginning of a line; ``alone``: without the process."""
        text = timestamp(posix)
        if "millisec" in self.words:
            text += f".{int(posix % 1 * 1000):03}"
        if self.zone:
            text += " +0000"
        if "pid" in self.words and not alone:
            text += f" [{self.pid}]"
        return text

    def span(self, seconds: float) -> str:
        """How long something took.

        >>> Selection().span(0.25), Selection({"millisec"}).span(0.25), Selection().span(225)
        ('0s', '0.250s', '3m45s')
        """
        if "millisec" in self.words and seconds < 5:
            return f"{max(seconds, 0.0):.3f}s"
        return lasting(seconds)


ORDINARY = Selection()
"""What is logged where nothing is said."""


def timestamp(posix: float) -> str:
    """``2026-03-02 09:00:00``"""
    return f"{datetime.fromtimestamp(posix // 1, UTC):%Y-%m-%d %H:%M:%S}"


def lasting(seconds: float) -> str:
    """Whole seconds as Exim writes them.

    >>> lasting(0.9), lasting(93784)
    ('0s', '1d2h3m4s')
    """
    return show_time(int(max(seconds, 0)))
