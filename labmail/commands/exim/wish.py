"""What a command line asks of the queue, and whether it can be asked in that way.

``-Mf`` and its kin are followed by ids and nothing else; of ``-Mvh``, ``-Mes`` and others there is
one id, and what is left are addresses, or more options (``-Mset ID -be``).

Law: Exim specification, §5.3; chapter 3 (what an id looks like).
"""

from __future__ import annotations

import re

ID = re.compile(r"[0-9A-Za-z]{6}-[0-9A-Za-z]{6}-[0-9A-Za-z]{2}")
"""An id of Exim up to 4.96."""

DELIVERING = ("-M", "-Mc")
MANY = ("-M", "-Mc", "-Mf", "-Mg", "-Mmad", "-Mrm", "-Mt")
ONE = ("-Mar", "-Mes", "-Mmd", "-Mset", "-Mvb", "-Mvc", "-Mvh", "-Mvl")
LISTINGS = ("", "a", "c", "r", "ra", "ru", "u")
"""What may stand behind -bp."""


class QueueWish:
    """A listing, or a deed and the letters that it is for."""

    def __init__(self) -> None:
        self.listing: str | None = None
        self.deed = ""
        self.ids: list[str] = []
        self.loaded = ""
        """-Mset: the letter that strings of -be may ask about."""
        self.confused = False
        """Asked as ``-bq``, which is in old books; real Exim says ``-bp``."""


def wrong_ids(deed: str, ids: list[str]) -> str:
    """What Exim says where there are no ids, or one that is none; "" if all is well."""
    if not ids:
        return f"exim: no message ids given after {deed} option"
    for each in ids:
        if not ID.fullmatch(each):
            return f"exim: malformed message id {each} after {deed} option"
    return ""


# ── queue runs ───────────────────────────────────────────────────────────────────────────────────

RUN = re.compile(r"(q?i?f{0,2}l?)G?")
INTERVAL = re.compile(r"(q?i?f{0,2}l?)(?:\d+[smhdw])+")


class QueueRun:
    """Which letters a queue run is for: those to or from somebody, or all of them."""

    def __init__(self) -> None:
        self.asked = False
        """Whether it was asked for as ``-q``."""
        self.flags = ""
        """``f``: forced; ``ff``: thawed, too; ``q``, ``i``, ``l`` as in Exim."""
        self.recipient: str | None = None
        self.sender: str | None = None
        self.patterns = ""
        """``R``, ``S``: that word is a pattern."""
        self.first = self.last = ""
        """The ids to begin and to end with."""


def forced(flags: str, most: int) -> str:
    """Flags of ``-q``, with as many ``f`` as one of the words asks for.

    >>> forced("qil", 2)
    'qiffl'
    """
    head = flags.replace("f", "").removesuffix("l")
    return head + "f" * max(flags.count("f"), most) + "l" * flags.endswith("l")
