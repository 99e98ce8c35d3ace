"""Random chains of routers: both engines agree, and a bug in one router option is found."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from random import Random

import pytest

from labmail.exim.routing import preconditions
from tests.conftest import open_to_all
from tests.parity.fuzz.engines import Judge, Ours, RealExim
from tests.parity.fuzz.routing import configuration
from tests.parity.replay import Answer


@pytest.fixture
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("chains")
    open_to_all(made)
    (made / "spool").mkdir()
    (made / "spool").chmod(0o777)
    (made / "zones").write_text(json.dumps({}))
    return made


def ours(folder: Path) -> Ours:
    return Ours(LABMAIL_DNS_ZONES=str(folder / "zones"))


def differences(judge: Judge, numbers: Sequence[int]) -> list[int]:
    found = []
    for number in numbers:
        config = configuration(Random(f"test/{number}"))
        one, other = judge.called(config.text, config.included, config.arguments)
        if one != other:
            found.append(number)
    return found


@pytest.mark.peer("exim4")
def test_both_agree(folder: Path) -> None:
    judge = Judge(RealExim(), ours(folder), folder / "exim.conf")
    assert len(differences(judge, range(60))) <= 1


RIGHT = preconditions.truth


class Healthy(Ours):
    """labmail without the bug that was planted."""

    def ask(self, arguments: Sequence[str], stdin: bytes) -> Answer:
        planted, preconditions.truth = preconditions.truth, RIGHT
        try:
            return super().ask(arguments, stdin)
        finally:
            preconditions.truth = planted


def test_a_bug_planted_in_one_option_is_found(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(preconditions, "truth", bool)  # a condition of "no" holds
    healthy = Healthy(LABMAIL_DNS_ZONES=str(folder / "zones"))
    judge = Judge(healthy, ours(folder), folder / "exim.conf")
    assert differences(judge, range(100))


def test_no_chain_breaks_it(folder: Path) -> None:
    for number in range(100):
        config = configuration(Random(f"broken/{number}"))
        path = folder / "own.conf"
        for name, text in config.included.items():
            (folder / name).write_text(text)
        path.write_text(config.text.replace("DIR", str(folder)))
        answer = ours(folder).ask(["-C", str(path), *config.arguments], b"")
        assert answer.code in (0, 1, 2), (number, answer.stderr)
