"""A crowd at a busy door: who is let in, and who makes room.

A server can talk to so many at a time and no more. A thousand clients that connect and say nothing
(a *slow loris*) cost a server little, but they cost it all its places; whoever refuses newcomers
then has refused the honest ones. So a newcomer is let in, and somebody inside has to go:

    standing 0   has said nothing yet         goes first
    standing 1   has been understood
    standing 2   is in the middle of a letter, or has logged in
    busy         the server is working for it   never goes

and among equals the one who has got no further for the longest time. Only where nobody can go is
the newcomer refused. The same holds for the places that one client address may take.

Nothing here waits or closes: whoever owns the connections asks, and acts.

Law: RFC 5321 §3.8 and §4.2.3 (421), RFC 7766 §6.2.2 (idle connections make room).

Try::

    >>> crowd = Crowd(most=2, most_of_one=2)
    >>> crowd.arrive("first", "192.0.2.1"), crowd.arrive("second", "192.0.2.1")
    (Entry(room=True, leaves=None), Entry(room=True, leaves=None))
    >>> crowd.advance("first", standing=1)
    >>> crowd.arrive("third", "192.0.2.9")
    Entry(room=True, leaves='second')
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable
from dataclasses import dataclass
from itertools import count
from typing import Generic, TypeVar

G = TypeVar("G", bound=Hashable)


MOST, MOST_OF_ONE = 500, 300
"""Conversations that a mail server has at a time, and with one client address: our choice. (All
programs from outside come from one address.)"""


@dataclass(frozen=True, slots=True)
class Entry(Generic[G]):
    """Whether a newcomer is let in, and which guest has to go for that."""

    room: bool
    leaves: G | None = None


@dataclass(slots=True)
class _Place:
    address: str
    since: int
    """When it got further last: a number that grows with each step of anybody."""
    standing: int = 0
    busy: bool = False


class Crowd(Generic[G]):
    """The guests of one server: ``most`` of them, ``most_of_one`` from one address."""

    def __init__(self, most: int, most_of_one: int) -> None:
        self.most, self.most_of_one = most, most_of_one
        self._places: dict[G, _Place] = {}
        self._of: dict[str, dict[G, None]] = {}
        self._steps = count()

    def __len__(self) -> int:
        return len(self._places)

    def __bool__(self) -> bool:
        """An empty room is a room."""
        return True

    def __contains__(self, guest: object) -> bool:
        return guest in self._places

    def arrive(self, guest: G, address: str) -> Entry[G]:
        """A newcomer. Where room is made, the one who has to go is counted no more."""
        of_one = self._of.get(address, {})
        leaves: G | None = None
        if len(of_one) >= self.most_of_one:
            leaves = self._least(of_one)
        elif len(self._places) >= self.most:
            leaves = self._least(self._places)
        else:
            self._seat(guest, address)
            return Entry(True)
        if leaves is None:
            return Entry(False)
        self.leave(leaves)
        self._seat(guest, address)
        return Entry(True, leaves)

    def advance(self, guest: G, standing: int) -> None:
        """A guest has got further: what it said was understood."""
        if place := self._places.get(guest):
            place.standing, place.since = standing, next(self._steps)

    def work(self, guest: G, busy: bool) -> None:
        """The server begins, or ends, to work for a guest."""
        if place := self._places.get(guest):
            place.busy = busy

    def leave(self, guest: G) -> None:
        """A guest has gone."""
        place = self._places.pop(guest, None)
        if place is None:
            return
        of_one = self._of[place.address]
        del of_one[guest]
        if not of_one:
            del self._of[place.address]

    def _seat(self, guest: G, address: str) -> None:
        self._places[guest] = _Place(address, next(self._steps))
        self._of.setdefault(address, {})[guest] = None

    def _least(self, guests: Iterable[G]) -> G | None:
        """Who goes first among ``guests``; None if the server works for all of them."""
        idle = (guest for guest in guests if not self._places[guest].busy)
        return min(idle, key=self._rank, default=None)

    def _rank(self, guest: G) -> tuple[int, int]:
        place = self._places[guest]
        return place.standing, place.since
