"""What real Exim answers: many lines to one ``exim4 -be``, and what it printed for each."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from tests.conftest import find_peer

_CONFIGURATION = "spool_directory = {0}\nlog_file_path = {0}/%slog\nkeep_environment =\n{1}"
_SPECIAL = re.compile(r"[\\$}{]|[\x00-\x1f\x7f-\xff]")


class Case(NamedTuple):
    """A lookup: its kind, its file (empty for a query), and the key or the query."""

    word: str
    where: str
    key: str

    @property
    def line(self) -> str:
        """The line for ``-be`` that shows the value and what became of $1 and $2."""
        file = f"{{{_escaped(self.where)}}}" if self.where else ""
        key = f"{{{_escaped(self.key)}}}"
        asked = f"{key}{self.word}{file}" if self.where else f" {self.word}{key}"
        return f"${{lookup{asked}{{[$value][$1][$2]}}{{no}}}}"


def exim_answers(
    cases: Sequence[Case], folder: Path, *, options: str = "", before: Sequence[str] = ()
) -> list[str]:
    """What Exim prints for each case. "DIED: …" where it ended there, and started again behind it.

    ``before`` is a command that runs it (``unshare …``).
    """
    configuration = folder / "exim.conf"
    configuration.write_text(_CONFIGURATION.format(folder, options))
    answers: list[str] = []
    while len(answers) < len(cases):
        answers += _some_answers(cases[len(answers) :], configuration, before)
    return answers


def _some_answers(cases: Sequence[Case], configuration: Path, before: Sequence[str]) -> list[str]:
    """The answers up to the one at which Exim ends, if it does."""
    marks = [f"@@{number}@@\n" for number in range(len(cases))]
    text = "".join(f"{case.line}\n{mark}" for case, mark in zip(cases, marks, strict=True))
    exim = find_peer("exim4")
    assert exim is not None
    ran = subprocess.run(
        [*before, exim, "-C", str(configuration), "-be"],
        input=text.encode("latin-1"),
        capture_output=True,
        timeout=120,
    )
    rest = ran.stdout.decode("latin-1").removeprefix("> ")
    answers = []
    for mark in marks:
        answer, found, rest = rest.partition(mark)
        if not found:
            last = ran.stderr.decode("latin-1").strip().splitlines()[-1]
            return [*answers, f"DIED: {last.split(' ', 2)[2]}"]
        answers.append(answer.removesuffix("> ").removesuffix("\n"))
        rest = rest.removeprefix("> ")
    return answers


def _escaped(text: str) -> str:
    """Text as it stands in a string that is expanded to the same."""

    def escape(found: re.Match[str]) -> str:
        return f"\\{found[0]}" if found[0] in "\\$}{" else f"\\x{ord(found[0]):02x}"

    return _SPECIAL.sub(escape, text)
