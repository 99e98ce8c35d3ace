"""Retry: when is the next try, and when is it time to give up?

A host that does not answer today may answer in an hour. The rule says how patient to be, part by
part; each part holds until its time since the *first* failure is over::

    F,2h,15m; G,16h,1h,1.5; F,4d,6h

    F,2h,15m      for two hours, every 15 minutes (fixed)
    G,16h,1h,1.5  until 16 hours have passed: first 1 hour, then each pause 1.5 times the last one
    F,4d,6h       until 4 days have passed, every six hours; after that the letter goes back

What is remembered is kept for the *host*, not for the letter: the second letter to a dead host
waits for the first one's next try, and when the rule has run out a new letter goes back at once.

Law: RFC 5321 §4.5.4.1 (at least 4 to 5 days before giving up); Exim specification, chapter 32.

Try: ``DEFAULT.schedule()``.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from random import Random
from typing import Literal

from labmail.exim.options.retry import Retrying, read_rule

LONGEST_PAUSE = 86400.0
"""No pause is longer than a day (Exim's ``retry_interval_max``)."""


@dataclass(frozen=True, slots=True)
class Part:
    """One part of a rule: ``F,2h,15m`` or ``G,16h,1h,1.5``. Times are in seconds."""

    kind: Literal["F", "G", "H"]
    until: float
    pause: float
    factor: float = 1.0

    def next_pause(self, last_pause: float, chance: Random | None = None) -> float:
        """The pause after one of ``last_pause``; for H, ``chance`` takes one that is no longer."""
        if self.kind == "F" or last_pause < self.pause:
            return self.pause
        longest = last_pause * self.factor
        if self.kind == "G" or chance is None:
            return longest
        return chance.uniform(self.pause, longest)

    def __str__(self) -> str:
        """As the configuration has it: ``G,16h,1h,1.5``."""
        factor = "" if self.kind == "F" else f",{self.factor:g}"
        return f"{self.kind},{span(self.until)},{span(self.pause)}{factor}"


@dataclass(frozen=True, slots=True)
class Attempt:
    """What is known of a host or an address that failed. All times are POSIX seconds."""

    first_failed: float
    last_try: float
    next_try: float
    expired: bool = False
    """Whether the rule has run out: there is no patience left."""
    problem: str = ""
    errno: int = 0
    """The number that the log has of it."""


@dataclass(frozen=True, slots=True)
class RetryRule:
    """A rule, and where the administrator has written it. Without parts: do not try again."""

    parts: tuple[Part, ...]
    longest_pause: float = LONGEST_PAUSE

    @classmethod
    def parse(cls, text: str) -> RetryRule:
        """Reads ``F,2h,15m; G,16h,1h,1.5; F,4d,6h``. Raises ConfigError, in Exim's words."""
        return cls.of(read_rule(f"* * {text}"))

    @classmethod
    def of(cls, rule: Retrying | None, longest_pause: float = LONGEST_PAUSE) -> RetryRule:
        """The rule that `labmail.exim.retrying.find_rule` has found; None: there is none."""
        if rule is None:
            return cls((), longest_pause)
        parts = (
            Part(each.letter, each.until, each.interval, each.factor / 1000)  # type: ignore[arg-type]
            for each in rule.stretches
        )
        return cls(tuple(parts), longest_pause)

    def part_at(self, age: float) -> Part | None:
        """The part that holds ``age`` seconds after the first failure; None after the last."""
        return next((part for part in self.parts if age < part.until), None)

    def failed(
        self,
        now: float,
        before: Attempt | None,
        problem: str = "",
        chance: Random | None = None,
    ) -> Attempt:
        """What is known after a failure at ``now``, given what was known before.

        >>> DEFAULT.failed(0.0, None).next_try
        900.0
        """
        first = before.first_failed if before else now
        part = self.part_at(now - first)
        if part is None:
            part = self.parts[-1] if self.parts else Part("F", 0.0, self.longest_pause)
            expired = True
        else:
            expired = False
        last_pause = 0.0
        if before:
            last_pause = min(before.next_try - before.last_try, now - before.last_try)
        pause = min(part.next_pause(last_pause, chance), self.longest_pause)
        return Attempt(first, now, now + pause, expired or not self.parts, problem)

    def explain(self, attempt: Attempt) -> tuple[str, ...]:
        """Why the next try is when it is: the part in force first, then the others."""
        if not self.parts:
            return ("no retry rule holds for this failure, so it is not tried again",)
        age = attempt.last_try - attempt.first_failed
        force = self.part_at(age)
        since = "the first failure was just now" if age <= 0 else f"first failed {span(age)} ago"
        if force is None:
            return (f"{since}, and the rule ends at {span(self.patience)}", *map(_say, self.parts))
        rest = (_say(part) for part in self.parts if part is not force)
        return (f"{since}, so {_say(force)}", *rest)

    @property
    def patience(self) -> float:
        """Seconds from the first failure until the rule has run out."""
        return self.parts[-1].until if self.parts else 0.0

    def schedule(self) -> Iterator[float]:
        """The times of all tries after a first failure at 0, each one failing, to the last.

        >>> times = list(DEFAULT.schedule())
        >>> [round(t / 60) for t in times[:11]]
        [0, 15, 30, 45, 60, 75, 90, 105, 120, 180, 270]
        >>> len(times)
        28
        """
        attempt = self.failed(0.0, None)
        yield 0.0
        while not attempt.expired:
            now = attempt.next_try
            attempt = self.failed(now, attempt)
            yield now

    def __str__(self) -> str:
        return "; ".join(map(str, self.parts))


def still_waiting(attempt: Attempt | None, now: float) -> bool:
    """Whether the time of the next try has not come yet (half a millisecond is no wait)."""
    return attempt is not None and now < attempt.next_try - 0.0005


def span(time: float) -> str:
    """Seconds as an administrator writes them.

    >>> span(8100), span(345600)
    ('2h15m', '4d')
    """
    text, rest = "", round(time)
    for size, unit in ((86400, "d"), (3600, "h"), (60, "m"), (1, "s")):
        count, rest = divmod(rest, size)
        text += f"{count}{unit}" if count else ""
    return text or "0s"


def _say(part: Part) -> str:
    if part.kind == "F":
        return f"{part}: until {span(part.until)} have passed, every {span(part.pause)}"
    return (
        f"{part}: until {span(part.until)} have passed, first after {span(part.pause)}, "
        f"then each pause {part.factor:g} times the last"
    )


DEFAULT = RetryRule.parse("F,2h,15m; G,16h,1h,1.5; F,4d,6h")
"""Debian's rule for everything: what `RetryRule.schedule` shows where nobody asks for another."""


if __name__ == "__main__":
    for number, time in enumerate(DEFAULT.schedule(), 1):
        print(f"try {number:2}  after {span(time)}")
