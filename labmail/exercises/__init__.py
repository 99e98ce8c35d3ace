"""Exercises: tasks whose checks look at mailboxes, queues and the trace.

`Claim` is one thing that must be true, `Verdict` what a check says, `exercise` the decorator that
makes one, `check` what a student calls; `begin` sets up those that start with a fault.
"""

from .beginning import begin
from .claim import Claim
from .exercise import Exercise, all_exercises, check, exercise
from .verdict import MIME, Verdict

__all__ = ["MIME", "Claim", "Exercise", "Verdict", "all_exercises", "begin", "check", "exercise"]
