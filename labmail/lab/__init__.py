"""The lab: a town of hosts and people, running in one background thread.

In the order to read: `town` (what there is), `townfile` and `table` (how it is written down),
`names` and `etc` (the files that hosts get), `home` (where they lie), `host` and `person` (who is
alive), `site` (where the rooms meet), `lab` (what a notebook holds), `clock` and `twin`; how it is
broken: `faults`, `breaking` and `events`; and how it is shown: `showable`, `show_town`, `waiting`
(the queue), `letters`, `filetext`.

Try: ``Lab("two_companies")``.
"""

# isort: off  (the order in which to read them)
from .faults import Fault, Faults
from .home import HomeError
from .host import LabHost
from .lab import Lab
from .person import Person
from .town import SERVICES, HostPlan, Town, TownError, UserPlan, ZonePlan
from .townfile import load_town, read_town, town_names

# isort: on

__all__ = [
    "SERVICES",
    "Fault",
    "Faults",
    "HomeError",
    "HostPlan",
    "Lab",
    "LabHost",
    "Person",
    "Town",
    "TownError",
    "UserPlan",
    "ZonePlan",
    "load_town",
    "read_town",
    "town_names",
]
