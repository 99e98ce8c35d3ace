"""The book of letters: what is known of each letter at each host, and how its events are told.

A host gives every letter an id of its own; to the lab a letter has one name from desk to desk. The
book has an entry for each host and id, and everybody who reads a line of a log finds in it whose
letter that is, what has become of its recipients, and which event is the cause of the next one.

Try: ``Lab("two_companies", engine="exim4")`` and a letter; then its story.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from labmail.mta.events import AddressEvent
from labmail.trace import Chapter, Event, Recorder

from .logline import LogLine

Place = tuple[str, str]
"""A host's name, and an id that it has given."""


@dataclass(slots=True)
class Known:
    """A letter at one host."""

    host: str
    id: str
    name: str
    sender: str = ""
    recipients: tuple[str, ...] = ()
    event: str | None = None
    """The last event that is the cause of what comes: that it was taken in."""
    routed: dict[str, str] = field(default_factory=dict)
    """For each address, the event that told its router."""
    done: set[str] = field(default_factory=set)
    crossed: set[Place] = field(default_factory=set)
    """Where it has gone on, under other ids."""
    offered: dict[str, str] = field(default_factory=dict)
    """For each host that has refused somebody, the event that told of the envelope."""
    end: tuple[type[AddressEvent], dict[str, Any]] | None = None
    """What was told last of a recipient who was served."""
    failed: list[str] = field(default_factory=list)
    lost: str | None = None
    """The event that told of the last failure."""
    where: str = ""
    """The address that was tried last."""
    due: dict[str, float] = field(default_factory=dict)
    """When an address that was put off is tried again, in POSIX seconds."""
    troubles: list[LogLine] = field(default_factory=list)
    """Lines about hosts that could not be reached, until one says for whom they were called."""

    def leg(self, otherwise: Chapter) -> Chapter:
        """A letter without a sender is on its way back."""
        return otherwise if self.sender else "return"

    def whom(self, line: LogLine) -> tuple[str, str]:
        """Whom the envelope named, and the address that was made of it."""
        original = line.original or line.address
        if original not in self.recipients:
            alike = (each for each in self.recipients if each.lower() == original.lower())
            original = next(alike, original)
        if "@" in line.address or line.address[:1] in "|/>:":
            return original, line.address
        return original, f"{line.address}@{domain_of(original)}"


@dataclass(frozen=True, slots=True)
class Mailbox:
    """Where a login's mail lies: ``maildir`` or ``mbox``, and its path."""

    kind: str
    path: str


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What the book must be told by the lab."""

    name_of: Callable[[str], str]
    """The host that has an address, or the address."""
    hosts: frozenset[str]
    """The hosts that are written about here."""
    mailbox: Callable[[str, str], Mailbox | None]
    """Of a host and a login."""
    next_try: Callable[[str, list[str]], float | None]
    """POSIX seconds when a host tries again what has one of these words to it, if it knows."""
    now: Callable[[], float]
    """POSIX seconds."""


class Book:
    """All letters of a town's Exims; what it is told, it tells ``trace``."""

    def __init__(self, trace: Recorder, around: Surroundings) -> None:
        self.trace, self.around = trace, around
        self.letters: dict[Place, Known] = {}
        self.found: dict[tuple[str, str, str], tuple[str, str]] = {}
        """By host, id and login: file and unique id of what was stored."""

    def letter(self, place: Place) -> Known:
        """The entry of a place. Where none is, the host's own id is all that is known."""
        if place not in self.letters:
            self.letters[place] = Known(*place, "/".join(place))
        return self.letters[place]

    def tell(self, known: Known, kind: type[Event], /, **fields: Any) -> str | None:
        """Tells an event about a letter at its host; gives the event's name, if it was kept."""
        return self.trace.tell(kind, host=known.host, letter=known.name, **fields).name or None


def domain_of(address: str) -> str:
    """What stands behind the last ``@``."""
    return address.rpartition("@")[2]
