"""What all events of an MTA have: the chapter they happen in, and where an address has come to.

One letter for several recipients splits at the router: from there on every event speaks of one
``recipient``, the address that the envelope named; ``address`` is what routers made of it (an
alias's member), where that differs.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from labmail.trace import Chapter, Event, Place, State, fact

SPOOL = "/var/spool/exim4"
INPUT = f"{SPOOL}/input"


@dataclass(frozen=True, slots=True, kw_only=True)
class LetterEvent(Event):
    """Common to all: ``leg`` is the chapter of the journey in which this happens."""

    leg: Chapter = ""

    chapter = fact("leg")


@dataclass(frozen=True, slots=True, kw_only=True)
class AddressEvent(LetterEvent):
    """Common to what becomes of one address of a letter.

    ``open`` counts the other addresses that the same recipient was turned into and that are not
    done yet; ``lost`` says that one of them has failed already.
    """

    id: str
    address: str
    transport: str = ""
    open: int = 0
    lost: bool = False

    def _place(self, component: str, state: State, detail: str) -> Mapping[str, Place]:
        if self.recipient is None:
            return {}
        if self.open and state != "deferred":
            state, component = "under way", "spool"
            detail = f"{detail}; {self.open} more to deliver"
        elif self.lost and state == "delivered":
            state = "bounced"
        return {self.recipient: Place(self.host, component, state, detail)}


def listed(names: tuple[str, ...], most: int = 3) -> str:
    if len(names) > most:
        return f"{', '.join(names[:most])} and {len(names) - most} more"
    return " and ".join([", ".join(names[:-1]), names[-1]] if len(names) > 1 else names)


def lasting(seconds: float) -> str:
    """``900`` → ``15 minutes``."""
    for size, word in ((86400, "day"), (3600, "hour"), (60, "minute")):
        if seconds >= size:
            amount = f"{seconds / size:.4g}"
            return f"{amount} {word}{'' if amount == '1' else 's'}"
    return f"{seconds:.0f} seconds"
