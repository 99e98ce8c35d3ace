"""``labmail serve``: one line of JSON when ready, real programs served, a clean end, a root."""

import json
import os
import poplib
import signal
import smtplib
import subprocess
import sys
import time
from contextlib import contextmanager
from pathlib import Path
from types import SimpleNamespace

import pytest

from labmail.commands import serve

HELO = "laptop.test"


@contextmanager
def serving(*arguments):
    """Starts ``labmail serve`` and gives what it says when ready; ends it by its id."""
    process = subprocess.Popen(
        [sys.executable, "-m", "labmail.commands", "serve", *map(str, arguments), "--json"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        line = process.stdout.readline()
        yield process, json.loads(line) if line else {}
    finally:
        if process.poll() is None:
            process.terminate()
        process.communicate(timeout=30)


def endpoint(facts, host, service):
    return next(
        tuple(s["endpoint"])
        for s in facts["services"]
        if (s["host"], s["service"]) == (host, service)
    )


def user(facts, address):
    return next(u for u in facts["users"] if u["address"] == address)


def write(facts, subject, to="bob@ask.com"):
    with smtplib.SMTP(*endpoint(facts, "mail.ask.com", "smtp"), HELO, timeout=30) as client:
        client.sendmail("me@laptop.test", [to], f"Subject: {subject}\r\n\r\nHello\r\n")


def subjects(facts, address="bob@ask.com", wanted=1, host="mail.ask.com"):
    """The subjects in a mailbox, by POP3, as soon as there are as many as ``wanted``."""
    deadline = time.monotonic() + 20
    while True:
        box = poplib.POP3(*endpoint(facts, host, "pop3"), timeout=30)
        box.user(user(facts, address)["login"])
        box.pass_(user(facts, address)["password"])
        letters = [box.retr(n + 1)[1] for n in range(box.stat()[0])]
        box.quit()
        if len(letters) >= wanted or time.monotonic() > deadline:
            return [line.decode() for text in letters for line in text if b"Subject:" in line]
        time.sleep(0.1)


def test_the_line_of_json_says_all_that_a_program_needs():
    with serving("two_companies") as (process, facts):
        assert list(facts) == ["pid", "root", "town", "services", "users"]
        assert facts["pid"] == process.pid
        assert facts["town"] == "two_companies"
        assert Path(facts["root"]).stat().st_mode & 0o777 == 0o700
        for service in facts["services"]:
            assert list(service) == ["host", "service", "address", "port", "endpoint"]
        assert {s["service"] for s in facts["services"]} == {"smtp", "submission", "pop3", "dns"}
        for person in facts["users"]:
            assert list(person) == ["address", "login", "password", "store"]


def test_mail_goes_in_and_comes_out_and_sigterm_leaves_nothing():
    with serving("two_companies") as (process, facts):
        write(facts, "Over a real socket")
        assert subjects(facts) == ["Subject: Over a real socket"]
        assert not Path(facts["root"], "trace").exists()
        process.send_signal(signal.SIGTERM)
        out, err = process.communicate(timeout=30)
        assert (process.returncode, out, err) == (0, "", "")
        assert not Path(facts["root"]).exists()


def test_control_c_ends_it_as_well():
    with serving("two_companies") as (process, _facts):
        process.send_signal(signal.SIGINT)
        process.communicate(timeout=30)
        assert process.returncode == 0


def test_to_have_been_stopped_is_no_reason_to_end(monkeypatch):
    """After Ctrl-Z and fg, Python's sigtimedwait may give a signal with the number 0."""
    come = [SimpleNamespace(si_signo=number) for number in (0, signal.SIGTERM)]
    monkeypatch.setattr(signal, "sigtimedwait", lambda signals, seconds: come.pop(0))
    assert serve._wait(SimpleNamespace(is_open=True)) == 0
    assert not come


def test_a_killed_lab_finds_its_mail_again(tmp_path):
    root = tmp_path / "root"
    with serving("two_companies", "--root", root) as (process, facts):
        write(facts, "Before the crash")
        assert subjects(facts) == ["Subject: Before the crash"]
        os.kill(process.pid, signal.SIGKILL)
        process.wait(30)
    with serving("two_companies", "--root", root) as (_, facts):
        assert facts["root"] == str(root)
        found = subjects(facts)
        assert set(found) == {"Subject: Before the crash"}
        assert len(found) <= 2  # the kill may have come before "Completed": RFC 1047


def test_a_second_owner_of_a_root_is_told_who_the_first_is(tmp_path):
    with (
        serving("two_companies", "--root", tmp_path / "r") as (first, _),
        serving("two_companies", "--root", tmp_path / "r") as (second, facts),
    ):
        _, err = second.communicate(timeout=30)
        assert facts == {}
        assert second.returncode == 1
        assert f"in use by another lab (process {first.pid})" in err


def test_a_town_file_of_ones_own_with_a_fixed_password(tmp_path):
    (tmp_path / "village.toml").write_text(
        """
[hosts."mail.village.test"]
address  = "198.51.100.7"
services = ["smtp", "submission", "pop3", "dns"]
domains  = ["village.test"]
store    = "mbox"
[users."mira@village.test"]
password = "a fixed one"
"""
    )
    with serving(tmp_path / "village.toml") as (_, facts):
        assert user(facts, "mira@village.test")["password"] == "a fixed one"
        with smtplib.SMTP(
            *endpoint(facts, "mail.village.test", "smtp"), HELO, timeout=30
        ) as client:
            client.sendmail("me@laptop.test", ["mira@village.test"], "Subject: Hi\r\n\r\nx\r\n")
        found = subjects(facts, "mira@village.test", host="mail.village.test")
        assert found == ["Subject: Hi"]


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("hosts = 1", "hosts = 1; expected hosts = tables"),
        ('[hosts."a.test"]\naddress = "x"', "'x' does not appear to be an IPv4 or IPv6 address"),
    ],
)
def test_a_broken_town_file_is_answered_without_a_traceback(tmp_path, text, says):
    (tmp_path / "broken.toml").write_text(text)
    with serving(tmp_path / "broken.toml") as (process, facts):
        _, err = process.communicate(timeout=30)
        assert (facts, process.returncode) == ({}, 1)
        assert says in err
        assert "broken.toml" in err
        assert "Traceback" not in err
