"""The real program, asked the same questions: what it prints for a configuration."""

from __future__ import annotations

import subprocess
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from labmail.exim.config import Configuration, read, report
from labmail.exim.errors import ConfigError
from labmail.exim.files import Files
from tests.conftest import find_peer
from tests.exim.config.vocabulary import MAIN, Few

HEAD = (
    "spool_directory = {folder}\n"
    "log_file_path = {folder}/%slog\n"
    "primary_hostname = mx1.lab.test\n"
    "qualify_domain = lab.test\n"
    "keep_environment =\n"
)
ASKED = [name for name in MAIN if f"{name} =" not in HEAD]
STAMP = "2026-11-23 05:12:00"

Macros = Sequence[tuple[str, str]]


class Answer(NamedTuple):
    """What came of a configuration: an error, or the settings as `-bP` prints them."""

    error: str
    shown: dict[str, str]


def ask(path: Path, *words: str, macros: Macros = ()) -> tuple[str, str]:
    """Standard output and error of the real program."""
    program = find_peer("exim4")
    assert program
    commanded = [f"-D{name}={value}" for name, value in macros]
    done = subprocess.run(
        [program, "-C", str(path), *commanded, *words],
        capture_output=True,
        stdin=subprocess.DEVNULL,
        timeout=20,
    )
    return done.stdout.decode("latin-1"), done.stderr.decode("latin-1")


def theirs(path: Path, macros: Macros = ()) -> Answer:
    out, error = ask(path, "-bP", *ASKED, macros=macros)
    shown = {}
    for line in out.splitlines():
        name = line.split(" ")[0].rstrip("=").removeprefix("no_")
        shown[name] = line
    return Answer(error.replace(str(path), "FILE"), shown)


def ours(path: str, files: Files, predefined: Macros, macros: Macros = ()) -> Answer:
    try:
        configuration = read(path, files=files, vocabulary=Few(predefined), macros=macros)
    except ConfigError as error:
        return Answer(report(error, STAMP, listing=True).replace(path, "FILE"), {})
    return Answer(
        "", {name: line(configuration, name) for name in ASKED if is_set(configuration, name)}
    )


def is_set(configuration: Configuration, name: str) -> bool:
    return configuration.main.set(name)


def line(configuration: Configuration, name: str) -> str:
    return MAIN[name].kind.show(name, configuration.main[name], configuration.people)


def differ(original: Answer, answer: Answer) -> list[str]:
    """What is not the same. Options that were not set are not asked: ours has no defaults here."""
    if original.error != answer.error:
        return [original.error, answer.error]
    return [
        f"{original.shown.get(name)!r} is {shown!r}"
        for name, shown in answer.shown.items()
        if original.shown.get(name) != shown
    ]
