"""The rights of a mailbox: those that were asked for, and not what a umask leaves of them.

A process has one umask for all its threads, so nobody sets it here: a new file is given its rights
once more, where the umask took some away. An mbox that is there already is looked at before each
delivery, as Exim does::

    it has      0666   0600   0604
    wanted      0640   0640   0640
                 │      │      └─▶ not all of them: "wrong mode", or left as it is
                 │      └────────▶ the same          (no_mode_fail_narrower)
                 └───────────────▶ all of them and more: reduced

Law: Exim specification, §26.2 (mode, mode_fail_narrower).
"""

from __future__ import annotations

import os
import stat

from .base import WrongMode
from .manner import Manner


def give(fd: int, mode: int) -> None:
    """Gives an open file these rights. Raises OSError."""
    if stat.S_IMODE(os.fstat(fd).st_mode) != mode:
        os.fchmod(fd, mode)


def agree(fd: int, mailbox: str, manner: Manner) -> None:
    """Sees to the rights of a mailbox that is there. Raises `WrongMode`, OSError."""
    wanted = manner.mode
    found = stat.S_IMODE(os.fstat(fd).st_mode)
    if wanted is None or found == wanted:
        return
    if manner.forced or found & wanted == wanted:
        try:
            os.fchmod(fd, wanted)
        except OSError as error:
            error.add_note(f"attempting to chmod mailbox {mailbox}")
            raise
    elif not manner.narrower:
        why = f"mailbox {mailbox} has the wrong mode {found:03o} ({wanted:03o} expected)"
        raise WrongMode(why)
