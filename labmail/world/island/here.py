"""Can there be an island on this machine? Linux, and the right to make namespaces.

Try: ``why_not()``: "" where there can, and otherwise the reason in a sentence.
"""

from __future__ import annotations

import os
import subprocess
import sys
from functools import cache

from .program import python

_PROBE = (
    "from labmail.world.island.kernel import *\n"
    "unshare(MOUNTS | NAME | MESSAGES | PROCESSES | NET)\n"
    "mount('none', '/', flags=PRIVATE | DEEP)\n"
)
PATIENCE = 20.0


def why_not() -> str:
    """Why no island can be made here; "" if one can."""
    if not sys.platform.startswith("linux"):
        return f"it needs namespaces, and only Linux has them: this is {sys.platform}"
    if os.geteuid() != 0:
        return "making namespaces takes root: this process runs as an ordinary user"
    return _tried()


@cache
def _tried() -> str:
    """A container's root may have lost the right; only trying tells."""
    try:
        tried = subprocess.run(
            python(_PROBE), capture_output=True, text=True, timeout=PATIENCE, check=False
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        return f"namespaces cannot be tried here: {error}"
    if tried.returncode == 0:
        return ""
    said = tried.stderr.strip().rpartition("\n")[2].rpartition("] ")[2]
    return (
        f"this root may not make namespaces ({said}): "
        "in a container it takes the capability CAP_SYS_ADMIN"
    )
