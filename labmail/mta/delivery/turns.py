"""Turns: in which order the ends of a plan have theirs. The log is read from top to bottom, and a
reader who compares it with Exim's should find the same lines in the same places.

Law: Exim specification, §3.14; the order itself is what Exim 4.96 does.

Try: ``in_turn(plan.ends)``.
"""

from __future__ import annotations

from collections.abc import Sequence

from labmail.exim.routing.outcome import Accept, Defer

from ..recipient import Recipient
from ..routing.planning import TOO_EARLY
from ..routing.routing import Routing
from .holding import HELD


def in_turn(ends: Sequence[Routing]) -> list[Routing]:
    """The order in which Exim delivers: what was made of other addresses comes first, and last what
    the envelope named; files and programs behind the addresses that were made with them."""
    order: list[Routing] = []
    for generation in sorted({each.recipient.generation for each in ends}, reverse=True):
        these = [each for each in ends if each.recipient.generation == generation]
        order += [each for each in these if not each.recipient.made]
        order += [each for each in reversed(these) if each.recipient.made]
    return order


def as_routed(ends: Sequence[Routing]) -> list[Routing]:
    """Those that no transport has, in the order in which Exim comes to them: those whose time has
    not come, as the envelope has them; of the others the last of the envelope first, then what was
    made of them in the same way."""
    settled = [each for each in reversed(ends) if not isinstance(each.answer, Accept)]
    early = [each for each in reversed(settled) if is_too_early(each)]
    asked = [each for each in settled if not is_too_early(each)]
    return early + sorted(asked, key=lambda each: each.recipient.generation)


def is_too_early(routing: Routing) -> bool:
    """Whether no router was asked, since the time of the next try has not come, or the domain is
    held."""
    return isinstance(routing.answer, Defer) and routing.answer.text in (TOO_EARLY, HELD)


def by_generation(recipient: Recipient) -> int:
    """How far an address is from the envelope."""
    return recipient.generation
