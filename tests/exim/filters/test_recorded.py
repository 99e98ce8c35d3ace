"""What real Exim makes of filters: recorded answers, and new questions where it is installed."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.exim.filters.asking import Desk
from tests.exim.filters.random_filters import Case, Dice
from tests.exim.filters.random_scripts import Scripts
from tests.parity.replay import ask_ours

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


def test_a_folder_is_no_filter(tmp_path: Path) -> None:
    (tmp_path / "conf").write_text("primary_hostname = mx1.lab.test\n")
    arguments = ["-C", str(tmp_path / "conf"), "-bf", str(tmp_path), "-f", "ann@lab.test"]
    answer = ask_ours(arguments, b"Subject: x\n\nbody\n")
    assert answer.code == 1
    assert answer.stdout.endswith(f"exim: error while reading {tmp_path}: Is a directory\n")
