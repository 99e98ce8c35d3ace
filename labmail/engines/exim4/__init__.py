"""The engine that is real Exim, in the order in which a letter meets it.

`tree` makes the host's folder fit for it, `setting` completes its configuration, `daemon` runs it
on an island, `engine` keeps all daemons of a town. What it does is read from what it says: `ear`
hears the conversations, `tail` and `logline` read the log, `chronicle` tells both as events;
`listing` and `hints` read what it knows of waiting letters.
"""

from .chronicle import Chronicle, Mailbox, Surroundings
from .daemon import EximDaemon, Premises
from .engine import Exim4
from .logline import LogLine, read_line

__all__ = [
    "Chronicle",
    "Exim4",
    "EximDaemon",
    "LogLine",
    "Mailbox",
    "Premises",
    "Surroundings",
    "read_line",
]
