"""Thawing: what a queue run does with a letter that is frozen.

Nobody tries it until an administrator has looked. But nobody looks for ever, so time may decide::

    timeout_frozen_after = 7d           it is given up: its sender is told, if there is one
    ignore_bounce_errors_after = 2d     a bounce is tried once more, and dropped if that fails
    auto_thaw = 8h                      any other letter is tried again

Law: Exim specification, chapter 14 under these options.

Try: ``fate(letter, now, orders)``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from ..letter import Letter
    from ..orders import Orders


class Fate(NamedTuple):
    """What becomes of a frozen letter now: it may be given up, tried, or left as it is."""

    line: str
    """For the log."""
    thaws: bool = False
    ends: bool = False
    when: str = ""
    """The selector that the line depends on."""


FORCED = Fate("Unfrozen by forced delivery", thaws=True)
WAITS = Fate("Message is frozen", when="skip_delivery")
BY_TIMER = Fate("Unfrozen by errmsg timer", thaws=True)
BY_ITSELF = Fate("Unfrozen by auto-thaw", thaws=True)
GIVEN_UP = Fate("cancelled by timeout_frozen_after", ends=True)


def fate(letter: Letter, now: float, orders: Orders, *, forced: bool = False) -> Fate:
    """What to do with a frozen letter at ``now`` (POSIX seconds); ``forced``: somebody says so."""
    age, frozen = now - letter.received, now - (letter.frozen or now)
    longest, thaw = orders.main("timeout_frozen_after"), orders.main("auto_thaw")
    if longest > 0 and age >= longest:
        return GIVEN_UP
    if letter.is_bounce and ignores_errors(letter, now, orders):
        return BY_TIMER
    if forced:
        return FORCED
    if not letter.is_bounce and 0 < thaw < frozen:
        return BY_ITSELF
    return WAITS


def ignores_errors(letter: Letter, now: float, orders: Orders) -> bool:
    """Whether a letter without a sender is so old that its failure is nobody's business."""
    return letter.is_bounce and now - letter.received >= orders.main("ignore_bounce_errors_after")
