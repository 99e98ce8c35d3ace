"""The past of a letter on a host, as its events tell it.

    Spooled ─▶ PutOff … PutOff ─▶ Completed      each moment at which it was tried in vain
                 └▶ GivenUp ─▶ Frozen                is a cross on its line
                 └▶ ByHand

Try: ``pasts(lab.trace, "mail.example.com")``.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from labmail.mta import events

if TYPE_CHECKING:
    from labmail.trace import Event, Recorder

SERVED = (events.HandedOver, events.Stored, events.Piped, events.Replied, events.Discarded)
NOT_TRIED = "retry time not"
"""How the MTA says that the time of a host or an address had not come: nothing was tried."""


@dataclass(slots=True)
class Past:
    """What has become of one letter. Times are POSIX seconds."""

    id: str
    letter: str | None
    sender: str
    recipients: tuple[str, ...]
    size: int
    born: float
    tries: list[tuple[float, str]] = field(default_factory=list)
    """Each try in vain, and what failed."""
    waits_for: str = ""
    """What it waits for: the last failure, or that it was not due."""
    rule: tuple[str, ...] = ()
    """What the retry rule said last, in words."""
    served: bool = False
    """Whether anybody has got it."""
    lost: bool = False
    """Whether anybody never will."""
    gone_wrong: str = ""
    """Who will never get it, and why: what freezes a report."""
    ice: str = ""
    """Why it is frozen, as the event says it."""
    removed_by: str = ""
    ended: float | None = None

    @property
    def end(self) -> str:
        """How it ended: ``delivered``, ``bounced``, ``removed``; "" while it waits."""
        if self.ended is None:
            return ""
        if self.removed_by:
            return "removed"
        return "bounced" if self.lost else "delivered"


def pasts(trace: Recorder, host: str) -> dict[str, Past]:
    """Every letter that this host has taken, by its id, the oldest first."""
    found: dict[str, Past] = {}
    for event in _here(trace, host):
        if isinstance(event, events.Spooled):
            found[event.id] = Past(
                event.id, event.letter, event.sender, event.recipients, event.size, event.time
            )
        elif (past := found.get(getattr(event, "id", ""))) is not None:
            _note(past, event)
    return found


def _here(trace: Recorder, host: str) -> Iterator[Event]:
    return (event for event in trace.since(0) if event.host == host)


def _note(past: Past, event: Event) -> None:
    if isinstance(event, events.PutOff):
        tried = not event.problem.lower().startswith(NOT_TRIED)
        if tried and (not past.tries or past.tries[-1][0] != event.time):
            past.tries.append((event.time, event.problem))
        past.rule, past.waits_for = event.rule, event.problem
    elif isinstance(event, events.ByHand):
        _by_hand(past, event)
    elif isinstance(event, events.GivenUp):
        past.lost, past.gone_wrong = True, f"{event.address}: {event.problem}"
    elif isinstance(event, events.Frozen):
        past.tries.append((event.time, past.gone_wrong or event.problem))
        past.waits_for = past.gone_wrong or event.problem
        past.ice = f"{event.question} {event.answer}"
    elif isinstance(event, SERVED):
        past.served = True
    elif isinstance(event, events.Completed):
        past.ended = event.time


def _by_hand(past: Past, event: events.ByHand) -> None:
    if event.deed == "removed it":
        past.removed_by = event.by
    past.lost = past.lost or event.deed == "gave it up"
    past.ice = event.answer if event.deed == "froze it" else ""
