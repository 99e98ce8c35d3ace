"""The real program as a peer: many lines to one ``exim4 -be``, and its answer to each."""

from __future__ import annotations

import subprocess
from collections.abc import Sequence
from pathlib import Path

from tests.conftest import find_peer

CONFIGURATION = """\
primary_hostname = mx1.lab.test
qualify_domain = lab.test
timezone = UTC
keep_environment =
spool_directory = {0}
log_file_path = {0}/%slog
"""


def written(text: str) -> str:
    """Any text as a literal in a string to be expanded."""
    return "".join(one if one.isascii() and one.isalnum() else f"\\x{ord(one):02x}" for one in text)


class Exim:
    """``exim4 -be`` with a configuration of its own in a folder of its own."""

    def __init__(self, folder: Path, options: str = "") -> None:
        self.folder = folder
        self.configuration = folder / "exim.conf"
        self.configuration.write_text(CONFIGURATION.format(folder) + options)

    def answers(self, lines: Sequence[str]) -> list[str]:
        """What it prints for each line. Lines that end it must not be among them."""
        marks = [f"@@{number}@@" for number in range(len(lines))]
        fed = "".join(f"{line}\n{mark}\n" for line, mark in zip(lines, marks, strict=True))
        rest, answers = self._ran("-be", fed=fed), []
        for mark in marks:
            answer, found, rest = rest.partition(f"\n> {mark}\n")
            assert found, f"exim4 ended: {rest[-500:]}"
            answers.append(answer.removeprefix("> "))
        return answers

    def letter(self, octets: bytes, lines: Sequence[str], *options: str) -> list[str]:
        """The same with ``-bem``: lines that ask about a letter."""
        file = self.folder / "letter"
        file.write_bytes(octets)
        fed = "".join(f"\\x02{line}\\x03\n" for line in lines)
        told = self._ran(*options, "-bem", str(file), fed=fed)
        return [part.partition("\3")[0] for part in told.split("\2")[1:]]

    def _ran(self, *arguments: str, fed: str) -> str:
        exim = find_peer("exim4")
        assert exim is not None
        ran = subprocess.run(
            [exim, "-C", str(self.configuration), *arguments],
            input=fed.encode("latin-1"),
            capture_output=True,
            timeout=120,
        )
        return ran.stdout.decode("latin-1")
