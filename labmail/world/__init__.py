"""The world: what is passed in and never reached for. Clock, network, chance, files.

No other room reads the machine's clock, opens a socket, starts a thread or throws dice: it is
handed these. That is why a lesson gives the same dates, ids and log lines on every run, why four
days of retries play in a millisecond, and why a lab needs neither root nor the Internet.

In the order to read: `clock` (time that can be moved), `leap` and `pulse` (when it may jump);
`network` over `hosts` (who exists) and `faults` (what goes wrong), `handshake` (how a connection
begins), `link` and `end` (how it lives and dies), `carrier` and `cable` (in memory, or over real
sockets), `datagram`, `capture` and `pcap` (for Wireshark); `doors`, `door_tcp` and `door_udp` (the
way in for real programs), `crowd` (who is let in where many want to) and `share` (nobody holds the
floor); `files`, `power` (what a power cut leaves of them),
`recall` (what need not be read again) and `chance`; and `loop`, the asyncio event
loop that ties them together for libraries that know nothing of it, with `selector` and `workers`
below it, and `thin`, which needs neither threads nor sockets. `simulate` runs a small world, and
`contract` is what any carrier of the network promises.
"""

from .capture import Capture
from .chance import Chance
from .clock import EPOCH, Clock, Interval, seconds
from .crowd import Crowd
from .end import End
from .files import Disk, HostFiles
from .handshake import Listener
from .link import Endpoint, Link
from .loop import LabLoop
from .network import VISITOR, Network
from .power import PowerCut, PoweredDisk
from .programs import Programs, Ran
from .share import Share
from .simulate import World, make_world, simulate
from .thin import Pump, Standstill, ThinLoop
from .wires import ProgramWire, SocketWire
from .workers import Errands, LoopThread

__all__ = [
    "EPOCH",
    "VISITOR",
    "Capture",
    "Chance",
    "Clock",
    "Crowd",
    "Disk",
    "End",
    "Endpoint",
    "Errands",
    "HostFiles",
    "Interval",
    "LabLoop",
    "Link",
    "Listener",
    "LoopThread",
    "Network",
    "PowerCut",
    "PoweredDisk",
    "ProgramWire",
    "Programs",
    "Pump",
    "Ran",
    "Share",
    "SocketWire",
    "Standstill",
    "ThinLoop",
    "World",
    "make_world",
    "seconds",
    "simulate",
]
