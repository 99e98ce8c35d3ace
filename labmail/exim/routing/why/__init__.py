"""Why does it go there? The walk of an address for a reader: what decided, what would change it.

    explain     the walk as questions and answers
    turning     what would make an answer the other one; sought: the same of a driver's word
    reaching    what would have to change for router X to take it
    runsas      as whom it would run; mailbox: where the letter would lie
    decisions   the same address, routed by two configurations

Nothing of this is needed to route an address, and nobody who does pays for it: the desk comes here
only when somebody wants to know.

Try: ``labmail explain bob@ask.com --router local_user``.
"""

from __future__ import annotations

from .decisions import Decision, decision
from .explain import Explanation, explain, explained, sentences
from .reaching import Reach, in_the_way

__all__ = [
    "Decision",
    "Explanation",
    "Reach",
    "decision",
    "explain",
    "explained",
    "in_the_way",
    "sentences",
]
