"""What every carrier of the lab's network promises, as tests that anybody can run.

The lab can carry its bytes in memory or over real sockets, and you may write a third way. They are
alike if they pass the same tests. A test class names its carrier and inherits the promises::

    class TestMyCarrier(NetworkContract):
        run = staticmethod(my_simulate)         # like labmail.world.simulate, on your carrier

and pytest finds the rest. In the order to read: `connections` (TCP as it should be), `flow` (who
is slow makes the other wait), `farewells` (how a connection ends), `faults` (hosts that are down,
ports that refuse), `roads` (what goes wrong between two hosts), `latency` (packets that take time),
`libraries` (asyncio streams, TLS, aiosmtpd and aiosmtplib as they are), `datagrams` (UDP), `doors`
(programs outside) and `visits` (what passes through a door).
"""

from .connections import Connections
from .datagrams import Datagrams
from .doors import Doors
from .farewells import Farewells
from .faults import Faults
from .flow import Flow
from .latency import Latency
from .libraries import Libraries
from .roads import Roads
from .stage import A, B, Ear, in_a_lab
from .visits import Visits

__all__ = [
    "A",
    "B",
    "Connections",
    "Datagrams",
    "Doors",
    "Ear",
    "Farewells",
    "Faults",
    "Flow",
    "Latency",
    "Libraries",
    "NetworkContract",
    "Roads",
    "Visits",
    "in_a_lab",
]


class NetworkContract(
    Connections, Flow, Farewells, Faults, Roads, Latency, Libraries, Datagrams, Doors, Visits
):
    """All promises. Set ``run`` to a function with the signature of `labmail.world.simulate`."""
