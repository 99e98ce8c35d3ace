"""The carrier in memory keeps what every carrier of the network promises."""

from labmail.world import simulate
from labmail.world.contract import NetworkContract


class TestMemory(NetworkContract):
    run = staticmethod(simulate)
