"""The future of a letter, if nothing changes: every try that the retry rule has left.

The hints say since when a host or an address has failed; the rule says how long to wait after each
further failure, and when there is no patience left. So the whole schedule can be drawn before any
of it has happened::

    F,2h,15m; G,16h,1h,1.5; F,4d,6h
    x  x  x  x  now ◯    ○        ○                 ○  ○  ○  ○   given up

Law: Exim specification, chapter 32. Try: ``future(letter, past, mta)``.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from labmail.exim.errors import EximError
from labmail.mta import RetryRule
from labmail.mta.retry.retry import Attempt

if TYPE_CHECKING:
    from labmail.mta import Mta
    from labmail.mta.letter import Letter

    from .past import Past

MOST = 200
"""Tries that are looked ahead; Debian's rule makes 28."""
PART = re.compile(r"\b[FGH],[^:;\s]+")


@dataclass(frozen=True, slots=True)
class Future:
    """What the rule says. Times are POSIX seconds."""

    tries: tuple[float, ...] = ()
    parts: tuple[str, ...] = ()
    """The rule, part by part, as the configuration has it."""
    current: int | None = None
    """Which part holds for the next pause; None after the last."""
    place: str = ""
    """File and line of the rule."""
    about: str = ""
    """The host that failed, ``mail.ask.com [128.10.30.2]``; "" where it is the address."""


def future(letter: Letter, past: Past, mta: Mta) -> Future:
    """The tries that are left to a letter that waits, the next one first."""
    known = [letter.next_tries.get(each.address) for each in letter.waiting]
    due = min((time for time in known if time is not None), default=None)
    rule = rule_of(past.rule)
    if due is None or letter.frozen is not None or rule is None:
        return Future((due,) if due is not None and letter.frozen is None else ())
    about, attempt = _attempt(mta, due, past)
    parts = tuple(map(str, rule.parts))
    now = rule.part_at(attempt.last_try - attempt.first_failed)
    current = rule.parts.index(now) if now else None
    tries = tuple(_schedule(rule, attempt, due))
    return Future(tries, parts, current, _place(mta, rule), about)


def rule_of(words: tuple[str, ...]) -> RetryRule | None:
    """The rule that an event speaks of: each of its sentences names one part, the one in force
    first. They belong in the order in which they end.

    >>> str(rule_of(("first failed 3h ago, so G,16h,1h,1.5: until …", "F,2h,15m: until …")))
    'F,2h,15m; G,16h,1h,1.5'
    """
    parts = [part for sentence in words for part in PART.findall(sentence)]
    try:
        found = RetryRule.parse("; ".join(parts)) if parts else None
    except EximError:
        return None
    if found is None:
        return None
    return RetryRule(tuple(sorted(found.parts, key=lambda part: part.until)))


def _attempt(mta: Mta, due: float, past: Past) -> tuple[str, Attempt]:
    """What is known of whatever failed, and which host that is: the hint whose next try is the
    letter's own."""
    for key, attempt in mta.hints:
        if abs(attempt.next_try - due) < 0.001:
            return _host(key), attempt
    times = [time for time, _ in past.tries] or [past.born]
    return "", Attempt(times[0], times[-1], due)


def _host(key: str) -> str:
    """``T:mail.ask.com:128.10.30.2`` → ``mail.ask.com [128.10.30.2]``"""
    _, _, about = key.partition(":")
    name, _, address = about.partition(":")
    return f"{name} [{address}]" if address and "@" not in about else ""


def _schedule(rule: RetryRule, attempt: Attempt, due: float) -> list[float]:
    """Each further try, if all of them fail; the last is the one at which it is given up."""
    tries = [due]
    while len(tries) < MOST:
        attempt = rule.failed(tries[-1], attempt)
        if attempt.expired:
            break
        tries.append(attempt.next_try)
    return tries


def _place(mta: Mta, rule: RetryRule) -> str:
    """Where the administrator has written it."""
    for each in mta.orders.configuration.retries:
        if RetryRule.of(each.meaning).parts == rule.parts:
            return f"{each.file}:{each.line}"
    return ""
