"""What came out: each difference with a command that repeats it, and a table by feature."""

from __future__ import annotations

import re
import shlex
from collections import Counter, defaultdict
from pathlib import Path
from typing import NamedTuple

from .sentences import Case

ENOUGH = 100
"""How often a run of 10,000 says each feature at least."""


QUIRKS = {
    "a socket after one that failed": re.compile(
        r"Failed: request write to socket failed: Bad file descriptor"
    ),
    "a directory's entry that a filter leaves out": re.compile(
        r"gave DEFER: .*: lstat: (?!No such file|Not a directory|Permission denied|File name)"
    ),
    "what stands behind the name n": re.compile(r'unknown variable "n" in "add" command'),
    "why a file is too short": re.compile(r" too short for cdb lookup: "),
}
"""What Exim answers by mistake, and we do not: its bugs, by a pattern of its answer
(docs/quirks.md). Such cases are counted apart."""


GIVEN_UP = {
    "redirection without end": re.compile(r"redirection makes ever more addresses| files deep\b"),
}
"""What we give up and Exim does not, by a pattern of our answer (docs/quirks.md)."""


def quirk(real: str, ours: str) -> str | None:
    """The quirk that two answers which differ show, if it is one."""
    found = (name for name, pattern in QUIRKS.items() if pattern.search(real))
    given_up = (name for name, pattern in GIVEN_UP.items() if pattern.search(ours))
    return next(found, None) or next(given_up, None)


class Difference(NamedTuple):
    """One question that was answered in two ways; ``shown`` is its shortest form."""

    case: Case
    shown: str
    real: str
    ours: str

    def command(self, folder: Path) -> str:
        """What to type to see it again."""
        how = f"-bem {folder}/message" if self.case.letter else "-be"
        if "\n" in self.shown and self.case.config is None:
            lines = " ".join(map(shlex.quote, self.shown.split("\n")))
            return f"printf '%s\\n' {lines} | exim4 -C {folder}/exim.conf {how}"
        if self.case.config is None:
            return f"exim4 -C {folder}/exim.conf {how} {shlex.quote(self.shown)}"
        asked = " ".join(map(shlex.quote, self.case.config.arguments))
        text = shlex.quote(self.shown.replace("DIR", str(folder)))
        return f"printf %s {text} > {folder}/own.conf; exim4 -C {folder}/own.conf {asked}"

    def told(self, folder: Path) -> str:
        return (
            f"case {self.case.number}: {', '.join(sorted(self.case.features))}\n"
            f"  {self.command(folder)}\n  exim4:   {self.real!r}\n  labmail: {self.ours!r}\n"
        )


class Tally:
    """Counts: how often each feature was said, answered without an error, and answered alike."""

    def __init__(self) -> None:
        self.said: Counter[str] = Counter()
        self.equal: Counter[str] = Counter()
        self.fine: Counter[str] = Counter()
        self.quirks: Counter[str] = Counter()
        self.cases = self.alike = self.answered = self.died = 0

    def add(self, case: Case, real: str, alike: bool) -> None:
        self.cases += 1
        self.alike += alike
        error = "Failed: " in real or "not a known option" in real or "configuration error" in real
        self.answered += not error
        for feature in case.features:
            self.said[feature] += 1
            self.equal[feature] += alike
            self.fine[feature] += not error

    @property
    def agreement(self) -> float:
        return self.alike / self.cases if self.cases else 0.0

    def rare(self, least: int = ENOUGH) -> list[str]:
        """The features that were said too seldom to mean anything."""
        asked = [
            name for name in self.said if name.startswith(("item ", "operator ", "condition "))
        ]
        return sorted(name for name in asked if self.said[name] < least)

    def table(self) -> str:
        """By feature: how often, how many answers were no errors, how many were alike."""
        groups: dict[str, list[str]] = defaultdict(list)
        for name in sorted(self.said):
            kind, _, rest = name.partition(" ")
            groups[kind].append(
                f"  {rest or kind:<32} {self.said[name]:6}"
                f" {100 * self.fine[name] / self.said[name]:7.1f}%"
                f" {100 * self.equal[name] / self.said[name]:8.2f}%"
            )
        lines = [f"{'':<34} {'said':>6} {'no error':>8} {'alike':>9}"]
        for kind, rows in groups.items():
            lines += [kind, *rows]
        return "\n".join(lines)

    def summary(self) -> str:
        fine = self.answered / self.cases if self.cases else 0.0
        return (
            f"{self.cases} cases; {self.died} more that Exim itself did not survive, "
            f"{self.quirks.total()} that show a quirk of it; "
            f"{100 * fine:.1f}% answered without an error; {100 * self.agreement:.3f}% alike"
        )
