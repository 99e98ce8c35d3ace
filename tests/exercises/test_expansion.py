"""The checks of chapter 14: what they take, what they refuse, and that they give nothing away."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from labmail.exercises import check
from labmail.exercises.expansion import TEN, _ten
from labmail.lab import Lab

DEPARTMENT = "${lookup{${lc:$local_part}}lsearch{/etc/exim4/departments}{$value}{reception}}"
MENDED = [
    "${lookup{$local_part}dsearch{/etc/exim4/greetings}"
    "{${readfile{/etc/exim4/greetings/$value}}}{Hello}}",
    "${lookup{$local_part}lsearch*{/etc/exim4/virtual}{$value}{nobody}}",
    "${if match_domain{$domain}{!lists.ask.com : ask.com : *.ask.com}{ours}{theirs}}",
]
NETS = "<; !198.51.100.7 ; 198.51.100.0/24 ; 2001:db8:5::/48"


@pytest.fixture(scope="module")
def lab() -> Iterator[Lab]:
    with Lab("two_companies") as lab:
        yield lab


def holds(lab: Lab, number: str, answer: object) -> list[bool]:
    verdict = check(number, lab, answer)
    assert not verdict.trouble, verdict.trouble
    return [claim.holds for claim in verdict.claims]


@pytest.mark.parametrize(
    ("answer", "missing"),
    [
        (DEPARTMENT, []),
        ("${lookup{$local_part}lsearch{/etc/exim4/departments}{$value}{reception}}", []),
        ("${lookup{$local_part}wildlsearch{/etc/exim4/departments}{$value}{reception}}", []),
        ("${if inlist{$local_part}{alice}{sales}{${lookup{$local_part}lsearch"
         "{/etc/exim4/departments}{$value}{reception}}}}", [4]),
        ("${lookup{${lc:$local_part}}lsearch{/etc/exim4/departments}}", [3, 4]),
        ("${if eq{${lc:$local_part}}{alice}{sales}{${if eq{${lc:$local_part}}{carol}{support}"
         "{${if eq{$local_part}{dave}{press}{reception}}}}}}", [4]),
        ("${lookup{${lc:$local_part}}lsearch*{/etc/exim4/departments}{$value}{reception}}", []),
        ("reception", [1, 2, 4]),
        ("${nosuch", [1, 2, 3, 4]),
        (None, [0, 1, 2, 3, 4]),
        ("", [0, 1, 2, 3, 4]),
        (42, [0, 1, 2, 3, 4]),
    ],
)  # fmt: skip
def test_departments(lab: Lab, answer: object, missing: list[int]) -> None:
    assert [at for at, holds in enumerate(holds(lab, "14.1", answer)) if not holds] == missing


def test_ten_guesses(lab: Lab) -> None:
    right = _ten()
    assert len(right) == 10 == len(TEN.splitlines())
    assert holds(lab, "14.2", right) == [True, True]
    assert holds(lab, "14.2", {**right, "C": "same"}) == [True, False]
    assert holds(lab, "14.2", {k.lower(): v for k, v in right.items()}) == [True, True]
    for nothing in ({}, None, "ABC", 7):
        assert holds(lab, "14.2", nothing) == [False, False]


def test_a_wrong_guess_is_named_and_not_its_answer(lab: Lab) -> None:
    said = str(check("14.2", lab, {**_ten(), "F": "yes", "H": "out"}))
    assert "F, H" in said and "different" not in said and "EXA" not in said


@pytest.mark.parametrize(
    ("greeting", "virtual", "ours", "missing"),
    [
        (*MENDED, []),
        ("${readfile{/etc/exim4/greetings/$local_part}}", *MENDED[1:], [0, 1]),
        ("Hello", *MENDED[1:], [0, 1]),
        (
            MENDED[0],
            "${lookup{$local_part}lsearch{/etc/exim4/virtual}{$value}{bob}}",
            MENDED[2],
            [],
        ),
        (*MENDED[:2], "${if match_domain{$domain}{ask.com : !lists.ask.com}{ours}{theirs}}", [3]),
        (*MENDED[:2], "${if match_domain{$domain}{*ask.com : !lists.ask.com}{ours}{theirs}}", [3]),
        (*MENDED[:2], "${if match_domain{$domain}{!lists.ask.com:*ask.com}{ours}{theirs}}", [3]),
    ],
)
def test_three_strings(
    lab: Lab, greeting: str, virtual: str, ours: str, missing: list[int]
) -> None:
    for answer in ([greeting, virtual, ours], dict(a=greeting, b=virtual, c=ours)):
        found = holds(lab, "14.3", answer)
        assert [at for at, holds in enumerate(found) if not holds] == missing


def test_three_strings_that_are_none(lab: Lab) -> None:
    for nothing in (None, [], "abc", {}, 5):
        assert not any(holds(lab, "14.3", nothing))


@pytest.mark.parametrize(
    ("nets", "right"),
    [
        (NETS, [True, True, True]),
        ("!198.51.100.7 : 198.51.100.0/24 : 2001::db8::5::::/48", [True, True, True]),
        ("198.51.100.0/24 : !198.51.100.7", [True, False, False]),
        ("<; 198.51.100.0/24 ; !198.51.100.7 ; 2001:db8:5::/48", [True, False, True]),
        ("!198.51.100.7 : 198.51.100.0/24 : 2001:db8:5::/48", [True, False, False]),
        ("<; !198.51.100.7 ; 198.51.100.0/24 ; 2001:db8::/32", [True, False, False]),
        ("}{", [True, False, False]),
        (None, [False, False, False]),
    ],
)
def test_a_host_list(lab: Lab, nets: object, right: list[bool]) -> None:
    assert holds(lab, "14.4", nets) == right


def test_the_students_files_stay_as_they_are(lab: Lab) -> None:
    host = lab.host("mail.example.com")
    host.files.write_text("/etc/exim4/departments", "mine: own\n")
    check("14.1", lab, DEPARTMENT)
    assert host.cat("/etc/exim4/departments") == "mine: own\n"
    assert lab.is_open
