"""Sieve beyond Exim's: unknown unless it is allowed; then as RFC 5429, 5231 and 5232 have it."""

from __future__ import annotations

import io
from pathlib import Path

import pytest

from labmail.commands.exim import Caller, run
from labmail.exim.drive import drive
from labmail.exim.expansion.context import Context
from labmail.exim.expansion.message import Header, Message
from labmail.exim.filters import Allowed, Letter, run_filter
from labmail.exim.filters.deeds import Refused, Save
from labmail.exim.filters.sieve import EXTENSIONS, SieveOutcome
from labmail.exim.text import Text

ALL = 'require ["reject", "ereject", "relational", "imap4flags", "fileinto", "vacation",'
ALL += ' "comparator-i;ascii-numeric"];\n'
NUMERIC = ':comparator "i;ascii-numeric"'
HEADERS = (
    "To: ben@lab.test, eve@lab.test\n",
    "Subject: news\n",
    "X-Score: 9 of 10\n",
    "Received: a\n",
    "Received: b\n",
)


def sieved(text: str, allowed: tuple[str, ...] = EXTENSIONS, head: str = ALL) -> SieveOutcome:
    letter = Message([Header(line) for line in HEADERS], size=40)
    variables = {"sender_address": "ann@ask.com", "return_path": "ann@ask.com"}
    context = Context(
        message=letter, variables={name: Text(value) for name, value in variables.items()}
    )
    script = f"# Sieve filter\n{head}{text}"
    outcome = drive(run_filter(script, context, Letter(("ben@lab.test",)), Allowed(sieve=allowed)))
    assert isinstance(outcome, SieveOutcome)
    return outcome


@pytest.mark.parametrize("name", EXTENSIONS)
def test_unknown_where_it_is_not_allowed(name: str) -> None:
    head = f'require "{name}";\n'
    assert sieved("keep;", (), head).error == "unknown capability in line 2"
    assert not sieved("keep;", (name,), head).error


@pytest.mark.parametrize(
    "text",
    [
        'reject "x";',
        'setflag "x";',
        'keep :flags "x";',
        'if hasflag "x" {}',
        'if header :count "eq"',
    ],
)
def test_unknown_words_are_mistakes_as_they_were(text: str) -> None:
    assert sieved(text, (), "").error
    assert "missing previous require" in sieved(text, EXTENSIONS, "").error


def test_it_goes_back_with_a_text() -> None:
    outcome = sieved('if header "subject" "news" { reject "No news, please."; }')
    (refused,) = outcome.deeds
    assert isinstance(refused, Refused) and refused.text == "No news, please." and refused.why
    assert outcome.significant
    assert outcome.told() == 'Reject text "No news, please."\nNo implicit keep\n'
    assert sieved('discard; ereject "no";').told().startswith('Ereject text "no"')


@pytest.mark.parametrize(
    "text",
    [
        'reject "a"; keep;',
        'keep; reject "a";',
        'reject "a"; reject "b";',
        'reject "a"; redirect "a@b.test";',
        'fileinto "x"; ereject "a";',
        'reject "a"; vacation "away";',
    ],
)
def test_nothing_else_may_be_done_with_it(text: str) -> None:
    outcome = sieved(text)
    assert "allows no other action in line 3" in outcome.error and not outcome.deeds


HOLDS = [
    (f'header :value "ge" {NUMERIC} "x-score" "9"', True),
    (f'header :value "gt" {NUMERIC} "x-score" "10"', False),
    ('header :value "gt" "x-score" "10"', True),
    (f'header :value "gt" {NUMERIC} "subject" "1000000"', True),
    (f'header :value "eq" {NUMERIC} "subject" "nonsense"', True),
    ('header :value "lt" "subject" ["a", "p"]', True),
    ('header :value "ne" "subject" "NEWS"', False),
    ('header :value :comparator "i;octet" "ne" "subject" "NEWS"', None),
    ('header :comparator "i;octet" :value "ne" "subject" "NEWS"', True),
    (f'header :count "eq" {NUMERIC} "received" "2"', True),
    (f'header :count "le" {NUMERIC} ["received", "subject"] "2"', False),
    (f'header :count "eq" {NUMERIC} "cc" "0"', True),
    (f'address :count "eq" {NUMERIC} "to" "2"', True),
    ('header :value "about" "subject" "x"', None),
    ('header :value :is "ge" "subject" "x"', None),
]


@pytest.mark.parametrize(("test", "holds"), HOLDS)
def test_relations(test: str, holds: bool | None) -> None:
    outcome = sieved(f'if {test} {{ fileinto "yes"; }}')
    if holds is None:
        assert outcome.error
    else:
        assert not outcome.error
        assert bool(outcome.deeds) is holds


def test_flags_go_with_what_is_kept() -> None:
    outcome = sieved(
        'setflag "\\\\Seen"; addflag ["$work \\\\SEEN", "urgent"]; removeflag "Urgent";'
        'fileinto "a"; fileinto :flags "$other" "b"; keep :flags [];'
    )
    saves = [deed for deed in outcome.deeds if isinstance(deed, Save)]
    assert [(save.path, save.flags) for save in saves] == [
        ("a", ("\\Seen", "$work")),
        ("b", ("$other",)),
        ("inbox", ()),
    ]
    assert "Flags in a: \\Seen $work\n" in outcome.told()
    kept = sieved('addflag ["one", "two"];')
    assert kept.implicit_keep and kept.flags == ("one", "two")
    assert kept.told() == "Flags: one two\nImplicit keep\n"


@pytest.mark.parametrize(
    ("test", "holds"),
    [
        ('hasflag "\\\\seen"', True),
        ('hasflag ["x", "WORK"]', True),
        ('hasflag "x"', False),
        ('hasflag :contains "or"', True),
        (f'hasflag :count "ge" {NUMERIC} "2"', True),
        (f'hasflag :count "ge" {NUMERIC} "3"', False),
    ],
)
def test_which_flags_are_set(test: str, holds: bool) -> None:
    outcome = sieved(f'setflag ["\\\\Seen", "work"]; if {test} {{ discard; }}')
    assert not outcome.error and outcome.significant is holds


def test_on_the_command_line(tmp_path: Path) -> None:
    script, configuration = tmp_path / "script", tmp_path / "exim.conf"
    script.write_text('# Sieve filter\nrequire "reject";\nreject "no";\n')
    configuration.write_text("keep_environment =\nqualify_domain = lab.test\n")
    told = {}
    for words in ((), ("--sieve-extensions",)):
        out = io.BytesIO()
        caller = Caller(io.BytesIO(b"Subject: x\n\nHi.\n"), out, io.BytesIO(), {})
        assert run(["-C", str(configuration), *words, "-bf", str(script)], caller) == 0
        told[words] = out.getvalue().decode()
    assert told[()].endswith("Sieve error: unknown capability in line 2\n")
    assert told[("--sieve-extensions",)].endswith('Reject text "no"\nNo implicit keep\n')
