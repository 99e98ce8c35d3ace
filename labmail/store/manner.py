"""How a letter is to be written, where somebody does not want it done in the ordinary way.

Whoever hands a letter to a store says what a configuration says of mailboxes: their rights, how
large they may grow, and for an mbox the locks under which it is written (`Locking`)::

    use_lockfile      bob.lock beside bob      for programs that agree on nothing else
    use_fcntl_lock    fcntl(2) on bob          what most programs look at
    use_flock_lock    flock(2) on bob          for those that look there instead

Somebody else's lock is waited for, in the lab's time. Without a time-out the mailbox is tried
``lock_retries`` times, with a pause of ``lock_interval`` after each. With one
(``lock_fcntl_timeout``) Exim waits inside the system call, and has the lock as soon as it is free;
here the mailbox is looked at ten times a second, as long as Exim would wait.

Law: Exim specification, §26.3 (operational details for appending).
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

Lock = Literal["lock file", "fcntl", "flock"]
LOOK = 0.1
"""Seconds between two looks at a lock that Exim would wait for inside the system call."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Locking:
    """The locks of an mbox, and how long one waits for them. Times are seconds."""

    file: bool = True
    """Whether there is to be a file ``bob.lock``."""
    fcntl: bool = True
    flock: bool = False
    tries: int = 10
    pause: float = 3.0
    fcntl_wait: float = 0.0
    """How long a single try waits for the lock; 0: not at all."""
    flock_wait: float = 0.0
    file_mode: int = 0o600
    """The rights of the lock file."""
    file_timeout: float = 1800.0
    """From what age on a lock file is a forgotten one; 0: never."""

    def patience(self, lock: Lock) -> tuple[int, float]:
        """How many pauses are made for a lock before one gives up, and how long each is.

        >>> Locking(fcntl_wait=20.0).patience("lock file")
        (10, 3.0)
        >>> Locking(fcntl_wait=20.0).patience("fcntl")  # ⌈10 · 3 s / 20 s⌉ times 20 s
        (400, 0.1)
        """
        longest = max(self.fcntl_wait, self.flock_wait)
        if lock == "lock file" or not longest:
            return self.tries, self.pause
        calls = math.ceil(self.tries * self.pause / longest)
        wait = self.fcntl_wait if lock == "fcntl" else self.flock_wait
        return round(calls * wait / LOOK), LOOK


EXIMS = Locking()
"""What Exim does where nobody says otherwise."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Manner:
    """How a letter is to be written."""

    mode: int | None = None
    """Rights of the file; None: the store's own for a new one, and any for one that is there."""
    narrower: bool = False
    """Whether an mbox that is there may have fewer rights than these."""
    forced: bool = False
    """Whether it is given these rights in any case."""
    folder_mode: int = 0o700
    make_folder: bool = True
    entry: bytes | None = None
    """What is written, to the octet, in place of what the store would make of the content."""
    tag: str = ""
    """Added to the name of a file in a Maildir."""
    most_octets: int = 0
    """How large the mailbox may grow; 0: without end."""
    most_letters: int = 0
    inclusive: bool = True
    """Whether the new letter counts for that, or only those that are there."""
    locking: Locking = EXIMS

    @property
    def limited(self) -> bool:
        """Whether the mailbox may not grow without end."""
        return bool(self.most_octets or self.most_letters)


ORDINARY = Manner()
