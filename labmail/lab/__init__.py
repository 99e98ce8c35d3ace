"""The lab: a town of hosts and people, running in one background thread.

In the order to read: `town` (what there is, and how it is written down), `home` (where it lies),
`host` and `person` (who is alive), `maildaemon` (with `listening`), `administering` (a host by
hand), `explaining` (why its mail goes where it goes), `site` (where the rooms meet), `lab` (what a
notebook holds), `clock` and `twin`; how it is broken: `faults`, `breaking`, `diskfaults`,
`outage` and `events`; how it is spoken to by hand: `talk`; who answers a second terminal:
`control`; and how it is shown: `showable`, `show_town`, `letters`, `filetext`.

Try: ``Lab("two_companies")``.
"""

# isort: off  (the order in which to read them)
from .faults import Fault, Faults
from .home import HomeError
from .host import LabHost
from .lab import Lab
from .person import Person
from .talk import Answering, Conversation, TalkOver
from .town import (
    SERVICES,
    HostPlan,
    Town,
    TownError,
    UserPlan,
    ZonePlan,
    load_town,
    read_town,
    town_names,
)

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
