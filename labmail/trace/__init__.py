"""Trace: what happened to a letter, who did it, and because of what.

Rooms tell events (`Event`), the `Recorder` stamps and keeps them; everything that a student sees of
a letter's road is a view of that one stream::

    event ─▶ recorder ─┬─▶ journal     a file, one event a line; a lab that is opened again reads it
                       ├─▶ memory      all of them, or the newest
                       ├─▶ state       where every letter lies, after any event
                       └─▶ story       by cause, step by step
                             ├─▶ text      print(story)
                             ├─▶ journey   lanes, columns and roads as plain data
                             │     └─▶ figure, mermaid
                             └─▶ export    JSON

Try: ``python -m labmail.trace``.
"""

from .cast import Actor, Cast
from .dialogue import transcript
from .event import Chapter, Event, Place, Role, Said, State, kind_of
from .events import Gap, Told
from .export import events_as_json, story_as_json
from .figure import figure
from .journal import Journal, read_journal
from .journey import Journey, journey
from .mermaid import mermaid
from .ration import Ration
from .record import from_record, to_record
from .recorder import SILENT, Recorder
from .sentence import fact, sentence
from .state import End, places
from .step import Step
from .story import Story

__all__ = [
    "SILENT",
    "Actor",
    "Cast",
    "Chapter",
    "End",
    "Event",
    "Gap",
    "Journal",
    "Journey",
    "Place",
    "Ration",
    "Recorder",
    "Role",
    "Said",
    "State",
    "Step",
    "Story",
    "Told",
    "events_as_json",
    "fact",
    "figure",
    "from_record",
    "journey",
    "kind_of",
    "mermaid",
    "places",
    "read_journal",
    "sentence",
    "story_as_json",
    "to_record",
    "transcript",
]
