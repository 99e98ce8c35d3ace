"""Random chains of routers: both engines agree, and a bug in one router option is found."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Sequence
from pathlib import Path
from random import Random
from typing import Any

import pytest

from labmail.exim.routing import preconditions
from labmail.exim.routing.redirection.reading import Permits
from tests.conftest import open_to_all
from tests.parity.fuzz import hosts, redirection
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


def differences(judge: Judge, numbers: Sequence[int], write: Any = configuration) -> list[int]:
    found = []
    for number in numbers:
        config = write(Random(f"test/{number}"))
        one, other = judge.called(config.text, config.included, config.arguments)
        if one != other:
            found.append(number)
    return found


@pytest.mark.peer("exim4")
def test_both_agree(folder: Path) -> None:
    judge = Judge(RealExim(), ours(folder), folder / "exim.conf")
    assert len(differences(judge, range(60))) <= 1
    assert len(differences(judge, range(30), redirection.configuration)) <= 1


@pytest.mark.peer("exim4", "unshare", "ip")
def test_both_agree_about_names() -> None:
    with tempfile.TemporaryDirectory(prefix="labmail-fuzz-") as made:
        arguments = ["30", "--names", "--inside", made, "--show", "0"]
        assert hosts.again(arguments, Path(made)) == 0


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


def allowing(permits: Permits, word: str) -> bool:
    return True


ASKED = Permits.allows


class Strict(Ours):
    """labmail that asks the options of redirect."""

    def ask(self, arguments: Sequence[str], stdin: bytes) -> Answer:
        planted, Permits.allows = Permits.allows, ASKED  # type: ignore[method-assign]
        try:
            return super().ask(arguments, stdin)
        finally:
            Permits.allows = planted  # type: ignore[method-assign]


def test_a_bug_planted_in_an_option_of_redirect_is_found(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Permits, "allows", allowing)  # allow_fail and forbid_blackhole are ignored
    strict = Strict(LABMAIL_DNS_ZONES=str(folder / "zones"))
    judge = Judge(strict, ours(folder), folder / "exim.conf")
    assert differences(judge, range(8), redirection.configuration)


def test_no_chain_breaks_it(folder: Path) -> None:
    for number in range(100):
        config = configuration(Random(f"broken/{number}"))
        path = folder / "own.conf"
        for name, text in config.included.items():
            (folder / name).write_text(text)
        path.write_text(config.text.replace("DIR", str(folder)))
        answer = ours(folder).ask(["-C", str(path), *config.arguments], b"")
        assert answer.code in (0, 1, 2), (number, answer.stderr)
