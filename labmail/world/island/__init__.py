"""Islands: real programs of this machine at a lab address, in namespaces of Linux.

In the order to read: `here` (can there be one?), `island` (what the lab holds) and its `line` to
the warden, `pier` (how its programs reach the rest of the lab), `landing` (how they are reached).
Inside, in a small Python of its own (`program`): `warden`, which starts and buries processes, on
the `ground` of a host's folder, with `roads` to the other addresses; and `kernel`, the calls of
Linux below all that.
"""

from .here import why_not
from .island import Island
from .landing import Ear, Landing
from .line import Ended, IslandError
from .pier import Pier

__all__ = ["Ear", "Ended", "Island", "IslandError", "Landing", "Pier", "why_not"]
