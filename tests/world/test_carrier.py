"""What every carrier promises is kept in memory, over sockets, and in a thin world."""

from functools import partial

from labmail.world import simulate
from labmail.world.contract import (
    Connections,
    Datagrams,
    Farewells,
    Faults,
    Flow,
    Latency,
    Libraries,
    NetworkContract,
    Roads,
)


class TestMemory(NetworkContract):
    run = staticmethod(simulate)


class TestSockets(NetworkContract):
    run = staticmethod(partial(simulate, wire="sockets"))


class TestThin(Connections, Flow, Farewells, Faults, Roads, Latency, Libraries, Datagrams):
    """Without threads and sockets there are no doors; all else is promised."""

    run = staticmethod(partial(simulate, thin=True))
