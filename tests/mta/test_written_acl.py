"""ACLs as the configuration writes them, asked about a letter from a program."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from labmail.exim.text import Text
from labmail.mta.acl.written import Asked

from .fakes import orders

LISTS = "domainlist ours = lab.test\n"


def asked(tmp: Path, acl: str, recipient: str = "ann@lab.test", **known: str) -> tuple[str, Asked]:
    """What an ACL says, and what it leaves behind."""
    made = orders(tmp, f"begin acl\n{acl}", main=LISTS)
    context = made.context()
    for name, value in {"sender_address": "bob@far.test", **known}.items():
        context.variables[name] = Text(value, True)
    lines: list[str] = []
    one = Asked(context, recipient, log=lines.append)
    told = asyncio.run(one.ask("it"))
    one.controls |= set(lines)
    return told, one


@pytest.mark.parametrize(
    ("acl", "told"),
    [
        ("accept domains = +ours\n", "OK"),
        ("accept domains = far.test\n", "FAIL"),
        ("accept ! domains = far.test\n", "OK"),
        ("deny local_parts = ann : ben\n", "FAIL"),
        ("accept local_parts = ann : ben\n", "OK"),
        ("accept recipients = *@lab.test\n  senders = bob@far.test\n", "OK"),
        ("accept sender_domains = far.test\n", "OK"),
        ("accept senders = :\n", "FAIL"),
        ("accept hosts = :\n", "OK"),
        ("accept hosts = 192.0.2.1\n", "FAIL"),
        ("accept authenticated = *\n", "FAIL"),
        ("accept condition = ${if eq{$sender_address}{bob@far.test}}\n", "OK"),
        ("defer\n", "DEFER"),
        ("discard\n", "DISCARD"),
        ("drop\n", "FAIL_DROP"),
        ("require domains = far.test\n", "FAIL"),
        ("warn domains = +ours\naccept\n", "OK"),
        ("accept domains = +ours\n  endpass\n  senders = x@y\naccept\n", "FAIL"),
        ("accept acl = other\nother:\n  accept senders = bob@far.test\n", "OK"),
        ("accept acl = it\n", "DEFER"),
        ("accept condition = ${bogus}\n", "DEFER"),
        ("accept spam = nobody\n", "DEFER"),
        ("warn spam = nobody\naccept\n", "OK"),
    ],
)
def test_verdicts(tmp_path: Path, acl: str, told: str) -> None:
    assert asked(tmp_path, f"it:\n  {acl}")[0] == told


def test_what_it_leaves_behind(tmp_path: Path) -> None:
    told, one = asked(
        tmp_path,
        "it:\n"
        "  warn set acl_m_who = $sender_address\n"
        "       add_header = X-Who: $acl_m_who\n"
        "       remove_header = X-A : X-B\n"
        "       control = freeze\n"
        "       logwrite = seen $acl_m_who\n"
        "  deny message = no, $acl_m_who\n"
        "       log_message = refused\n",
    )
    assert (told, one.message, one.log_message) == ("FAIL", "no, bob@far.test", "refused")
    assert one.added == ["X-Who: bob@far.test"] and one.removed == ["X-A", "X-B"]
    assert one.controls == {"freeze", "seen bob@far.test"}


def test_the_words_of_a_statement_that_does_not_hold_are_not_said(tmp_path: Path) -> None:
    told, one = asked(tmp_path, "it:\n  deny message = far\n       domains = far.test\n")
    assert (told, one.message) == ("FAIL", "")


def test_what_is_not_known_says_so(tmp_path: Path) -> None:
    _, one = asked(tmp_path, "it:\n  accept spam = nobody\n")
    assert one.problem == 'ACL condition "spam" is not known here'
