"""The engine that is real Exim, in the order in which a letter meets it.

`tree` makes the host's folder fit for it, `setting` completes its configuration, `daemon` runs it
on an island, `engine` keeps all daemons of a town. What it does is read from what it says: `ear`
hears the conversations, `tail` and `logline` read the log, and `chronicle` tells both as events, by
way of `book`, `witnesses`, `coming`, `going` and `staying`. `finding` finds what was stored;
`listing` and `hints` read what Exim knows of waiting letters.
"""

from .book import Known, Mailbox, Surroundings
from .chronicle import Chronicle
from .daemon import EximDaemon, Premises
from .engine import Exim4
from .listing import Listed
from .logline import LogLine, read_line

__all__ = [
    "Chronicle",
    "Exim4",
    "EximDaemon",
    "Known",
    "Listed",
    "LogLine",
    "Mailbox",
    "Premises",
    "Surroundings",
    "read_line",
]
