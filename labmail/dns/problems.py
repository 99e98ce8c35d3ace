"""What is wrong with a configuration or a zone, where, and what to try.

A name server that only says "syntax error" teaches nothing. A `Problem` names the file, the line
and the column, quotes what was found, says what was expected and proposes a cure. Its first words
are the ones BIND uses for the same fault, so that a student finds them again in a real log::

    /etc/bind/db.ask.com:5:10: not a valid number: found 'mail', expected the preference of an
    MX record, a number from 0 to 65535; try: MX 10 mail

An error keeps a zone from being served, a warning does not.

Try: ``print(Problem("unknown option", Spot("/etc/bind/named.conf", 3, 5), found="typ"))``.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Literal


@dataclass(frozen=True, slots=True)
class Spot:
    """A place in a text: file, line and column, both counted from 1 (0: the file as a whole)."""

    file: str = ""
    line: int = 0
    column: int = 0

    def __str__(self) -> str:
        return ":".join(str(part) for part in (self.file, self.line, self.column) if part)


NOWHERE = Spot()


@dataclass(frozen=True, slots=True)
class Problem:
    """Something wrong at a spot: ``what`` in BIND's words, then found, expected and what to try."""

    what: str
    spot: Spot = NOWHERE
    found: str = ""
    expected: str = ""
    remedy: str = ""
    severity: Literal["error", "warning"] = "error"
    zone: str = ""
    """The zone that it concerns, without the final dot; empty for named.conf as a whole."""

    def __str__(self) -> str:
        text = f"{self.spot}: " if self.spot.file else ""
        text += "warning: " if self.severity == "warning" else ""
        details = [f"found {self.found!r}"] if self.found else []
        details += [f"expected {self.expected}"] if self.expected else []
        text += self.what + (": " + ", ".join(details) if details else "")
        return text + (f"; try: {self.remedy}" if self.remedy else "")


class ConfigError(ValueError):
    """A configuration that cannot be used. ``problems`` has at least one error."""

    def __init__(self, *problems: Problem) -> None:
        super().__init__("\n".join(map(str, problems)))
        self.problems = problems


def errors(problems: Iterable[Problem]) -> tuple[Problem, ...]:
    """Those that keep something from being served."""
    return tuple(problem for problem in problems if problem.severity == "error")


def nearest(word: str, known: Iterable[str]) -> str:
    """The known word that looks most like a mistyped one, or an empty string.

    >>> nearest("typ", ["type", "file"])
    'type'
    """
    return next(iter(get_close_matches(word, list(known), 1)), "")
