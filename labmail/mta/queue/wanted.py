"""What a queue run is for: which letters, in which manner, and how that reads in the log.

    -q            all whose time has come          -qi   only those that nobody has tried yet
    -qf   -qff    the others, and frozen ones too  -ql   into mailboxes of this host only
    -qq           twice: first only the way is found, then each host is told all at one go
    -q ID ID      from this id on, up to that one
    -R ann        those who wait are "ann" in part; -Rr: a pattern      -S bob   the sender is
    -Rf -Rff      as -qf, -qff

Law: Exim specification, §5.3 under -q, -R and -S.

Try: ``str(Wanted(force=True, recipient="ann"))``.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from labmail.exim.regex import required

from ..delivery.manner import Manner
from ..told import octets

if TYPE_CHECKING:
    from ..letter import Letter

FIRST_TIME = "deliver_firsttime"
"""The fact of a -H file: nobody has tried it yet."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """A queue run that somebody wants."""

    force: bool = False
    thaw: bool = False
    twice: bool = False
    untried: bool = False
    local: bool = False
    first: str = ""
    """The id to begin with; "": the first there is. ``last`` in the same way."""
    last: str = ""
    recipient: str | None = None
    sender: str | None = None
    patterns: str = ""
    """``R``, ``S``: that word is a pattern, not a piece of an address."""

    @classmethod
    def of(cls, flags: str, **more: object) -> Wanted:
        """As the command line has it: ``qiffl``.

        >>> Wanted.of("qff")
        Wanted(force=True, thaw=True, twice=True, untried=False, local=False, first='', last='', \
recipient=None, sender=None, patterns='')
        """
        made = cls(
            force="f" in flags,
            thaw="ff" in flags,
            twice="q" in flags,
            untried="i" in flags,
            local="l" in flags,
        )
        return replace(made, **more)  # type: ignore[arg-type]

    @property
    def flags(self) -> str:
        """What stands behind ``-q``."""
        force = "ff" if self.thaw else "f" if self.force else ""
        return f"{'q' * self.twice}{'i' * self.untried}{force}{'l' * self.local}"

    @property
    def selects(self) -> bool:
        """Whether it is for letters to or from somebody."""
        return self.recipient is not None or self.sender is not None

    @property
    def manners(self) -> tuple[Manner, ...]:
        """How letters are tried: one manner for each pass."""
        manner = Manner(force=self.force, queue_run=True, local_only=self.local)
        return (replace(manner, first_pass=True), manner) if self.twice else (manner,)

    def __str__(self) -> str:
        """Its words in the log."""
        words = [f"-q{self.flags}"] if self.flags else []
        for option, wanted in (("R", self.recipient), ("S", self.sender)):
            if wanted is not None:
                words.append(f"-{option}{'r' if option in self.patterns else ''} {wanted}")
        return " ".join(words)

    def chooser(self) -> Callable[[Letter], bool]:
        """Says whether a letter is meant, frozen or not. Raises Panic for a bad pattern."""
        to = _fits(self.recipient, "R" in self.patterns)
        by = _fits(self.sender, "S" in self.patterns)

        def chosen(letter: Letter) -> bool:
            if self.untried and FIRST_TIME not in letter.head.facts:
                return False
            if not by(letter.sender):
                return False
            return self.recipient is None or any(to(each.address) for each in letter.waiting)

        return chosen

    def in_range(self, message_id: str) -> bool:
        """Whether an id lies between the two that were given."""
        return message_id >= self.first and (not self.last or message_id <= self.last)


def _fits(wanted: str | None, pattern: bool) -> Callable[[str], bool]:
    if wanted is None:
        return lambda text: True
    if pattern:
        found = required(octets(wanted), caseless=True)
        return lambda text: found.search(octets(text)) is not None
    return lambda text: wanted.lower() in text.lower()


__all__ = ["FIRST_TIME", "Wanted"]
