"""Rewriting: what real Exim's -brw answered, asked of ours, and of Exim again where it is.

`answers.json` has two sets of rules with what became of each address at each place, and what Exim
complained of.
"""

from __future__ import annotations

import io
import json
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from labmail.commands.exim import machine, run
from labmail.exim.config.configuration import Rule
from labmail.exim.drive import drive
from labmail.exim.expansion import Context
from labmail.exim.options.rewrite import read_rule
from labmail.exim.rewriting import PLACES, holds_at, rewrite, rewrite_envelope
from labmail.exim.text import Text
from tests.conftest import find_peer

BLOCKS: list[dict[str, Any]] = json.loads((Path(__file__).parent / "answers.json").read_text())
FILES = {
    "names": "one: first\n",
    "full": "kim@lab.test: kim.poe@lab.test\n",
    "doms": "dd.test: a:b\n",
    "pd": "p1.test: 1\n*.p2.test: 2\n",
}
CASES = [
    pytest.param(number, *asked, id=f"{number}-{asked[0] or 'empty'}")
    for number, block in enumerate(BLOCKS)
    for asked in block["asked"]
]


@pytest.fixture(scope="module")
def confs() -> Iterator[list[Path]]:
    """A configuration for each block, where a program that has given up its rights can read it."""
    with tempfile.TemporaryDirectory() as folder:
        Path(folder).chmod(0o777)
        yield written(Path(folder))


def written(folder: Path) -> list[Path]:
    for name, content in FILES.items():
        (folder / name).write_text(content)
    made = []
    for number, block in enumerate(BLOCKS):
        lines = [
            f"spool_directory = {folder}", f"log_file_path = {folder}/%slog", "keep_environment =",
            "primary_hostname = mx1.lab.test", "qualify_domain = lab.test",
            *block["lists"], "begin rewrite", *block["rules"],
        ]  # fmt: skip
        made.append(folder / f"{number}.conf")
        made[-1].write_text("\n".join(lines).replace("{DIR}", str(folder)) + "\n")
    return made


def read(out: str, err: str) -> tuple[Any, list[str]]:
    """What -brw says, by place, or as it is if it is an error; and each complaint once."""
    said: Any = out
    if not out.startswith(("Syntax", "No ")):
        parts = (line.split(": ", 1) for line in out.splitlines())
        said = {place.strip(): text for place, text in parts}
    return said, list(dict.fromkeys(line[20:] for line in err.splitlines()))


@pytest.mark.parametrize(("number", "address", "said", "complaints"), CASES)
def test_ours(
    confs: list[Path], number: int, address: str, said: Any, complaints: list[str]
) -> None:
    out, err = io.BytesIO(), io.BytesIO()
    run(["-C", str(confs[number]), "-brw", address], machine(io.BytesIO(), out, err))
    assert read(out.getvalue().decode(), err.getvalue().decode()) == (said, complaints)


@pytest.mark.peer("exim4")
def test_real_exim_still_says_so(confs: list[Path]) -> None:
    for number, block in enumerate(BLOCKS):
        for address, said, complaints in block["asked"]:
            command = [find_peer("exim4") or "exim4", "-C", str(confs[number]), "-brw", address]
            done = subprocess.run(command, capture_output=True, text=True, timeout=60)
            assert read(done.stdout, done.stderr) == (said, complaints), address


def test_without_a_place_a_rule_is_for_all_but_smtp() -> None:
    everywhere = read_rule("*@a.test $1@b.test qR")
    assert all(holds_at(everywhere, flag) for flag in PLACES.values())
    assert not holds_at(everywhere, "S")
    assert [p for p, f in PLACES.items() if holds_at(read_rule("*@a.test x@y Eh"), f)] == [*PLACES]
    assert [p for p, f in PLACES.items() if holds_at(read_rule("*@a.test x@y ET"), f)] == [
        "env-from",
        "env-to",
    ]


def test_it_says_which_rules_were_used() -> None:
    rules = [
        read_rule("*@a.test $1@b.test"),
        read_rule("x@* never@z.test"),
        read_rule("*@b.test *"),
    ]
    made = drive(rewrite("Ann <ann@a.test>", "f", rules, Context()))
    assert (made.text, made.address, made.used) == ("Ann <ann@b.test>", "ann@b.test", (rules[0],))


def test_a_rule_that_feeds_itself_comes_to_an_end() -> None:
    made = drive(rewrite("a@b.test", "F", [read_rule("*@b.test x$1@b.test R")], Context()))
    assert made.address == "xxxxxxxxxxxa@b.test"
    assert made.complaints == ("rewrite rule repeat ignored after 10 times",)


def test_the_envelope_has_rules_of_its_own() -> None:
    lines = ("*@a.test $1@to.test T", "*@a.test $1@from.test F", "*@a.test x@y.test h")
    rules = [Rule(line, read_rule(line), "exim.conf", 1) for line in lines]
    whole: Any = SimpleNamespace(rewrites=rules)

    def made(address: str, recipient: bool) -> str:
        asked = rewrite_envelope(
            Text(address, True), recipient=recipient, configuration=whole, context=Context()
        )
        return drive(asked).text

    assert made("b@a.test", True) == "b@to.test"
    assert made("b@a.test", False) == "b@from.test"
    assert made("", False) == ""


def tried(line: str, address: str = "bob@old.test") -> list[str]:
    made = drive(rewrite(address, "f", [read_rule(line)], Context()))
    return [one.said for one in made.tried]


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("*@old.test $1@new.test f", "it fits: the address becomes bob@new.test"),
        ("*@new.test $1@old.test f", "it does not fit"),
        ("*@old.test * f", "it fits, and leaves the address as it is"),
        (
            '*@old.test "${if eq{a}{b}{c}fail}" f',
            "it fits, and its replacement was forced to fail",
        ),
        ("*@old.test $1 f", 'Rewrite of bob@old.test yielded unqualified address "bob"'),
        ("+nowhere $1@x.test f", 'unknown named address list "+nowhere"'),
    ],
)
def test_each_rule_that_was_tried_says_what_came_of_it(line: str, said: str) -> None:
    assert tried(line) == [said]


def test_a_rule_for_other_places_was_not_tried() -> None:
    assert tried("*@old.test $1@new.test t") == []


def test_with_d_each_rule_is_told_with_its_place(tmp_path: Path) -> None:
    conf = tmp_path / "exim.conf"
    conf.write_text("begin rewrite\n*@old.test $1@new.test Ff\n")
    told = io.BytesIO()
    caller = machine(io.BytesIO(), io.BytesIO(), told)
    assert run(["-C", str(conf), "-d", "-brw", "bob@old.test"], caller) == 0
    words = told.getvalue().decode()
    rule = f"  rule *@old.test $1@new.test Ff  ({conf}:2)\n"
    said = "    bob@old.test: it fits: the address becomes bob@new.test\n"
    assert f"\nfrom\n{rule}{said}to\n  no rule is for this place\n" in words
