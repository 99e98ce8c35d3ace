"""The server: a port on which conversations begin.

``serve`` is all that an MTA needs: where to listen, and a `Gate` to ask. Each connection becomes a
conversation of its own (conversation.py). Where more want to talk than there are places, those who
have got no further for longest make room (`labmail.world.Crowd`); where the letters that are coming
in are too much for the memory, the largest (`load`). Closing the server tells everybody who is
still talking that it shuts down (421, RFC 5321 §3.8).

Try: ``server = await serve(network, "128.10.30.2", 25, gate, clock=clock, trace=trace)``.
"""

from __future__ import annotations

import weakref

from labmail.trace import Ration, Recorder
from labmail.world import Chance, Clock, Crowd, Endpoint, Listener, Network

from . import replies
from .load import Load
from .session import Gate
from .verbs import Verbs


class Server:
    """A service that listens; what `serve` gives. It has asyncio.Server's manners."""

    def __init__(self, gate: Gate, clock: Clock, trace: Recorder) -> None:
        self.gate, self.clock, self.trace = gate, clock, trace
        self.crowd: Crowd[Verbs] = Crowd(gate.limits.connections, gate.limits.connections_of_one)
        self.load: Load[Verbs] = Load(gate.limits.under_way)
        self.ration = Ration(clock.time)
        self.conversations: weakref.WeakSet[Verbs] = weakref.WeakSet()
        self._listener: Listener | None = None

    def __call__(self) -> Verbs:
        """A conversation for a new connection: asyncio's protocol factory."""
        conversation = Verbs(
            self.gate,
            clock=self.clock,
            trace=self.trace,
            crowd=self.crowd,
            load=self.load,
            ration=self.ration,
        )
        self.conversations.add(conversation)
        return conversation

    async def listen(self, network: Network, address: str, port: int) -> None:
        """Begins to listen. Raises OSError (EADDRINUSE) where somebody does already."""
        self._listener = await network.listen(address, port, self)

    @property
    def address(self) -> Endpoint | None:
        """Where it listens: lab address and port."""
        return self._listener.address if self._listener is not None else None

    def close(self) -> None:
        """Takes no more connections and ends those that are open, each with a 421."""
        if self._listener is not None:
            self._listener.close()
        for conversation in tuple(self.conversations):
            conversation.hang_up(replies.SHUTTING_DOWN, "the server shut down")

    async def wait_closed(self) -> None:
        """Returns at once: connections end by themselves."""

    def is_serving(self) -> bool:
        return self._listener is not None and self._listener.is_serving()


async def serve(
    network: Network,
    ip: str,
    port: int,
    gate: Gate,
    *,
    clock: Clock,
    trace: Recorder,
    chance: Chance | None = None,
) -> Server:
    """Listens for SMTP on ``ip`` and ``port`` and asks ``gate``; see `Server`.

    ``chance`` is there for extensions that need it. Raises OSError where the port is in use.
    """
    server = Server(gate, clock, trace)
    await server.listen(network, ip, port)
    return server
