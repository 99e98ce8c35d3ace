"""Two thousand questions to operators, and what the real program answered: the same here.

`data/` has a file for each family: the operator as it is written, its argument, the answer.
"""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from labmail.exim.errors import ExpansionFailed
from labmail.exim.expansion.context import Context
from labmail.exim.expansion.operators import FAMILIES, find

from ..original import Exim, written

DATA = {
    file.stem: json.loads(file.read_text())
    for file in sorted((Path(__file__).parent / "data").glob("*.json"))
}


def ours(name: str, argument: str) -> str:
    found = find(name)
    assert found is not None, name
    operator, number = found
    try:
        return operator(argument, number, Context()).partition("\0")[0]
    except ExpansionFailed as failed:
        return f"Failed: {failed.message}"


@pytest.mark.parametrize("family", DATA)
def test_as_exim_answers(family):
    wrong = {
        f"${{{name}:{argument!r}}}": (ours(name, argument), answer)
        for name, cases in DATA[family].items()
        for argument, answer in cases
        if ours(name, argument) != answer
    }
    assert not wrong


@pytest.mark.peer("exim4")
@pytest.mark.parametrize("family", DATA)
def test_the_record_is_true(family, tmp_path):
    cases = [(name, *case) for name, cases in DATA[family].items() for case in cases]
    lines = [f"${{{name}:{written(argument)}}}" for name, argument, _ in cases]
    told = Exim(tmp_path).answers(lines)
    changed = [
        (line, now) for line, case, now in zip(lines, cases, told, strict=True) if now != case[2]
    ]
    assert not changed


def test_every_operator_is_asked():
    """At least ten times each, but for those that need a file or a configuration."""
    asked: dict[str, int] = {}
    for families in DATA.values():
        for name, cases in families.items():
            operator, _ = find(name) or pytest.fail(name)
            asked[operator.name] = asked.get(operator.name, 0) + len(cases)
    known = {name for names in FAMILIES.values() for name in names.split()}
    assert known - {name for name, count in asked.items() if count >= 10} == {
        "listcount",
        "listnamed",
        "stat",
        "randint",
    }
