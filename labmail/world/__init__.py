"""The world: what is passed in and never reached for. Clock, network, chance, files.

No other room reads the machine's clock, opens a socket, starts a thread or throws dice: it is
handed these. That is why a lesson gives the same dates, ids and log lines on every run, why four
days of retries play in a millisecond, and why a lab needs neither root nor the Internet.

In the order to read: `clock` (time that can be moved), `pulse` (when it may jump), `network` and
`link` (connections in memory), `doors` (the way in for real programs), `files`, `chance`, and
`loop`, the asyncio event loop that ties them together for libraries that know nothing of it.
"""

from .chance import Chance
from .clock import EPOCH, Clock, Interval, seconds
from .files import Disk, HostFiles
from .link import End, Endpoint, Link
from .loop import LabLoop
from .network import VISITOR, Listener, Network
from .simulate import World, make_world, simulate
from .workers import LoopThread

__all__ = [
    "EPOCH",
    "VISITOR",
    "Chance",
    "Clock",
    "Disk",
    "End",
    "Endpoint",
    "HostFiles",
    "Interval",
    "LabLoop",
    "Link",
    "Listener",
    "LoopThread",
    "Network",
    "World",
    "make_world",
    "seconds",
    "simulate",
]
