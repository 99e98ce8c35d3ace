"""Addresses of a header, rewritten; each line was seen in a letter that real Exim delivered."""

import pytest

from labmail.exim.drive import drive
from labmail.exim.expansion.context import Context
from labmail.exim.header_rewriting import AS_THEY_ARE, Qualify, rewrite_header
from labmail.exim.options.rewrite import read_rule

RULES = [
    read_rule("*@old.example $1@new.example h"),
    read_rule('*@whole.example "Whole <$1@new.example>" fw'),
]
HERE = Qualify("ask.com", "ask.com")


@pytest.mark.parametrize(
    ("line", "made"),
    [
        ('From: "A" <a@whole.example>', "From:Whole <a@new.example>"),
        (
            "To: Us: a@old.example, (c) b@x;, carol",
            "To: Us: a@new.example, (c) b@x;, carol@ask.com",
        ),
        ('Cc: "X, Y" <a@old.example> (note)', 'Cc: "X, Y" <a@new.example> (note)'),
        ("Reply-To: <@r1,@r2:z@old.example>", "Reply-To: <z@new.example>"),
        ("Subject: a@old.example", "Subject: a@old.example"),
        ("Resent-To: q@old.example", "Resent-To: q@new.example"),
        ("To: a@old.example,\n b@old.example", "To: a@new.example,\n b@new.example"),
    ],
)
def test_each_address_by_the_rules_for_its_field(line: str, made: str) -> None:
    assert drive(rewrite_header(f"{line}\n", RULES, Context(), HERE)) == (f"{made}\n", ())


def test_what_is_no_address_stays_and_is_said() -> None:
    said = drive(rewrite_header("Cc: broken <\n", RULES, Context(), HERE))
    assert said == ("Cc: broken <\n", ("rewrite: missing or malformed local part",))


def test_bare_names_stay_where_nobody_completes_them() -> None:
    assert drive(rewrite_header("To: carol\n", RULES, Context(), AS_THEY_ARE))[0] == "To: carol\n"


def test_a_rule_that_makes_no_address_is_told_and_the_address_stays() -> None:
    rules = [read_rule("*@old.example $1@ h")]
    line, complaints = drive(rewrite_header("To: a@old.example\n", rules, Context(), HERE))
    assert line == "To: a@old.example\n"
    assert "yielded" in complaints[0]
