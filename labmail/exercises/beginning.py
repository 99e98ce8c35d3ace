"""Beginnings: what has to be so before an exercise can be done.

Some exercises start with something broken, others in a lab of their own::

    begin("05.3", lab)           plants three faults in the student's lab
    begin("05.3", lab, seed=2)   three others
    day = begin("05.4")          gives a lab of its own

Try: ``begin("05.4")``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from . import answers, jams, nights, orchard, relaying, routers, wrecks

if TYPE_CHECKING:
    from ..lab import Lab

PLANTED = {"05.3": orchard.plant, "10.1": answers.as_printed}
"""Exercises that begin with a fault in the lab that the student has."""
OWN = {
    "04.3": nights.another_night,
    "05.4": orchard.monday,
    "09.3": routers.another_noon,
    "10.3": answers.another_morning,
    "11.4": relaying.another_evening,
    "12.1": jams.monday,
    "12.3": jams.another_jam,
    "15.1": wrecks.another_loss,
    "15.2": wrecks.four_cuts,
    "15.3": wrecks.another_circle,
    "15.4": wrecks.another_wreck,
}
"""Exercises that are done in a lab of their own."""


def begin(id: str, lab: Lab | None = None, *, seed: int = 1) -> Lab:
    """Sets an exercise up, and gives the lab that it is done in.

    ``seed`` chooses among faults: the same seed breaks the same things. Raises ValueError for an
    exercise that needs no beginning, or needs a lab and has none.
    """
    if id in OWN:
        return OWN[id](seed)
    if id not in PLANTED:
        known = ", ".join(sorted(PLANTED | OWN))
        raise ValueError(f"exercise {id!r} needs no beginning: expected one of {known}")
    if lab is None:
        raise ValueError(f'it needs the lab that it is to break: begin("{id}", lab)')
    PLANTED[id](lab, seed)
    return lab
