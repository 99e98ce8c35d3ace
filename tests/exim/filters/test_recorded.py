"""What real Exim makes of filters: recorded answers, and new questions where it is installed."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.exim.filters.asking import Desk
from tests.exim.filters.random_filters import Case, Dice
from tests.exim.filters.random_scripts import Scripts

RECORDED = json.loads((Path(__file__).parent / "recorded.json").read_text())


def test_recorded_answers(tmp_path: Path) -> None:
    desk, different = Desk(tmp_path), []
    for text, letter, options, code, told in RECORDED:
        case = Case(text, letter, tuple(options))
        if desk.ours(case) != (code, told):
            different.append((case, told, desk.ours(case)))
    assert not different, different[0]


@pytest.mark.peer("exim4")
def test_new_questions(tmp_path: Path) -> None:
    desk, dice, scripts = Desk(tmp_path), Dice(77), Scripts(77)
    for case in (make() for make in (dice.case, scripts.script) for _ in range(40)):
        told = desk.original(case)
        if told[0] >= 0:  # it ends on a signal where a script has an empty string
            assert desk.ours(case) == told, case
