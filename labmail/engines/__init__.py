"""Who does the MTA's work: our own in Python, or the real program `exim4`.

    labmail     labmail.mta, in the lab's loop, on a clock that can be moved; runs everywhere
    exim4       the program itself, each host's on an island of its own; Linux, root, live clock

The second is the proof of the first: the same town, the same letters, the same stories
(`contract`). `exim4` says how it is held; `why_not` whether it can be here at all.
"""

from .choice import ENGINES, why_not

__all__ = ["ENGINES", "why_not"]
