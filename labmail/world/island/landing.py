"""A landing: a port of the lab that leads to a program on an island.

The lab's connection ends here, and a real one begins, from the client's own address and port to
the program's. As at a door, there are two halves, and what the one hears the other says. Whoever
wants to know what is said hands in an *ear*; it hears both sides, in order.

Try: ``await Landing.open(island, "128.10.30.2", 25)``.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import TYPE_CHECKING, Protocol

from ..door_tcp import Half, Visit

if TYPE_CHECKING:
    from ..handshake import Listener
    from ..link import Link
    from .island import Island


class Ear(Protocol):
    """Hears a conversation: ``C`` for the client, ``S`` for the program; then its end."""

    def hear(self, speaker: str, octets: bytes) -> None: ...

    def ended(self) -> None: ...


class Deaf:
    """An ear for nobody."""

    def hear(self, speaker: str, octets: bytes) -> None:
        """Not a word."""

    def ended(self) -> None:
        """Nor of the end."""


Ears = Callable[["Link"], Ear]


class Landing:
    """Where clients of one service land. Made by `open`."""

    def __init__(self, island: Island, address: str, port: int, ears: Ears | None) -> None:
        self.island, self.address, self.port = island, address, port
        self._ears = ears or (lambda link: Deaf())
        self._listener: Listener | None = None
        self._visits: set[Landed] = set()
        self._landing: set[asyncio.Task[None]] = set()

    @classmethod
    async def open(
        cls, island: Island, address: str, port: int, ears: Ears | None = None
    ) -> Landing:
        """Lets clients land. Raises OSError (EADDRINUSE) if somebody listens there already."""
        landing = cls(island, address, port, ears)
        landing._listener = await island.network.listen(address, port, landing._welcome)
        island.landings.append(landing)
        return landing

    @property
    def patient(self) -> int:
        """How many programs wait here for their client's next word."""
        return sum(visit.waits for visit in self._visits)

    def _welcome(self) -> Half:
        visit = Landed(self._visits.discard)
        self._visits.add(visit)
        bringing = self.island.network.loop.create_task(self._bring(visit))
        self._landing.add(bringing)
        bringing.add_done_callback(self._landing.discard)
        return visit.inside

    async def _bring(self, visit: Landed) -> None:
        link = visit.inside.transport.get_extra_info("lab")
        visit.ear = self._ears(link)
        try:
            sock = await self.island.connect(link.client, self.address, self.port)
            await self.island.network.loop.connect_accepted_socket(lambda: visit.outside, sock)
            visit.begin()
        except OSError:
            visit.end()

    def close(self) -> None:
        """Nobody lands any more; whoever has landed stays."""
        if self._listener is not None:
            self._listener.close()
        if self in self.island.landings:
            self.island.landings.remove(self)


class Landed(Visit):
    """A client of the lab that speaks with a program on the island."""

    def __init__(self, left: Callable[[Landed], None]) -> None:
        super().__init__(lambda _: self._over())
        self._left = left
        self.ear: Ear = Deaf()
        self.waits = False
        """Whether the program has spoken last."""

    def heard(self, half: Half, data: bytes) -> None:
        self.waits = half is self.outside
        self.ear.hear("S" if self.waits else "C", data)

    def _over(self) -> None:
        self.waits = False
        self._left(self)
        ear, self.ear = self.ear, Deaf()
        ear.ended()
