"""Decided: what has its outcome without a transport.

    nobody takes it       Failed          put off, held      Deferred, with Exim's number
    :blackhole:           Delivered       its own next try is not due: Deferred, too

Law: Exim specification, §3.10 to §3.14.

Try: ``decided(routing, mta.hints.waits, now)``.
"""

from __future__ import annotations

from collections.abc import Callable

from labmail.exim.routing.outcome import Accept, Defer, Discard, Fail
from labmail.message.outcome import Deferred, Delivered, Failed, Outcome

from ..retry.patience import NOT_YET, NOT_YET_ROUTED
from ..routing.planning import TOO_EARLY
from ..routing.routing import UNROUTEABLE, Routing
from ..told import words
from .holding import NUMBERS

DEFERRED_BY_ROUTER = -1
"""Exim's number in the log where a router put an address off."""
Waits = Callable[[str, float], object]
"""Whether something that failed is not due at a time (`Hints.waits`)."""


def decided(routing: Routing, waits: Waits | None, now: float) -> Outcome | None:
    """The outcome; None where a transport has it. Without ``waits`` no retry time counts."""
    match routing.answer:
        case Fail() as failed:
            return Failed(words(failed.text) or UNROUTEABLE, code="5.1.1")
        case Defer(text=text) if text == TOO_EARLY:
            return Deferred(TOO_EARLY, NOT_YET_ROUTED, code="4.2.0")
        case Defer(text=text) if text in NUMBERS:
            return Deferred(text, NUMBERS[text], code="4.2.0")
        case Defer() as later:
            return Deferred(words(later.text), DEFERRED_BY_ROUTER, code="4.3.0")
        case Discard():
            return Delivered(":blackhole:")
        case Accept():
            if waits is not None and waits(f"T:{routing.recipient.key}", now):
                return Deferred("Retry time not yet reached", NOT_YET, code="4.2.0")
    return None
