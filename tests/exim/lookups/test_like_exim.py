"""Every kind of lookup answers as Exim does: recorded answers, and Exim itself where it is."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from labmail.exim.lookups.kind import parse
from labmail.exim.lookups.table import KINDS
from tests.conftest import open_to_all
from tests.exim.lookups.desk import our_answer
from tests.exim.lookups.oracle import Case, exim_answers
from tests.exim.lookups.record import DATA, generated
from tests.exim.lookups.written import ASKED, asked

GENERATED: list[Any] = json.loads((DATA / "generated.json").read_text())
KINDS_ASKED_ELSEWHERE = {"json", "dnsdb", "wildlsearch"}


def differences(cases: list[Case], exim: list[str]) -> list[str]:
    """Where the two do not agree, readable."""
    pairs = [(case, our_answer(case), answer) for case, answer in zip(cases, exim, strict=True)]
    return [
        f"{case.line[:300]}\n  Exim: {answer[:300]!r}\n  ours: {ours[:300]!r}"
        for case, ours, answer in pairs
        if ours != answer
    ]


def test_what_exim_answered_to_lookups_written_by_hand(tables: Path, recorded: Any) -> None:
    answers = [answer.replace("DIR", str(tables)) for answer in recorded["answers"]]
    assert not differences(asked(tables), answers)


@pytest.mark.peer("exim4")
def test_what_exim_answers_to_lookups_written_by_hand(tables: Path, recorded: Any) -> None:
    answers = [answer.replace(str(tables), "DIR") for answer in exim_answers(asked(tables), tables)]
    different = [
        f"{case.line}\n  recorded: {was!r}\n  now:      {is_!r}"
        for case, was, is_ in zip(asked(tables), recorded["answers"], answers, strict=True)
        if was != is_
    ]
    assert not different


def test_what_exim_answered_to_tables_made_from_seeds(tmp_path: Path) -> None:
    found = []
    for kind, seed, answers in GENERATED:
        found += differences(generated(tmp_path, kind, seed), answers)
    assert not found


@pytest.mark.peer("exim4")
@pytest.mark.parametrize("kind", ["lsearch", "nwildlsearch", "iplsearch"])
def test_tables_made_from_other_seeds(tmp_path: Path, kind: str) -> None:
    open_to_all(tmp_path)
    cases = [case for seed in range(1000, 1250) for case in generated(tmp_path, kind, seed)]
    answers = exim_answers(cases, tmp_path)
    assert not differences(cases, answers)
    assert sum(answer != "no" for answer in answers) > len(cases) / 10


def test_every_kind_is_asked() -> None:
    words = {line.split("|")[0] for line in ASKED.strip().split("\n")}
    known = {"partial", "partial-", "LSEARCH", "nosuch"}
    names = set()
    for word in words - known:
        try:
            names.add(parse(word).name)
        except ValueError:
            continue
    assert names | KINDS_ASKED_ELSEWHERE == set(KINDS)


def test_a_wrong_answer_is_seen(tables: Path) -> None:
    assert differences([Case("lsearch", str(tables / "aliases"), "ann")], ["no"])
