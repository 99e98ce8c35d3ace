"""labmail answers as real Exim answered when it was asked; and real Exim still does.

Each test runs twice: for labmail in this process, and for the program where it is installed, which
shows that the record is right on this machine, too.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest

from tests.parity.fuzz.engines import Engine, ask_lines
from tests.parity.recorded import Recorded, filled, latin, lay_out, load, text

BE, MACRO, BP = load("be"), load("macro"), load("bp")


@pytest.fixture
def folder() -> Iterator[Path]:
    """A folder that Exim may read after it has given up its rights, all the way from the root."""
    with tempfile.TemporaryDirectory(prefix="labmail-") as made:
        yield Path(made)


def world(folder: Path, recorded: Recorded) -> Path:
    return lay_out(folder, [*recorded["configuration"], ""], recorded["files"])


def lines_answered(
    engine: Engine, configuration: Path, pairs: Sequence[Sequence[str | None]], *how: str
) -> list[tuple[str, str, str]]:
    """The strings that are answered in another way than recorded: string, recorded, answered."""
    folder = configuration.parent
    asked = [latin(filled(pair[0] or "", folder)) for pair in pairs]
    answers = ask_lines(engine, configuration, asked, *(how or ("-be",)))
    found = []
    for (string, recorded), answer in zip(pairs, answers, strict=True):
        wanted = "" if recorded is None else latin(f"{recorded}\n")
        if answer != wanted:
            found.append((str(string), wanted, answer))
    return found


SUBJECTS = [name for name in BE["answers"] if name not in ("alone", "of a message")]


@pytest.mark.parametrize("subject", SUBJECTS)
def test_strings(engine: Engine, folder: Path, subject: str) -> None:
    pairs = BE["answers"][subject]
    assert len(pairs) > 5
    assert not lines_answered(engine, world(folder, BE), pairs)


def test_strings_about_a_message(engine: Engine, folder: Path) -> None:
    pairs = BE["answers"]["of a message"]
    letter = str(folder / "msg")
    assert not lines_answered(engine, world(folder, BE), pairs, "-bem", letter)


@pytest.mark.parametrize("pair", BE["answers"]["alone"], ids=lambda pair: pair[0])
def test_strings_alone(engine: Engine, folder: Path, pair: list[str]) -> None:
    asked = ["-C", str(world(folder, BE)), "-be", pair[0]]
    assert engine.ask(asked, b"").stdout == f"{pair[1]}\n"


def called(engine: Engine, folder: Path, configuration: Path, call: dict[str, Any]) -> None:
    """Makes a recorded call, and compares what was recorded of it."""
    asked = ["-C", str(configuration), *(filled(word, folder) for word in call["arguments"])]
    answer = engine.ask(asked, (call.get("stdin") or "").encode()).normal(str(folder))
    assert answer.code == call["code"], answer
    for part in ("stdout", "stderr"):
        if part in call:
            assert getattr(answer, part) == latin(text(call[part]))


def title(call: dict[str, Any]) -> str:
    about = " ".join(call.get("configuration", [])[:3])
    return f"{' '.join(call['arguments'])} {about}".strip()[:60]


@pytest.mark.parametrize("call", BE["calls"], ids=title)
def test_calls(engine: Engine, folder: Path, call: dict[str, Any]) -> None:
    called(engine, folder, world(folder, BE), call)


@pytest.mark.parametrize("call", BP["calls"], ids=title)
def test_options_printed(engine: Engine, folder: Path, call: dict[str, Any]) -> None:
    called(engine, folder, world(folder, BP), call)


@pytest.mark.parametrize("call", MACRO["calls"], ids=title)
def test_macros_and_mistakes(engine: Engine, folder: Path, call: dict[str, Any]) -> None:
    configuration = [*MACRO["head"], *call["configuration"]]
    called(engine, folder, lay_out(folder, configuration, call.get("files", {})), call)
