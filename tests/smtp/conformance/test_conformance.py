"""Every row of the tables, against a running lab, through its doors."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

import pytest

from labmail.lab import Lab

from . import basic, extensions, strict, submission
from .play import Check, Stage

CHECKS = [*basic.CHECKS, *extensions.CHECKS, *submission.CHECKS, *strict.CHECKS]


@pytest.fixture(scope="module")
def stage() -> Iterator[Stage]:
    with Lab("two_companies") as lab:
        yield Stage(lab)


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: f"{check.law} {check.asks}")
def test_conformance(check: Check, stage: Stage) -> None:
    stage.play(check)


def test_the_table_is_long_enough_and_knows_its_law() -> None:
    assert len(CHECKS) >= 186
    laws = Counter(check.law.split(" ")[0] for check in CHECKS)
    assert set(laws) >= {"5321", "1870", "2034", "2920", "3030", "3207", "3461", "4954", "6152"}
    assert {"6409", "6531", "3848"} <= set(laws)
    asked = Counter((check.port, check.law, check.asks) for check in CHECKS)
    assert max(asked.values()) == 1
