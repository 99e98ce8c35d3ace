"""What an attempt comes to: for each recipient of the envelope, and for the letter as a whole.

A recipient may have become several addresses, and is done when all of them are: `Tally` counts.
`Result` is what `closing` acts on: whom to send a bounce, when to try again.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from ..reports.bounce import Loss
from ..reports.confirmation import Success
from ..reports.warning import Delay
from .onetime import Member


@dataclass(slots=True)
class Tally:
    """What is still open for one recipient of the envelope: ends, by their number in the plan."""

    open: set[int] = field(default_factory=set)
    lost: bool = False
    reached: Success | None = None
    """What can be reported of those ends that were served, if the sender wants to know."""


@dataclass(slots=True)
class Result:
    """What an attempt came to."""

    losses: list[Loss] = field(default_factory=list)
    failed: list[str] = field(default_factory=list)
    """What the journal will say about the losses, once the bounce is safe."""
    untold: list[str] = field(default_factory=list)
    """Recipients that failed, and whose sender wants no report of that (RFC 3461)."""
    successes: list[Success] = field(default_factory=list)
    """What the sender wants to hear of those who were served."""
    delays: list[Delay] = field(default_factory=list)
    """What was put off, for a warning."""
    members: list[Member] = field(default_factory=list)
    """What was put off, of lists that are read only once."""
    put_off: dict[str, float] = field(default_factory=dict)
    """For each recipient that waits, when its next try is due (POSIX seconds)."""
    told: dict[str, str | None] = field(default_factory=dict)
    """For each recipient, the event that its story goes on from."""
    lost_event: str | None = None
    """The last event that told of a loss: the cause of the bounce."""
    freeze: str = ""
    """Why nobody should try again until somebody has looked; "" if trying may help."""
