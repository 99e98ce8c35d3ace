"""Which engines there are, and whether one can run on this machine.

Try: ``why_not("exim4")``: "" where it can, and otherwise the reason in a sentence.
"""

from __future__ import annotations

import os
import shutil

from labmail.world.island import why_not as no_island

ENGINES = ("labmail", "exim4")
PLACES = "/usr/local/sbin:/usr/sbin:/sbin:/usr/bin:/bin"


def why_not(engine: str) -> str:
    """Why this engine cannot run here; "" if it can."""
    if engine != "exim4":
        return ""
    if reason := no_island():
        return reason
    path = shutil.which(engine, path=PLACES)
    if path is None:
        return "the program exim4 is not installed: apt-get install exim4-daemon-heavy"
    if not os.path.realpath(path).startswith(("/usr/", "/bin/", "/sbin/")):
        return f"the program exim4 lies at {path}, outside of what an island has of the machine"
    return ""
