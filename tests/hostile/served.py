"""A running ``labmail serve``: its doors, its honest users, its memory."""

from __future__ import annotations

import json
import poplib
import signal
import smtplib
import socket
import subprocess
import sys
import tempfile
import time
from contextlib import suppress
from typing import NamedTuple

import dns.message

PATIENCE = 20.0
"""Seconds that an honest person waits at most, on the busiest of machines. (Mostly it is 0.05.)"""
COMMAND = f"ulimit -S -n 256; exec {sys.executable} -m labmail.commands serve two_companies --json"
"""With few descriptors, as macOS begins: that it serves a thousand is its own doing."""


class Door(NamedTuple):
    host: str
    service: str

    def __str__(self) -> str:
        return self.service


SMTP, SUBMISSION = Door("mail.ask.com", "smtp"), Door("mail.ask.com", "submission")
POP3, DNS = Door("mail.ask.com", "pop3"), Door("ns.ask.com", "dns")
STREAMS = (SMTP, SUBMISSION, POP3, DNS)


class Served:
    """A running lab. ``bob`` is his login and password."""

    def __init__(self) -> None:
        # Not a pipe: a server that complains much would stand still.
        self.said = tempfile.TemporaryFile()  # noqa: SIM115
        self.process = subprocess.Popen(
            ["sh", "-c", COMMAND], stdout=subprocess.PIPE, stderr=self.said
        )
        assert self.process.stdout is not None
        self.facts = json.loads(self.process.stdout.readline())
        self.doors = {
            Door(s["host"], s["service"]): tuple(s["endpoint"]) for s in self.facts["services"]
        }
        bob = next(u for u in self.facts["users"] if u["address"] == "bob@ask.com")
        self.bob: tuple[str, str] = bob["login"], bob["password"]

    def end(self) -> None:
        """Ends it in order. An attack may leave no traceback behind."""
        self.process.send_signal(signal.SIGTERM)
        self.process.communicate(timeout=60)
        self.said.seek(0)
        said = self.said.read()
        self.said.close()
        assert self.process.returncode == 0, said[-2000:]
        assert b"Traceback" not in said and b"exception" not in said, said[-2000:]

    def memory(self) -> int:
        """Octets that the process has in memory."""
        ps = ["ps", "-o", "rss=", "-p", str(self.facts["pid"])]
        return int(subprocess.check_output(ps)) * 1024

    def knock(self, door: Door, seconds: float = 60) -> socket.socket:
        return socket.create_connection(self.doors[door], timeout=seconds)

    # ── honest people ────────────────────────────────────────────────────────────────────────────

    def letter(self) -> float:
        """Somebody hands in a letter to bob; how many seconds that took."""
        began = time.monotonic()
        with smtplib.SMTP(*self.doors[SMTP], "laptop.test", timeout=60) as talk:
            talk.sendmail("me@laptop.test", ["bob@ask.com"], b"Subject: honest\r\n\r\nx\r\n")
        return time.monotonic() - began

    def fetch(self) -> None:
        """bob fetches what there is, and takes it away."""
        box = poplib.POP3(*self.doors[POP3], timeout=60)
        box.user(self.bob[0])
        box.pass_(self.bob[1])
        for number in range(1, box.stat()[0] + 1):
            box.dele(number)
        box.quit()

    def ask(self) -> None:
        """Somebody asks for the mail host of ask.com, over UDP and over TCP."""
        query = dns.message.make_query("ask.com", "MX")
        octets = query.to_wire()
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as udp:
            udp.settimeout(60)
            udp.sendto(octets, self.doors[DNS])
            assert query.is_response(dns.message.from_wire(udp.recv(4096)))
        with self.knock(DNS) as tcp:
            tcp.sendall(len(octets).to_bytes(2, "big") + octets)
            answer = tcp.makefile("rb").read(2)
            assert len(answer) == 2, "hung up on an honest question"

    def serves_everybody(self) -> float:
        """Everybody is served; seconds that the letter took."""
        took = self.letter()
        self.fetch()
        self.ask()
        assert self.process.poll() is None
        return took


def everything(sock: socket.socket, patience: float = 5) -> bytes:
    """All that comes until the server hangs up, or has nothing to say for so many seconds."""
    heard = bytearray()
    sock.settimeout(patience)
    with suppress(TimeoutError, ConnectionResetError):
        while octets := sock.recv(65_536):
            heard += octets
    return bytes(heard)


def pour(sock: socket.socket, octets: bytes) -> bool:
    """Sends it all; False where the server has hung up meanwhile, or takes no more."""
    try:
        sock.sendall(octets)
    except (TimeoutError, BrokenPipeError, ConnectionResetError):
        return False
    return True
