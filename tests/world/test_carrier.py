"""Both carriers keep what every carrier of the network promises: in memory, and over sockets."""

from functools import partial

from labmail.world import simulate
from labmail.world.contract import NetworkContract


class TestMemory(NetworkContract):
    run = staticmethod(simulate)


class TestSockets(NetworkContract):
    run = staticmethod(partial(simulate, wire="sockets"))
