"""Conditional lines, by table and by hand."""

from __future__ import annotations

import itertools

import pytest

from labmail.exim.config.conditions import Conditions
from labmail.exim.errors import ConfigError
from tests.exim.config.reading import banner, message, read_text

B = "smtp_banner = "


@pytest.mark.parametrize(
    ("text", "value"),
    [
        (f".ifdef X\n{B}a\n.else\n{B}b\n.endif", "b"),
        (f"X=1\n.ifdef X\n{B}a\n.elifdef X\n{B}b\n.else\n{B}c\n.endif", "a"),
        (f"X=1\n.ifndef X\n{B}a\n.elifndef X\n{B}b\n.elifdef X\n{B}c\n.endif", "c"),
        (f"X=\n.ifdef aXb\n{B}a\n.endif", "a"),
        (f".ifndef X\n.ifndef Y\n{B}a\n.endif\n.else\n{B}b\n.endif", "a"),
        (f".ifdef X\n.ifdef Y\n.else\n{B}a\n.endif\n.endif", None),
        (f".ifdef X\n.else\n.elifdef Y\n{B}a\n.else\n{B}b\n.endif", None),
        (f".ifdef _HAVE_TLS\n{B}a\n.endif", "a"),
        (".ifdef X\nbegin nosuch\nbad\n.include /none\nA\n.endif", None),
        (f"X = .ifdef Q\nX\n{B}a\n.endif", "a"),
        (f"  .ifndef X\n  {B}x\n  .endif", "x"),
        (f"X=1\n.ifndef Y\\\n{B}X\n.endif", "1"),
    ],
)
def test_parts_of_a_file(text: str, value: str | None) -> None:
    assert banner(text) == value


@pytest.mark.parametrize(
    "line", [".endif#", ".ifdef\tX", ".ifdefX", ".elseX", ".endif\r", ".else;"]
)
def test_a_directive_with_something_stuck_to_it_is_passed_over(line: str) -> None:
    assert banner(f"{line}\n{B}a") == "a"


def test_a_t_may_stick_to_it() -> None:
    assert banner(f".ifdeft\n{B}a\n.endift") is None


@pytest.mark.parametrize("word", ["else", "elifdef", "elifndef", "endif"])
def test_nothing_to_belong_to(word: str) -> None:
    assert message(f".{word} X") == f".{word} without matching .ifdef"


@pytest.mark.parametrize("line", [". ifdef X", ".IFDEF X", ".if X", ".unknown"])
def test_not_a_directive(line: str) -> None:
    assert message(line) == f"option setting expected: {line}"


def test_the_end_is_missing() -> None:
    assert message(".ifdef X\nx") == "Unexpected end of configuration file: .endif missing"
    assert message("begin acl\n.ifdef X\n") == (
        "Unexpected end of configuration file: .endif missing"
    )


def test_ten_deep_and_no_deeper() -> None:
    assert read_text(".ifdef X\n" * 10 + ".endif\n" * 10)
    assert message(".ifdef X\n" * 11) == ".ifdef nested too deeply"
    assert message(".ifndef X\n" * 11) == ".ifndef nested too deeply"


WORDS = ("ifdef", "ifndef", "elifdef", "elifndef", "else", "endif")


def model(words: tuple[tuple[str, bool], ...]) -> list[bool] | None:
    """Which parts are used, told in another way: each open condition knows whether the part
    around it is used, whether it has had its turn, and whether it is its turn now."""
    around: list[tuple[bool, bool, bool]] = []
    used, answers = True, []
    for word, spliced in words:
        if word in ("ifdef", "ifndef"):
            turn = used and spliced == (word == "ifdef")
            around.append((used, turn, turn))
        elif not around:
            return None
        elif word == "endif":
            around.pop()
        else:
            outer, had, _ = around.pop()
            holds = word == "else" or spliced == (word == "elifdef")
            turn = outer and not had and holds
            around.append((outer, had or turn, turn))
        used = around[-1][2] if around else True
        answers.append(used)
    return answers


@pytest.mark.parametrize("length", [1, 2, 3, 4])
def test_every_sequence_of_directives(length: int) -> None:
    steps = [(word, spliced) for word in WORDS for spliced in (False, True)]
    for words in itertools.product(steps, repeat=length):
        conditions = Conditions()
        answers: list[bool] | None = []
        for word, spliced in words:
            try:
                assert conditions.take(f".{word}", spliced)
            except ConfigError:
                answers = None
                break
            assert answers is not None
            answers.append(conditions.state == 0)
        assert answers == model(words), words
