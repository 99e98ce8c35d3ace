"""An obstacle and its cure, as one value: what is wrong, and what to do about it.

Whatever can go wrong before the lab runs is raised as `Trouble`, and printed in one place
(`starting.tasks.main`) in one shape::

    labmail cannot start: only 120 MB are free in /home/ann/labmail.

    What to do:
      make room (1000 MB are needed), or move the folder to a larger disk
"""

from __future__ import annotations


class Trouble(Exception):
    """``what`` is wrong, in one sentence; ``cure`` is what to do, a line for each way out."""

    def __init__(self, what: str, *cure: str) -> None:
        super().__init__(what)
        self.what = what
        self.cure = cure

    def __str__(self) -> str:
        if not self.cure:
            return self.what
        return "\n  ".join([self.what + "\n\nWhat to do:", *self.cure])
