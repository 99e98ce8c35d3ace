"""The lab: a town of hosts and people, running in one background thread.

In the order to read: `town` (what there is), `townfile` and `table` (how it is written down),
`names`, `debian` and `etc` (the files that hosts get), `home` (where they lie), `host` and `person`
(who is alive), `maildaemon` (with `listening`), `errands` (a host by hand, with `digging` and
`namelog`), `administering` (its mail: `updating`, `walking`, `expanding`, `explaining`), `site`
(where the rooms meet), `lab` (what a notebook holds), `clock` and `twin`; how it is broken:
`faults`, `breaking` and `events`; how it is spoken to by hand: `dialogue`, `talk`, `answering`
(with `standin`, `visitors`, `witness`), and below them `following`, `heard`, `transcript`,
`suggestions`, `wire`; and how it is shown: `showable`, `show_town`, `show_talk`, `show_dig`,
`waiting` (the queue), `letters`, `filetext`.

Try: ``Lab("two_companies")``.
"""

# isort: off  (the order in which to read them)
from .answering import Answering
from .dialogue import TalkOver
from .faults import Fault, Faults
from .home import HomeError
from .host import LabHost
from .lab import Lab
from .person import Person
from .talk import Conversation
from .town import SERVICES, HostPlan, Town, TownError, UserPlan, ZonePlan
from .townfile import load_town, read_town, town_names

# isort: on

__all__ = [
    "SERVICES",
    "Answering",
    "Conversation",
    "Fault",
    "Faults",
    "HomeError",
    "HostPlan",
    "Lab",
    "LabHost",
    "Person",
    "TalkOver",
    "Town",
    "TownError",
    "UserPlan",
    "ZonePlan",
    "load_town",
    "read_town",
    "town_names",
]
