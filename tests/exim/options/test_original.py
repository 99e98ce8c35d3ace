"""The same questions to the real program, where it is installed: new ones, on this machine's files.

It keeps its logs and its spool in a folder of the test, which its own user must be able to write.
"""

from __future__ import annotations

import random
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.exim.options import chances
from tests.exim.options.asking import ours, theirs
from tests.exim.options.probes import VALUES, probes
from tests.exim.options.questions import FORMS, FORMS_OF, MISTAKES

pytestmark = pytest.mark.peer("exim4")

SEEDS = range(1000, 1080)


@pytest.fixture
def folder() -> Iterator[Path]:
    """Somewhere with a short name: Exim's user reaches it from the root."""
    with tempfile.TemporaryDirectory() as name:
        path = Path(name)
        path.chmod(0o777)
        yield path


@pytest.mark.parametrize("start", range(SEEDS.start, SEEDS.stop, 10))
def test_configurations_by_chance(start: int, folder: Path) -> None:
    for seed in range(start, start + 10):
        text, words = chances.write(seed)
        assert ours(text, words, folder) == theirs(text, words, folder), f"seed {seed}"


def test_values_of_some_options(folder: Path) -> None:
    chance = random.Random(4)
    for probe in chance.sample(list(probes()), 60):
        value = chance.choice(VALUES)
        answer = probe.answer(value, folder, original=True)
        assert probe.answer(value, folder) == answer, f"{probe} = {value}"


def test_forms_of_printing(folder: Path) -> None:
    for words in random.Random(4).sample(FORMS, 30):
        mine, original = ours(FORMS_OF, words, folder), theirs(FORMS_OF, words, folder)
        assert (mine.text, mine.code) == (original.text, original.code), words


def test_mistakes(folder: Path) -> None:
    for text in random.Random(4).sample(MISTAKES, 60):
        original = theirs(text, ["queue_only"], folder).error
        assert ours(text, ["queue_only"], folder).error == original, text
