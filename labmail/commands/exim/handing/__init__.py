"""Handing in: a letter comes from a program of the same computer, and the queue is told to go.

    envelope    who sends it, and to whom: options and words of the command line, or the header
    letter      from octets to a letter of the queue: completed, rewritten, stamped
    notices     what the sender is told where no letter has come of it
    submit      -bm, -t, words alone: one letter
    dialogue    -bs, -bS: SMTP with a program at the other end
    replies     the words of that dialogue
    runs        -q, -R, -S: every letter that waits, or some

All of it is done with a mail system that is at work (`labmail.mta.Mta`): the one of a host of a
lab, or the one that `standalone` makes for a single command.

Law: Exim specification, chapters 5 and 47.
"""

from .dialogue import talk
from .runs import run_queue
from .submit import hand_in

__all__ = ["hand_in", "run_queue", "talk"]
