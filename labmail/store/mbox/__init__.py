"""mbox: all letters of a person in one file. Read `format`, `index`, `store`, `maildrop`."""

from .format import borders, ctime, escape, from_line
from .index import Index, Slot, fingerprint
from .maildrop import MboxMaildrop
from .store import Mbox

__all__ = [
    "Index",
    "Mbox",
    "MboxMaildrop",
    "Slot",
    "borders",
    "ctime",
    "escape",
    "fingerprint",
    "from_line",
]
