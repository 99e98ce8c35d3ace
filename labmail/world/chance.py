"""Chance: every id and every throw of the dice comes from a name, so that each run is the same run.

A stream shared by all would give ids in order of arrival, and the order of arrival changes when a
thread is slow. So nothing is drawn from a stream: the n-th boundary of a letter is
``sha256(seed, "boundary", letter, n)``, whoever asks first.

Try: ``Chance("labmail").id("boundary", "alice@example.com/1")``.

Passwords and keys are no business of chance: they come from `secrets`, new for each lab.
"""

from __future__ import annotations

import hashlib
import random


class Chance:
    """Repeatable ids and random numbers, derived from ``seed`` and the names that ask.

    >>> Chance("a").id("queue", 1) == Chance("a").id("queue", 1) != Chance("b").id("queue", 1)
    True
    """

    def __init__(self, seed: str = "labmail") -> None:
        self.seed = seed

    def id(self, *names: object, size: int = 16) -> str:
        """A lower-case hexadecimal id of ``size`` characters (at most 64) for these names."""
        return self._digest(names).hex()[:size]

    def number(self, *names: object, below: int) -> int:
        """A whole number from 0 to ``below - 1`` for these names."""
        return int.from_bytes(self._digest(names)[:8]) % below

    def random(self, *names: object) -> random.Random:
        """A generator of its own for these names: for shuffles and waiting times."""
        return random.Random(self._digest(names))

    def _digest(self, names: tuple[object, ...]) -> bytes:
        # repr, not join: no two lists of names may look alike, whatever characters they hold.
        text = repr([self.seed, *map(str, names)])
        return hashlib.sha256(text.encode()).digest()
