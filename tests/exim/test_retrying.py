"""Which retry rule holds, for whom and for what: as Exim's -brt says."""

from __future__ import annotations

import io
import subprocess
import sys
from pathlib import Path

import pytest

from labmail.commands.exim import Caller, run
from labmail.exim.drive import drive
from labmail.exim.errors import ConfigError
from labmail.exim.expansion import Context
from labmail.exim.options.retry import read_rule
from labmail.exim.retrying import Case, Failure, failure, find_rule, objection, show
from labmail.exim.text import Text
from tests.conftest import find_peer

NAMES = [
    "*",
    "timeout",
    "timeout_A",
    "timeout_MX",
    "timeout_connect",
    "timeout_connect_A",
    "timeout_connect_MX",
    "refused",
    "refused_A",
    "refused_MX",
    "quota",
    "quota_1d",
    "quota_2d",
    "mail_4xx",
    "mail_45x",
    "mail_451",
    "rcpt_451",
    "data_451",
    "Data_451",
    "lookup",
    "lo",
    "l",
    "lost_connection",
    "tls_required",
    "auth_failed",
    "auth_f",
    "timeout_",
    "Quota_1d",
]

HOLDS = {
    "timeout": "timeout timeout_A timeout_MX timeout_connect timeout_connect_A timeout_connect_MX "
    "timeout_",
    "timeout_A": "timeout_A timeout_connect_A timeout_",
    "timeout_MX": "timeout_MX timeout_connect_MX",
    "timeout_connect": "timeout_connect timeout_connect_A timeout_connect_MX",
    "timeout_connect_A": "timeout_connect_A",
    "timeout_a": "timeout_A timeout_connect_A timeout_",
    "refused": "refused refused_A refused_MX",
    "refused_M": "refused_MX",
    "quota": "quota quota_1d quota_2d Quota_1d",
    "quota_1d": "quota_1d quota_2d Quota_1d",
    "quota_25h": "quota_2d",
    "mail_4xx": "mail_4xx mail_45x mail_451",
    "mail_45x": "mail_45x mail_451",
    "mail_452": "",
    "rcpt_4xx": "rcpt_451",
    "data_4xx": "data_451 Data_451",
    "Mail_4xx": "data_451 Data_451",
    "lookup": "lookup",
    "lost_connection": "lo l lost_connection",
    "tls_required": "tls_required",
    "auth_failed": "auth_failed auth_f",
    "*": " ".join(NAMES),
}
"""For an error in a rule, the failures that real Exim applies it to."""

RULES = """\
q.test quota_90m F,90m,61s; G,1w2d,1h30m,1.25; H,100s,10s,2
"^\\\\N^ann@x\\\\.test$\\\\N" * F,1h,1m
^shop\\\\d\\\\.test\\$ * F,1h,2m
*@y.test * F,1h,3m
s.test * senders=a@b.test:*@c.test F,1h,4m
s.test * senders=: F,1h,5m
!z.test * F,1h,6m
z.test *
""".splitlines()


def rule_for(key: str, error: str = "*", other: str = "", sender: str | None = None) -> str:
    case = Case(key, failure(error), other, None if sender is None else Text(sender))
    found = drive(find_rule([read_rule(line) for line in RULES], case, Context()))
    return show(found) if found else ""


@pytest.mark.parametrize("error", HOLDS)
def test_a_rule_covers_the_failures_that_it_names_and_those_that_are_more_exact(error: str) -> None:
    rule = failure(error)
    assert [name for name in NAMES if rule.covers(failure(name))] == [
        name for name in NAMES if name in HOLDS[error].split()
    ]


def test_a_name_of_nothing_is_an_error_in_exims_words() -> None:
    for name, words in {
        "bogus": 'unknown or malformed retry error "bogus"',
        "mail_4": "mail_4 must be followed by xx, dx, or dd",
        "timeout_x": '"A", "MX", or "connect" expected after "timeout"',
        "quota_x": "bad time value",
    }.items():
        with pytest.raises(ConfigError, match=words):
            failure(name)


def test_names_are_shown_as_exim_shows_them() -> None:
    assert Failure("timeout", "MX", True).name == "timeout_connect_MX"
    assert failure("quota_90m").name == "quota_1h30m"
    assert failure("rcpt_45x").name == "*"


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        (
            ("q.test", "quota_2h"),
            "q.test  quota_1h30m  F,1h30m,1m1s; G,1w2d,1h30m,1.25; H,1m40s,10s; ",
        ),
        (("q.test", "quota_1h"), "!z.test  *  F,1h,6m; "),
        (("Ann@X.test",), "^\\N^ann@x\\.test$\\N  *  F,1h,1m; "),
        (("shop3.test",), "!z.test  *  F,1h,6m; "),
        (("y.test",), "*@y.test  *  F,1h,3m; "),
        (("s.test", "*", "", "x@c.test"), "s.test  *  F,1h,4m; "),
        (("s.test", "*", "", ""), "s.test  *  F,1h,5m; "),
        (("s.test",), "!z.test  *  F,1h,6m; "),
        (("z.test",), "z.test  *  "),
        (("z.test", "*", "y.test"), "*@y.test  *  F,1h,3m; "),
    ],
)
def test_the_first_rule_of_which_all_holds_counts(asked: tuple[str, ...], expected: str) -> None:
    assert rule_for(*asked) == expected


@pytest.mark.parametrize(
    ("rule", "why"),
    [
        ("s.test quota F,1h,4m", "it is for quota, and the failure is refused_MX"),
        ("q.test * F,1h,4m", "q.test does not fit s.test or mx.test"),
        ("s.test * senders=a@b.test F,1h,4m", "it is for letters from a@b.test: not x@c.test"),
        ("mx.test refused F,1h,4m", ""),
    ],
)
def test_a_rule_that_does_not_hold_says_why(rule: str, why: str) -> None:
    case = Case("s.test", failure("refused_MX"), "mx.test", Text("x@c.test"))
    assert drive(objection(read_rule(rule), case, Context())) == why


def test_with_d_each_rule_is_told_with_its_place(tmp_path: Path) -> None:
    conf = tmp_path / "exim.conf"
    conf.write_text("begin retry\nq.test * F,1h,4m\n\n* * F,2h,9m\n")
    told = io.BytesIO()
    caller = Caller(io.BytesIO(), io.BytesIO(), told, {})
    assert run(["-C", str(conf), "-d", "-brt", "s.test"], caller) == 0
    assert told.getvalue().decode().partition("s.test\n")[2] == (
        f"  rule q.test * F,1h,4m  ({conf}:2)\n"
        "    does it hold? no: q.test does not fit s.test\n"
        f"  rule * * F,2h,9m  ({conf}:4)\n"
        "    does it hold? yes\n"
    )


@pytest.mark.peer("exim4")
def test_exim_says_the_same(tmp_path: Path) -> None:
    conf = tmp_path / "exim.conf"
    head = f"spool_directory = {tmp_path}\nlog_file_path = {tmp_path}/%slog\nkeep_environment =\n"
    conf.write_text(head + "begin retry\n" + "\n".join(RULES) + "\n")
    tmp_path.chmod(0o777)
    exim = find_peer("exim4") or "exim4"
    ours = [sys.executable, "-m", "labmail.commands", "exim"]
    for asked in ("q.test quota_2h", "Ann@X.test", "shop3.test", "z.test y.test", "z.test", "a b"):
        answers = [
            subprocess.run(
                [*program, "-C", str(conf), "-brt", *asked.split()],
                capture_output=True, text=True, timeout=30,
            )
            for program in ([exim], ours)
        ]  # fmt: skip
        assert answers[0].stdout == answers[1].stdout, asked
        assert answers[0].returncode == answers[1].returncode
