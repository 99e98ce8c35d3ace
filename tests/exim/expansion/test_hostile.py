"""Strings that want too much: an answer or a clear error, soon."""

from __future__ import annotations

import time

import pytest

from .around import answer, context

DEEP = 100_000


def soon(line: str) -> str:
    begun = time.perf_counter()
    told = answer(line, context(run=None))
    assert time.perf_counter() - begun < 10, "much too slow, even on a busy machine"
    return told


@pytest.mark.parametrize(
    "opening",
    [
        "${uc:",
        "${if eq{a}{a}{",
        "${if eq{",
        "${if and{{",
        "${if forany{a}{",
        "${if !",
        "${extract{",
        "${extract{1}{:}{",
        "${map{a}{",
        "${map{",
        "${reduce{a}{b}{",
        "${sg{a}{b}{",
        "${sort{a}{lt}{",
        "${run{a ",
        "${run{",
        "${lookup{",
        "${lookup{a}lsearch{/x}{",
        "${prvscheck{",
        "${acl{",
        "${expand:",
        "${readsocket{",
        "${certextract{",
        "${env{",
        "${listextract{1}{a}{",
        "${filter{a}{",
        "${if saslauthd{{",
    ],
)
def test_deep(opening):
    assert soon(opening * DEEP + "}" * DEEP).startswith("Failed: ")
    assert soon(opening * 99).startswith("Failed: ")


def test_a_hundred_levels_are_no_problem():
    assert soon("${uc:" * 90 + "a" + "}" * 90) == "A"
    assert soon("${if eq{a}{a}{" * 90 + "x" + "}}" * 90) == "x"


def test_megabytes():
    assert len(soon("a" * 2_000_000)) == 2_000_000
    assert len(soon("${uc:" + "a" * 2_000_000 + "}")) == 2_000_000
    assert len(soon(r"\x41" * 200_000)) == 200_000
    assert len(soon("${uc:a}" * 50_000)) == 50_000


@pytest.mark.parametrize(
    "line",
    [
        "${reduce{" + ":".join("1" * 200) + "}{x}{$value$value}}",
        "${map{" + ":".join("a" * 1000) + "}{${map{" + ":".join("b" * 1000) + "}{$item}}}}",
        "${sg{" + "a" * 100_000 + "}{a}{" + "b" * 10_000 + "}}",
        "${sg{${sg{" + "a" * 1000 + "}{a}{" + "a" * 1000 + "}}}{a}{" + "a" * 1000 + "}}",
    ],
)
def test_growth_ends(line):
    assert soon(line).startswith("Failed: gave up")


def test_long_lists_are_sorted():
    numbers = [number * 7919 % 20011 for number in range(20_000)]
    told = soon("${sort{" + ":".join(map(str, numbers)) + "}{<}{$item}}")
    assert told == ":".join(map(str, sorted(numbers)))


def test_an_acl_that_calls_itself():
    from .around import acl

    around = context(acls={"again": acl("accept acl = again")})
    assert answer("${acl{again}}", around) == 'Failed: ERROR from acl "again"'


def test_a_list_of_expansions_without_end():
    assert soon(r"${expand:\$value}") == ""


@pytest.mark.parametrize(
    "opening, closing",
    [
        ("${extract{1}{:}{x}{", "}}"),
        ("${extract{$value}{:}{x}{", "}}"),
        ("${extract{1}{", "}{b}}"),
        ("${run{", "}}"),
        ("${map{a}{", "}}"),
        ("${if forany{a}{eq{", "}{}}{a}{b}}"),
    ],
)
def test_what_is_read_twice_does_not_double(opening, closing):
    """Each level that were read twice would make it twice as slow."""
    soon(opening * 45 + "a" + closing * 45)
