"""The fuzzer is worth its name: it says everything often enough, and it finds a planted bug."""

from __future__ import annotations

import re
import tempfile
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

from labmail.exim.expansion import operators
from labmail.exim.expansion.operators import Operator
from labmail.exim.expansion.parser import forget
from tests.parity.fuzz import world
from tests.parity.fuzz.__main__ import AGREEMENT, FINE, run
from tests.parity.fuzz.conditions import CONDITIONS
from tests.parity.fuzz.engines import Judge, Ours, RealExim, ask_lines
from tests.parity.fuzz.items import ITEMS
from tests.parity.fuzz.operators import OPERATORS
from tests.parity.fuzz.report import ENOUGH
from tests.parity.fuzz.sentences import cases
from tests.parity.fuzz.shrinking import fewest_lines, groups, shortest
from tests.parity.replay import Answer


@pytest.fixture
def folder() -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix="labmail-fuzz-") as made:
        Path(made).chmod(0o755)
        yield Path(made)


class Healthy(Ours):
    """labmail without the bug that was planted: it answers with the right operator."""

    name = "healthy"

    def __init__(self, name: str) -> None:
        super().__init__()
        self.operator_name = name
        self.right = operators.find(name)[0]  # type: ignore[index]

    def ask(self, arguments: Sequence[str], stdin: bytes) -> Answer:
        planted = operators.OPERATORS[self.operator_name]
        use(self.right)
        try:
            return super().ask(arguments, stdin)
        finally:
            use(planted)


def use(operator: Operator) -> None:
    """From now on this is the operator of its name; trees that hold another are forgotten."""
    operators.OPERATORS[operator.name] = operator
    forget()


def test_a_run_says_every_feature_often() -> None:
    said: Counter[str] = Counter()
    for case in cases(10_000, seed=1):
        said.update(case.features)
    wanted = [f"item {name}" for name in ITEMS]
    wanted += [f"operator {name}" for name in OPERATORS]
    wanted += [f"condition {name}" for name in CONDITIONS]
    assert len(wanted) > 110
    assert [name for name in wanted if said[name] < ENOUGH] == []


def test_the_grammar_knows_every_operator_item_and_condition_that_there_is() -> None:
    from labmail.exim.expansion import conditions, items

    apart = {"dlfunc", "headerwrap", "ldapauth", "pam", "pwcheck", "radius", "saslauthd"}
    assert set(items.names()) - set(ITEMS) - apart == set()
    assert set(conditions.names()) - set(CONDITIONS) - apart == set()
    spoken = {name for case in cases(2000, 1) for name in re.findall(r"\$\{(\w+?)[:_]", case.line)}
    assert set(operators.names()) - set(OPERATORS) - spoken == set()


def test_the_same_seed_says_the_same() -> None:
    assert list(cases(300, seed=5)) == list(cases(300, seed=5))
    assert list(cases(300, seed=5)) != list(cases(300, seed=6))


def test_an_engine_that_dies_is_asked_again_behind_the_line(folder: Path) -> None:
    class Mortal:
        """Echoes lines; dies at the word "poison"."""

        name = "mortal"

        def ask(self, arguments: Sequence[str], stdin: bytes) -> Answer:
            out = "> "
            for line in stdin.decode("latin-1").splitlines():
                if line == "poison":
                    return Answer(out, "it was poisoned", -11)
                out += f"{line}\n> "
            return Answer(f"{out}\n", "", 0)

    answers = ask_lines(Mortal(), folder / "x", ["a", "poison", "b", "poison"])
    assert answers == ["a\n", "{died} it was poisoned", "b\n", "{died} it was poisoned"]


def test_shrinking_keeps_what_differs_and_little_else() -> None:
    def differing(lines: Sequence[str]) -> list[bool]:
        return ["${lc:" in line and line.count("{") == line.count("}") for line in lines]

    long = "some ${if eq{${uc:a}}{b}{yes ${lc:ABC${strlen:x}} end}{no}} more"
    assert shortest(long, differing) == "${lc:}"
    assert fewest_lines("a\nb\nc\nd", lambda text: "b" in text and "d" in text) == "b\nd"
    assert groups("a{b{c}}\\{d}") == [(1, 7), (3, 6)]


def test_a_planted_bug_in_one_operator_is_found(folder: Path) -> None:
    healthy, count = Healthy("base64"), 1500
    judge = Judge(healthy, Ours(), world.make(folder))
    tally, found = run(count, 1, judge, most=0)
    assert found == [] and tally.cases > 0.9 * count, "it differs from itself"
    right = healthy.right.function
    use(healthy.right._replace(function=lambda text: right(text).rstrip("=")))  # no padding
    try:
        tally, found = run(count, 1, judge, most=3)
    finally:
        use(healthy.right)
    assert 0 < len(found) < 0.2 * count and tally.agreement < AGREEMENT
    shortest_found = min(found, key=lambda difference: len(difference.shown))
    assert re.fullmatch(r"\$\{base64:.\}", shortest_found.shown), shortest_found
    assert shortest_found.real == f"{shortest_found.ours.strip()}==\n"
    assert f"-be '{shortest_found.shown}'" in shortest_found.told(folder)


@pytest.mark.peer("exim4")
def test_a_thousand_sentences_are_answered_alike(folder: Path) -> None:
    judge = Judge(RealExim(), Ours(), world.make(folder))
    tally, found = run(1000, 77, judge, most=5)
    assert tally.answered > FINE * tally.cases
    told = "\n".join(difference.told(folder) for difference in found)
    assert tally.agreement >= 0.995, told


@pytest.mark.long
@pytest.mark.peer("exim4")
@pytest.mark.parametrize("seed", [1, 2026])
def test_ten_thousand_sentences_are_answered_alike(folder: Path, seed: int) -> None:
    judge = Judge(RealExim(), Ours(), world.make(folder))
    tally, found = run(10_000, seed, judge, most=10)
    assert tally.rare() == [] and tally.answered > FINE * tally.cases
    told = "\n".join(difference.told(folder) for difference in found)
    assert tally.agreement >= AGREEMENT, told
