"""Which lines of the configuration change when an answer does.

An answer reaches the configuration as a macro, so the difference is a handful of lines at one
place; what it leads to is decided when Exim reads the ``.ifdef`` lines further down. Both are told:
the lines of the text, and the lines that Exim will read.

Try: ``compare(source, answers, answers.but(dc_eximconfig_configtype="smarthost"))``.
"""

from __future__ import annotations

from collections.abc import Iterator
from difflib import SequenceMatcher
from typing import NamedTuple

from labmail.exim.debian.answers import Answers
from labmail.exim.debian.generate import Source, generate


class Change(NamedTuple):
    """Lines that were there, from line ``line`` on (from 1), and those that stand there now."""

    line: int
    before: tuple[str, ...]
    after: tuple[str, ...]

    def __str__(self) -> str:
        lines = [f"- {line}" for line in self.before] + [f"+ {line}" for line in self.after]
        return "\n".join([f"line {self.line}", *lines])


def compare(source: Source, before: Answers, after: Answers) -> list[Change]:
    """The changes in the configuration between two sets of answers, in the order of the text."""
    old, new = (generate(source, answers).text.split("\n") for answers in (before, after))
    return list(changes(old, new))


def changes(old: list[str], new: list[str]) -> Iterator[Change]:
    """The places at which two texts differ."""
    matcher = SequenceMatcher(None, old, new, autojunk=False)
    for tag, start, end, new_start, new_end in matcher.get_opcodes():
        if tag != "equal":
            yield Change(start + 1, tuple(old[start:end]), tuple(new[new_start:new_end]))
