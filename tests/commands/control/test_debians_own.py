"""Debian's own tools, in Perl, beside the lab: they ask its hosts, and read their files."""

from __future__ import annotations

import re
import shlex
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from labmail.lab import Lab
from tests.commands.control.conftest import Terminal
from tests.conftest import find_peer

HOST = "mail.example.com"


@pytest.fixture(scope="module")
def lab(reachable: None) -> Iterator[Lab]:
    """A letter that waits, and one that has arrived."""
    with Lab("two_companies") as lab:
        alice = lab.user("alice@example.com")
        alice.send(to="anna@example.com", subject="Arrives")
        lab.down("mail.ask.com")
        alice.send(to="bob@ask.com", subject="Waits")
        yield lab


def said(name: str, *words: object) -> str:
    command = [str(find_peer(name)), *map(str, words)]
    ended = subprocess.run(command, capture_output=True, text=True, timeout=60, check=True)
    return ended.stdout


@pytest.mark.peer("exiqgrep")
def test_exiqgrep_asks_exim_of_the_host(lab: Lab, tmp_path: Path) -> None:
    """It starts a program for ``exim -bpu``; what ours says must be what it can read."""
    at = [sys.executable, "-m", "labmail.commands", "at", "--root", str(lab.root), HOST, "exim"]
    exim = tmp_path / "exim"
    exim.write_text(f'#!/bin/sh\nexec {shlex.join(at)} "$@"\n')
    exim.chmod(0o755)
    for words in (["-c"], ["-f", "alice", "-i"], ["-r", "bob@"], ["-f", "alice", "-b"], ["-z"]):
        ours = Terminal(lab).at(HOST, "exiqgrep", *words).out
        assert said("exiqgrep", "-E", exim, *words) == ours, words


@pytest.mark.peer("exipick")
def test_exipick_reads_the_spool(lab: Lab) -> None:
    (waiting,) = lab.host(HOST).queue
    spool = lab.root / HOST / "var/spool/exim4"
    assert said("exipick", "--spool", spool, "-i") == f"{waiting.id}\n"
    by_sender = said("exipick", "--spool", spool, "-i", "$sender_address eq alice@example.com")
    assert by_sender == f"{waiting.id}\n"
    assert said("exipick", "--spool", spool, "-i", "-z") == ""
    age = re.compile(r"^ *\d+[mhd]", re.MULTILINE)  # its clock is the machine's
    listed = Terminal(lab).at(HOST, "exim", "-bp").out
    assert age.sub("", said("exipick", "--spool", spool, "-bp")) == age.sub("", listed)


@pytest.mark.peer("exigrep")
def test_exigrep_and_eximstats_read_the_log(lab: Lab) -> None:
    (waiting,) = lab.host(HOST).queue
    log = lab.root / HOST / "var/log/exim4/mainlog"
    found = said("exigrep", "bob@ask.com", log)
    assert f"+++ {waiting.id} has not completed +++" in found and "anna" not in found
    assert "Completed" in said("exigrep", "anna@example.com", log)
    counted = said("eximstats", log)
    assert "Received" in counted and "2" in counted.partition("Received")[2].splitlines()[0]
