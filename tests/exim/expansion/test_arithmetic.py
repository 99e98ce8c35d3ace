"""Exim's arithmetic: 64 bits, C's division, and errors that tell how far the reading came."""

from __future__ import annotations

import doctest
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from labmail.exim.errors import ExpansionFailed
from labmail.exim.expansion import arithmetic
from labmail.exim.expansion.arithmetic import (
    MAX,
    evaluate,
    int32,
    int64,
    read_argument,
    read_integer,
)

from .original import Exim, written

NUMBERS = {
    "10": 10,
    " 10 ": 10,
    "010": 10,
    "-1K": -1024,
    "1m": 1 << 20,
    "-8589934592G": -(1 << 63),
    " ": 0,
    "0x10": 'invalid integer "0x10"',
    "1 K": 'invalid integer "1 K"',
    "1.5": 'invalid integer "1.5"',
    "x": 'integer expected but "x" found',
    "--1": 'integer expected but "--1" found',
    "8589934592G": 'absolute value of integer "8589934592G" is too large (overflow)',
    "9223372036854775808": "absolute value of integer "
    '"9223372036854775808" is too large (overflow)',
}


def told(expression: str) -> str:
    with pytest.raises(ExpansionFailed) as failed:
        evaluate(expression)
    return failed.value.message.removeprefix("error in expression evaluation: ")


def test_examples():
    assert not doctest.testmod(arithmetic).failed


def test_an_error_tells_how_far_it_came():
    assert told("1+") == 'expecting number or opening parenthesis (after processing "1+")'
    assert told("1 2") == 'expecting operator (after processing "1 ")'
    assert told("(1") == 'expecting closing parenthesis (after processing "(1")'
    assert told("7/0 * 2") == 'divide by zero (after processing "7/0 ")'
    assert told("08") == 'expecting operator (after processing "0")'


def test_numbers_turn_over_but_sums_are_refused():
    assert evaluate("9223372036854775807*2") == -2
    assert evaluate("99999999999999999999") == MAX
    assert evaluate("(-9223372036854775807-1)/-1") == MAX
    assert told("4611686018427387904+0").startswith("overflow in sum")
    assert told("-4611686018427387904-(-4611686018427387904)").startswith("overflow in diff")
    assert evaluate("1<<64") == 1


@pytest.mark.parametrize("text", NUMBERS)
def test_numbers_in_conditions(text):
    answer = NUMBERS[text]
    if isinstance(answer, int):
        assert read_integer(text) == answer
    else:
        with pytest.raises(ExpansionFailed) as failed:
            read_integer(text)
        assert failed.value.message == answer


@pytest.mark.peer("exim4")
def test_exim_reads_numbers_alike(tmp_path):
    lines = [f"${{if ={{{written(text)}}}{{{NUMBERS[text]}}}{{y}}{{n}}}}" for text in NUMBERS]
    for text, answer in zip(NUMBERS, Exim(tmp_path).answers(lines), strict=True):
        assert answer == ("y" if isinstance(NUMBERS[text], int) else f"Failed: {NUMBERS[text]}")


def test_numbers_in_arguments():
    assert read_argument("", "hash") == 0
    assert read_argument("4294967297", "hash") == 1
    for text, signed, kind in [("x", True, "a number"), ("-1", False, "a positive number")]:
        with pytest.raises(ExpansionFailed, match=f'"{text}" is not {kind} .in "substr"'):
            read_argument(text, "substr", signed=signed)


@pytest.mark.parametrize("opening", ["(", "-", "~(", "1+(", "1*"])
def test_a_hundred_thousand_levels(opening):
    started = time.process_time()
    assert told(opening * 100_000).startswith("expecting number or opening parenthesis")
    assert evaluate("(" * 100_000 + "7" + ")" * 100_000) == 7
    assert time.process_time() - started < 5


def test_a_number_of_a_million_digits():
    assert evaluate("9" * 1_000_000) == evaluate("0x" + "f" * 1_000_000) == MAX
    assert evaluate("0" * 1_000_000 + "7") == 7
    with pytest.raises(ExpansionFailed, match="too large"):
        read_integer("9" * 1_000_000)


_LEAF = st.integers(0, 1 << 20).map(str)
_TREE = st.recursive(
    _LEAF,
    lambda part: st.one_of(
        st.tuples(part, st.sampled_from(["+", "-", "*", "&", "|", "^"]), part).map(" ".join),
        st.tuples(st.sampled_from(["-", "~", "+"]), part).map("".join),
        part.map("({})".format),
    ),
    max_leaves=8,
)


@given(_TREE)
@settings(max_examples=200, deadline=None)
def test_as_python_computes(expression):
    expected = int64(eval(expression))
    try:
        assert evaluate(expression) == expected or abs(eval(expression)) >= 1 << 61
    except ExpansionFailed as failed:
        assert "overflow" in failed.message and abs(eval(expression)) >= 0


@given(st.text(st.characters(max_codepoint=255)))
@settings(max_examples=200, deadline=None)
def test_any_text_is_a_number_or_a_failure(text):
    for read in (evaluate, read_integer, lambda text: read_argument(text, "hash")):
        try:
            assert isinstance(read(text), int)
        except ExpansionFailed as failed:
            assert failed.message


@given(st.integers())
@settings(max_examples=100, deadline=None)
def test_turning_over(number):
    assert -(1 << 31) <= int32(number) < 1 << 31 and (int32(number) - number) % (1 << 32) == 0
    assert -(1 << 63) <= int64(number) < 1 << 63 and (int64(number) - number) % (1 << 64) == 0
