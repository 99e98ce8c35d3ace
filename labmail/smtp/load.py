"""The load: what all letters that are just coming in take in memory, together.

One letter may be large, and many may come at once; but a hundred large ones that never end would be
more than a computer has. So they share a measure. When it is full, the largest has to go: a small
letter always finds room, and whoever was sent away (421) tries again later.

Nothing here closes anything: whoever owns the conversations asks, and acts. (The places at the door
are shared out in the same way by `labmail.world.Crowd`.)

Try::

    >>> load = Load(most=100)
    >>> load.grow("honest", 10), load.grow("greedy", 80), load.grow("third", 20)
    (None, None, 'greedy')
    >>> load.total
    30
"""

from __future__ import annotations

from collections.abc import Hashable
from typing import Generic, TypeVar

G = TypeVar("G", bound=Hashable)


class Load(Generic[G]):
    """Octets by conversation, ``most`` of them in all."""

    def __init__(self, most: int) -> None:
        self.most = most
        self.total = 0
        self._octets: dict[G, int] = {}

    def grow(self, guest: G, octets: int) -> G | None:
        """So many octets more. Gives the one who has to go for that, and counts it no more."""
        self._octets[guest] = self._octets.get(guest, 0) + octets
        self.total += octets
        if self.total <= self.most:
            return None
        largest = max(self._octets, key=lambda one: self._octets[one])
        self.leave(largest)
        return largest

    def leave(self, guest: G) -> None:
        """A letter is through, or has been given up."""
        self.total -= self._octets.pop(guest, 0)
