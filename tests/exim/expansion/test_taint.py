"""What a stranger wrote may be compared and shown; it names no file, no program, no string."""

from __future__ import annotations

import pytest

from labmail.exim.drive import drive
from labmail.exim.errors import ExpansionFailed
from labmail.exim.expansion import expand

from .around import answer, context, tainted

AROUND = {"variables": {"local_part": tainted("/etc/passwd"), "domain": tainted("")}}


def is_tainted(line: str) -> bool:
    return drive(expand(line, context(**AROUND))).tainted


@pytest.mark.parametrize(
    "line",
    [
        "$local_part",
        "a${local_part}b",
        "${uc:$local_part}",
        "${substr{0}{3}{$local_part}}",
        "${sg{$local_part}{/}{:}}",
        "${if match{$local_part}{(p.*)}{$1}}",
        "${map{$local_part}{$item}}",
        "${extract{2}{/}{$local_part}}",
    ],
)
def test_it_stays(line):
    assert is_tainted(line)


@pytest.mark.parametrize(
    "line",
    [
        "a$domain",
        "${strlen:$local_part}",
        "${md5:$local_part}",
        "${if eq{$local_part}{x}{y}{n}}",
        "${lookup{root}lsearch{/etc/passwd}}",
        "${nhash{8}{$local_part}}",
    ],
)
def test_it_goes(line):
    assert not is_tainted(line)


@pytest.mark.parametrize(
    "line",
    ["${readfile{$local_part}}", "${run{$local_part}}", "${lookup{root}lsearch{$local_part}}"],
)
def test_it_names_nothing(line):
    with pytest.raises(ExpansionFailed) as failed:
        drive(expand(line, context(**AROUND)))
    assert "stranger" in failed.value.help


def test_it_is_not_computed():
    around = context(variables={"local_part": tainted("${uc:a}")})
    assert answer("${expand:$local_part}", around) == (
        'Failed: internal expansion of "${uc:a}" failed: '
        "attempt to expand tainted string '${uc:a}'"
    )


def test_a_key_may_be_tainted():
    around = context(variables={"local_part": tainted("root")})
    assert answer("${lookup{$local_part}lsearch{/etc/passwd}{found}}", around) == "found"
