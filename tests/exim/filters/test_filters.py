"""Filters that are read and obeyed; what they may not do; filters of people who mean harm."""

from __future__ import annotations

import doctest
import importlib
import pkgutil
from typing import Any

import pytest

from labmail.exim import filters
from labmail.exim.drive import drive
from labmail.exim.expansion.context import Context
from labmail.exim.expansion.message import Header, Message
from labmail.exim.files import RealFiles
from labmail.exim.filters import SYSTEM, Allowed, Letter, Outcome, run_filter
from labmail.exim.filters.deeds import Deliver, Forced, Headers, LogLine, Reply, Save
from labmail.exim.text import Text

NAMES = [
    found.name for found in pkgutil.walk_packages(filters.__path__, prefix="labmail.exim.filters.")
]


@pytest.mark.parametrize("name", [*NAMES, "labmail.exim.filters"])
def test_examples(name: str) -> None:
    tested = doctest.testmod(importlib.import_module(name))
    assert tested.failed == 0


def ran(text: str, allowed: Allowed = Allowed(), sender: str = "ann@ask.com") -> Outcome:  # noqa: B008
    letter = Message([Header("To: ben@lab.test\n"), Header("Subject: news\n")], body="Hello.\n")
    variables = {
        "sender_address": sender,
        "return_path": sender,
        "home": "/home/ben",
        "local_part": "ben",
        "domain": "lab.test",
    }
    context = Context(
        message=letter,
        variables={name: Text(value) for name, value in variables.items()},
        files=RealFiles(),
        settings={"qualify_domain": "lab.test"},
    )
    outcome = drive(
        run_filter(f"# Exim filter\n{text}", context, Letter(("ben@lab.test",)), allowed)
    )
    assert [header.text for header in letter.headers] == ["To: ben@lab.test\n", "Subject: news\n"]
    return outcome


def test_deeds_carry_why() -> None:
    outcome = ran("if $h_subject: is news then save a 640 else save b endif\nunseen deliver eve")
    save, deliver = outcome.deeds
    assert isinstance(save, Save) and (save.path, save.mode) == ("/home/ben/a", 0o640)
    assert save.why == ("$h_subject: is news",) and save.significant
    assert isinstance(deliver, Deliver) and deliver.address == "eve@lab.test"
    assert deliver.why == () and not deliver.significant


def test_an_answer() -> None:
    (reply,) = ran('mail to eve@ask.com subject "Re: $h_subject:" once_repeat 5d').deeds
    assert isinstance(reply, Reply)
    assert reply.to == "eve@ask.com" and reply.texts["subject"] == "Re: news"
    assert "Bad time value" in ran("mail to a@b once_repeat soon").error


def test_a_log_has_a_file() -> None:
    _, line = ran("logfile /tmp/x 644 logwrite $h_subject:").deeds
    assert isinstance(line, LogLine)
    assert (line.path, line.mode, line.text) == ("/tmp/x", 0o644, "news\n")
    assert "without a previous" in ran("logwrite x").error


def test_what_the_administrator_allows() -> None:
    assert "is disabled" in ran("fail text no").error
    forced = ran("fail text no\nsave x", Allowed(frozenset({"fail"}))).forced
    assert isinstance(forced, Forced) and forced.text == "no"
    assert ran("logwrite x", Allowed(logwrite=False)).error == "logwrite command forbidden"
    added = ran('headers add "X-A: b"\nif $h_x-a: is b then finish endif', SYSTEM).deeds
    assert isinstance(added[0], Headers) and len(added) == 2


FORBIDDEN: list[tuple[dict[str, Any], str, str]] = [
    ({"lookup": False}, "${lookup{a}lsearch{/etc/passwd}}", "lookup expansions are not permitted"),
    ({"run": False}, "${run{/bin/sh}}", "running a command is not permitted"),
    ({"readfile": False}, "${readfile{/etc/passwd}}", "file insertions are not permitted"),
    ({"readsocket": False}, "${readsocket{/x}{y}}", "socket insertions are not permitted"),
    (
        {"existstest": False},
        "${if exists{/etc/passwd}{a}{b}}",
        "File existence tests are not permitted",
    ),
    ({"existstest": False}, "${stat:/etc/passwd}", "Use of the stat() expansion is not permitted"),
]


@pytest.mark.parametrize(("options", "text", "complaint"), FORBIDDEN)
def test_no_way_round_what_is_forbidden(options: dict[str, Any], text: str, complaint: str) -> None:
    for inner in (text, f"${{expand:\\N{text}\\N}}"):
        outcome = ran(f'testprint "{inner}"'.replace("\\N", "\\\\N"), Allowed(**options))
        assert complaint in outcome.error, outcome


HOSTILE = [
    "if " + "(" * 100_000,
    "if a is a then " * 5_000,
    "not " * 3,
    "if " + "not " * 100_000 + "a is a then finish endif",
    "if a is a " + "and a is a " * 20_000 + "then finish endif",
    "if a is b " + "or a is b " * 20_000 + "then finish endif",
    'save "' + "x" * 1_000_000 + '"',
    "save " + "x" * 1_000_000,
    "add 1 to n1 " * 50_000,
    "#" * 1_000_000,
    "seen " * 3,
    'if "' + "a" * 900 + '" matches "^(a+)+b" then finish endif',
    "if foranyaddress a@b (" * 500,
    'testprint "' + "${uc:" * 200 + '"',
    "\0\n\0",
]


@pytest.mark.parametrize("number", range(len(HOSTILE)))
def test_hostile_filters_have_an_end(number: int) -> None:
    outcome = ran(HOSTILE[number])
    assert outcome.error or outcome.steps is not None


def sieved(text: str) -> Outcome:
    letter = Message([Header("To: ben@lab.test\n"), Header("Subject: news\n")], size=40)
    variables = {"sender_address": "ann@ask.com", "return_path": "ann@ask.com"}
    context = Context(
        message=letter, variables={name: Text(value) for name, value in variables.items()}
    )
    return drive(run_filter(f"# Sieve filter\n{text}", context, Letter(("ben@lab.test",))))


def test_a_script() -> None:
    outcome = sieved(
        'require ["fileinto", "copy"];'
        'if header :contains "subject" "NEW" { fileinto "a"; redirect :copy "eve@x.test"; }'
    )
    save, deliver = outcome.deeds
    assert isinstance(save, Save) and save.path == "a" and save.why
    assert isinstance(deliver, Deliver) and deliver.address == "eve@x.test"
    assert outcome.significant and not sieved("# nothing").significant


def test_an_absence() -> None:
    (reply,) = sieved('require "vacation"; vacation :days 90 "I am away.";').deeds
    assert isinstance(reply, Reply)
    assert (reply.to, reply.texts["subject"]) == ("ann@ask.com", "Auto: news")
    assert reply.texts["once_repeat"] == "31d"


def test_after_a_mistake_nothing_counts() -> None:
    outcome = sieved('redirect "eve@x.test";\nnonsense;')
    assert outcome.error == "syntax error in line 3" and not outcome.deeds
    assert not sieved("stop; nonsense;").error


HARMFUL = [
    "if " + "not " * 100_000,
    "if true { " * 50_000,
    "if anyof(" * 50_000,
    "/*" * 1_000_000,
    'redirect "' + "x" * 1_000_000,
    'if header :matches "subject" "' + "*a" * 5_000 + '" { keep; }',
    "if size :over " + "9" * 100_000 + " {}",
    'require "fileinto"; ' + 'fileinto "a"; ' * 5_000,
]


@pytest.mark.parametrize("number", range(len(HARMFUL)))
def test_harmful_scripts_have_an_end(number: int) -> None:
    assert sieved(HARMFUL[number]).error or number >= 5


ADDED = [
    ("add -5 to n1 add -$n1 to n2 save /$n2", "/5"),
    ("add -- to n1 save /$n1", "/0"),
    ("add --08 to n1", 'malformed number "08" in "add" command'),
    ("add 1 to nx", 'malformed number "x" in "add" command'),
    ("add 1 to x", 'unknown variable "x" in "add" command'),
    ("add x to y", 'malformed number "x" in "add" command'),
]


@pytest.mark.parametrize(("text", "told"), ADDED)
def test_numbers_that_are_added(text: str, told: str) -> None:
    outcome = ran(text)
    assert (outcome.error or outcome.deeds[-1].path) == told  # type: ignore[attr-defined]
