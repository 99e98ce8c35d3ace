"""The lmtp transport with a program that speaks LMTP, with a socket, and with broken ones."""

from __future__ import annotations

import os
import socket
import sys
import threading
from pathlib import Path

import pytest

from labmail.mda.lmtp import Dialogue
from labmail.message.outcome import Deferred, Delivered, Failed
from labmail.world import HostFiles, SocketWire

from .cases import transport
from .sides import ACCEPT, Case, ours, theirs
from .sides import exim4 as can_ask

SYSTEM = "/usr/bin/python3"
"""One that the user Debian-exim may run, too."""
SERVER = f"""#!{SYSTEM if os.path.exists(SYSTEM) else sys.executable}
import os, sys
log = open(os.environ.get("LAB_ROOT", "") + sys.argv[1], "a")
def say(line):
    sys.stdout.write(line + "\\r\\n")
    sys.stdout.flush()
say("220 here")
names = []
for line in sys.stdin:
    line = line.rstrip("\\r\\n")
    log.write(line + "\\n")
    if line.startswith("LHLO"):
        say("250-here\\r\\n250 IGNOREQUOTA")
    elif line.startswith("RCPT"):
        if "never" in line:
            say("550 5.1.1 never heard of")
        else:
            names.append(line)
            say("250 ok")
    elif line == "DATA":
        say("354 go on")
        for line in sys.stdin:
            log.write(line.rstrip("\\r\\n") + "\\n")
            if line.rstrip("\\r\\n") == ".":
                break
        for name in names:
            say("452 4.2.2 full" if "full" in name else "250 2.0.0 stored")
    elif line == "QUIT":
        say("221 bye")
        break
    else:
        say("250 ok")
"""
PEOPLE = ("ann@lab.test", "full@lab.test", "never@lab.test")


def case(*options: str, files: dict[str, bytes | str] | None = None) -> Case:
    return Case(
        transport("lmtp", "command = DIR/bin/lmtp DIR/out/heard", "batch_max = 10", *options),
        "r:\n  driver = accept\n  senders = !:\n  transport = t\nb:\n  driver = accept\n"
        "  transport = box\n",
        recipients=PEOPLE,
        files=files or {"bin/lmtp": SERVER},
    )


def test_an_answer_for_each_recipient() -> None:
    found = ours(case("ignore_quota"))
    heard = found.files["out/heard"].splitlines()
    assert heard[:6] == [
        "LHLO mx1.lab.test",
        "MAIL FROM:<sender@far.test>",
        *(f"RCPT TO:<{name}> IGNOREQUOTA" for name in PEOPLE),
        "DATA",
    ]
    assert heard[-6:] == ["line one", "From here it goes", "..dot", "last", ".", "QUIT"]
    assert "=> ann <ann@lab.test> R=r T=t" in found.log
    (late,) = [line for line in found.log if line.startswith("==")]
    assert late.endswith("LMTP error after end of data: 452 4.2.2 full")
    (gone,) = [line for line in found.log if line.startswith("**")]
    never = "RCPT TO:<never@lab.test> IGNOREQUOTA: 550 5.1.1 never heard of"
    assert gone == f"** never@lab.test R=r T=t: LMTP error after {never}"


@pytest.mark.peer("exim4")
def test_exim_says_the_same() -> None:
    if not can_ask():
        pytest.skip("exim4 takes another configuration from root only")
    mine, real = ours(case()), theirs(case())
    assert mine.files["out/heard"] == real.files["out/heard"]
    assert sorted(line[:30] for line in mine.log) == sorted(line[:30] for line in real.log)


@pytest.mark.parametrize(
    ("script", "words"),
    [
        (b"#!/bin/sh\nexit 0\n", "LMTP connection closed after initial connection"),
        (b"#!/bin/sh\necho hello\n", "Malformed LMTP response after initial connection"),
        (b"#!/bin/sh\nyes 250-more\n", "Malformed LMTP response after initial connection"),
        (b"#!/bin/sh\nhead -c 9999 /dev/zero\n", "Malformed LMTP response"),
        (b"#!/bin/sh\necho 421 busy; cat >/dev/null\n", "LMTP error after initial connection: 421"),
    ],
)
def test_broken_programs(script: bytes, words: str) -> None:
    found = ours(case(files={"bin/lmtp": script}))
    assert len(found.log) == 3
    assert all(line.startswith("== ") and words in line for line in found.log)


def test_a_program_that_is_not_there() -> None:
    found = ours(case(files={"bin/other": "x"}))
    assert all("Failed to create child process for t transport" in line for line in found.log)


class Wire:
    """A server that says what a test wants."""

    def __init__(self, *lines: str) -> None:
        self.lines = [f"{line}\r\n".encode() for line in lines]
        self.heard = b""

    def read_line(self, most: int) -> bytes:
        return self.lines.pop(0)[:most] if self.lines else b""

    def write(self, octets: bytes) -> None:
        self.heard += octets


def test_outcomes() -> None:
    wire = Wire("220", "250 x", "250", "250", "550 no", "354", "250 2.0.0 yes", "221")
    outcomes = Dialogue(wire, "mx").deliver("", ["a@x", "b@x"], b"Hi\r\n\r\n.x\r\n")
    assert outcomes == [
        Delivered("250 2.0.0 yes"),
        Failed("LMTP error after RCPT TO:<b@x>: 550 no", code="5.0.0", reply="550 no"),
    ]
    assert wire.heard.endswith(b"DATA\r\nHi\r\n\r\n..x\r\n.\r\nQUIT\r\n")


def test_whoever_has_no_answer_waits() -> None:
    wire = Wire("220", "250 x", "250", "250", "250", "354", "250 yes")
    first, second = Dialogue(wire, "mx").deliver("a@b", ["a@x", "b@x"], b"")
    assert isinstance(first, Delivered)
    assert isinstance(second, Deferred)
    assert second.errno == -18


def test_an_address_cannot_say_another_command() -> None:
    wire = Wire(*["250 x"] * 9)
    outcomes = Dialogue(wire, "mx").deliver("a@b", ["c@d>\r\nRCPT TO:<e@f"], b"")
    assert isinstance(outcomes[0], Deferred)
    assert b"e@f" not in wire.heard


def test_a_socket_of_the_host(tmp_path: Path) -> None:
    """A real socket below the host's root; a link to one outside is not found."""
    files = HostFiles(tmp_path / "host")
    files.mkdir("/run")
    server = socket.socket(socket.AF_UNIX)
    here = tmp_path / "host/run"
    server.bind(str(here / "lmtp"))
    server.listen(1)

    def answer() -> None:
        peer, _ = server.accept()
        peer.sendall(b"220 hello\r\n")
        peer.close()

    thread = threading.Thread(target=answer)
    thread.start()
    with SocketWire(files, "/run/../run/lmtp", 5.0) as wire:
        assert wire.read_line(100) == b"220 hello\r\n"
        assert wire.read_line(100) == b""
    thread.join()
    server.close()
    (here / "away").symlink_to(tmp_path / "outside")
    with pytest.raises(OSError, match="No such file"):
        SocketWire(files, "/run/away", 1.0)


def test_nobody_listens() -> None:
    asked = Case(transport("lmtp", "socket = DIR/out/none"), ACCEPT)
    found = ours(asked)
    assert found.log == [
        "== ann@lab.test R=r T=t defer (2): Failed to connect to socket DIR/out/none "
        "for t transport: No such file or directory"
    ]
