"""Room for a crowd: how many files and connections this process may have open.

Each program that knocks at a door takes a descriptor. Systems start programs with a low limit
(1,024 on Linux, 256 on macOS) and let them raise it themselves, up to a second, hard one
(getrlimit(2)).

Try: ``ulimit -S -n 256; labmail serve two_companies``.
"""

from __future__ import annotations

import resource
from contextlib import suppress

WANTED = 16_384
"""Far more than the servers let in; more would only make the system's tables longer."""


def make_room() -> int:
    """Raises the soft limit to the hard one, or to `WANTED`; gives what it is now.

    A system that refuses leaves the limit as it was: the lab works, with fewer visitors.
    """
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    most = WANTED if hard == resource.RLIM_INFINITY else min(hard, WANTED)
    if soft != resource.RLIM_INFINITY and soft < most:
        with suppress(OSError, ValueError):
            resource.setrlimit(resource.RLIMIT_NOFILE, (most, hard))
    return resource.getrlimit(resource.RLIMIT_NOFILE)[0]
