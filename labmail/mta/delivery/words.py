"""Words for the trace: which router was chosen, why, and what the address has become.

Try: ``because(chosen)``.
"""

from __future__ import annotations

from labmail.exim.routing.outcome import Accept, Children

from ..routing.routing import Chosen
from ..told import words


def because(chosen: Chosen) -> str:
    """Why this router: its preconditions, and what its driver found."""
    found = "" if chosen.outcome is None or _accepts(chosen) else chosen.outcome.why
    reasons = [*chosen.reasons, *([found] if found else [])]
    return ", and ".join(reasons) if reasons else "it takes every address"


def _accepts(chosen: Chosen) -> bool:
    return isinstance(chosen.outcome, Accept)


def transport_of(chosen: Chosen) -> str:
    """The transport's name; before the driver has answered, as the router's options have it."""
    if isinstance(chosen.outcome, Accept) and chosen.outcome.transport is not None:
        return str(chosen.outcome.transport.name)
    named = chosen.router["transport"] if chosen.outcome is None else None
    return named if named and "$" not in named else ""


def children_of(chosen: Chosen) -> tuple[str, ...]:
    """What the address has become, in words."""
    if not isinstance(chosen.outcome, Children):
        return ()
    return tuple(words(child.text.text) for child in chosen.outcome.addresses)
