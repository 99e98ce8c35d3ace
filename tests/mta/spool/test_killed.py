"""Real processes: ``labmail serve`` is killed under load, and two want the same lab.

SIGKILL proves less than a power cut, since the kernel keeps what was written; but here nothing is
played: sockets, threads, the clock, and a process that ends in the middle of whatever it does.
"""

from __future__ import annotations

import json
import os
import re
import signal
import smtplib
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import pytest

pytestmark = pytest.mark.only_on("linux")
CLIENTS = 6
MARK = re.compile(rb"^Subject: load (\d+-\d+)\r?$", re.MULTILINE)


@contextmanager
def serving(root: Path) -> Iterator[tuple[subprocess.Popen[str], dict[str, Any]]]:
    """Starts ``labmail serve`` and gives what it says when ready; ends it by its id."""
    command = [sys.executable, "-m", "labmail.commands", "serve", "two_companies", "--json"]
    process = subprocess.Popen(
        [*command, "--root", str(root)], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    assert process.stdout
    try:
        line = process.stdout.readline()
        yield process, json.loads(line) if line else {}
    finally:
        if process.poll() is None:
            process.terminate()
        process.communicate(timeout=60)


def gate(facts: dict[str, Any]) -> tuple[str, int]:
    """Where mail.ask.com takes letters."""
    wanted = ("mail.ask.com", "smtp")
    found = (s["endpoint"] for s in facts["services"] if (s["host"], s["service"]) == wanted)
    host, port = next(found)
    return host, port


def load(facts: dict[str, Any], number: int, accepted: list[str]) -> None:
    """Sends letters until nobody answers; notes which of them heard 250."""
    gone = suppress(smtplib.SMTPException, OSError)
    with gone, smtplib.SMTP(*gate(facts), "laptop.test", timeout=30) as client:
        for count in range(100_000):
            name = f"{number}-{count}"
            text = f"Subject: load {name}\r\n\r\n{'x' * 2000}\r\n"
            client.sendmail("me@laptop.test", ["bob@ask.com", "carol@ask.com"], text)
            accepted.append(name)


def under_load(facts: dict[str, Any], seconds: float, process: subprocess.Popen[str]) -> list[str]:
    """Some clients at once, until the process is killed; what heard 250."""
    accepted: list[str] = []
    clients = [
        threading.Thread(target=load, args=(facts, number, accepted), daemon=True)
        for number in range(CLIENTS)
    ]
    for each in clients:
        each.start()
    time.sleep(seconds)
    os.kill(process.pid, signal.SIGKILL)
    process.wait(30)
    for each in clients:
        each.join(30)
    return accepted


def mailbox(root: Path, login: str) -> Counter[str]:
    """How often each letter of the load is in a person's mailbox, mbox or Maildir."""
    host = root / "mail.ask.com"
    places = [host / "var/mail" / login, *host.glob(f"home/{login}/Maildir/*/*")]
    found: Counter[str] = Counter()
    for place in places:
        if place.is_file():
            found.update(each.decode() for each in MARK.findall(place.read_bytes()))
    return found


def waits(root: Path) -> bool:
    """Whether something waits in the spool of mail.ask.com."""
    spool = root / "mail.ask.com/var/spool/exim4"
    return any((spool / "input").rglob("*-H"))


@pytest.mark.long
def test_killed_under_load_it_delivers_all_that_heard_250(tmp_path: Path) -> None:
    root, accepted, kills = tmp_path / "root", list[str](), 3
    for kill in range(kills):
        with serving(root) as (process, facts):
            heard = under_load(facts, 1.0 + kill, process)
        accepted += [f"{each}" for each in heard]
    with serving(root) as (process, _):
        deadline = time.monotonic() + 120
        while waits(root) and time.monotonic() < deadline:
            time.sleep(0.5)
        process.send_signal(signal.SIGTERM)
        process.communicate(timeout=60)
    assert len(accepted) > 20
    times = Counter(accepted)  # a name is used once by each run
    for login in ("bob", "carol"):
        arrived = mailbox(root, login)
        lost = [name for name, count in times.items() if arrived[name] < count]
        assert lost == []
        most = {name: count for name, count in arrived.items() if count > 2 * kills}
        assert most == {}
        twice = sum(arrived.values()) - len(accepted)
        assert twice <= 2 * kills * (CLIENTS + 20)  # what was in progress, and no more


def test_who_comes_second_to_a_lab_is_told_who_owns_it(tmp_path: Path) -> None:
    root = tmp_path / "root"
    with serving(root) as (first, facts):
        with serving(root) as (second, nothing):
            assert nothing == {} and second.stderr
            said = second.stderr.read()
            assert second.wait(30) != 0
        assert str(root) in said and "in use" in said and f"process {first.pid}" in said
        with smtplib.SMTP(*gate(facts), "laptop.test", timeout=30) as client:
            assert client.noop()[0] == 250  # the first goes on
