"""A town: what a lab is made of, written down in a TOML file.

    plan       hosts, people, zones: what a `Town` is
    reading    from a file to a plan; table: a table of it that knows where it stands
    debian     a mail host the way Debian sets it up
    etc        what stands in a host's /etc; names: the zones of a town

Try: ``print(load_town("two_companies").hosts)``.
"""

from __future__ import annotations

from .plan import (
    SERVICES,
    STORES,
    Debian,
    HostPlan,
    Net,
    Town,
    TownError,
    UserPlan,
    ZonePlan,
)
from .reading import load_town, read_town, town_names

__all__ = [
    "SERVICES",
    "STORES",
    "Debian",
    "HostPlan",
    "Net",
    "Town",
    "TownError",
    "UserPlan",
    "ZonePlan",
    "load_town",
    "read_town",
    "town_names",
]
