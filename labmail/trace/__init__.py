"""Trace: what happened to a letter, who did it, and because of what.

Rooms tell events (`Event`), the `Recorder` stamps and keeps them; everything that a student sees of
a letter's road is a view of that one stream.
"""

from .event import Chapter, Event, Place, Role, Said, State, kind_of
from .recorder import SILENT, Recorder

__all__ = [
    "SILENT",
    "Chapter",
    "Event",
    "Place",
    "Recorder",
    "Role",
    "Said",
    "State",
    "kind_of",
]
