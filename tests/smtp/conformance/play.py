"""How a check is played: against a port of a running lab, through its door, as any program would.

A check is one row of a table: the law, what it asks, how the conversation is opened, and steps::

    Check("5321 §4.1.1.9", "NOOP takes an argument", HELLO, "NOOP x y => 250 2")

===============  =====================================================================
step             what
===============  =====================================================================
``C => S``       says ``C`` and CR LF; the whole reply must match the pattern ``S``
``C``            says ``C`` and CR LF, and waits for nothing
``|C``           the same without CR LF
``=> S``         hears a reply
``closed``       the server has hung up
``tls``          the TLS handshake
``stored => S``  the letter that bob has got last matches ``S`` (``.`` matches line ends)
``nothing``      bob has got no letter
===============  =====================================================================

A character of a step is an octet. ``{alice}`` and ``{wrong}`` stand for her right and for a wrong
answer of AUTH PLAIN.
"""

from __future__ import annotations

import base64
import contextlib
import re
import socket
import ssl
from dataclasses import dataclass

from labmail.lab import Lab

FRESH: tuple[str, ...] = ("=> 220 ",)
HELLO = (*FRESH, "EHLO client.test => 250-")
SENDER = (*HELLO, "MAIL FROM:<me@client.test> => 250 2.1.0 ")
READY = (*SENDER, "RCPT TO:<bob@ask.com> => 250 2.1.5 ")
DATA = (*READY, "DATA => 354 ")
SECRET = (*HELLO, "STARTTLS => 220 ", "tls")
AGAIN = (*SECRET, "EHLO client.test => 250-")
LOGGED_IN = (*AGAIN, "AUTH PLAIN {alice} => 235 2.7.0 ")

SERVICES = {25: ("mail.ask.com", "smtp"), 587: ("mail.example.com", "submission")}


@dataclass(frozen=True)
class Check:
    """A row. ``port`` is 25 of mail.ask.com or 587 of mail.example.com."""

    law: str
    asks: str
    opening: tuple[str, ...]
    steps: tuple[str, ...]
    port: int = 25


class Stage:
    """A running lab, and who calls it."""

    def __init__(self, lab: Lab) -> None:
        self.lab = lab
        alice = lab.users["alice@example.com"]
        self.words = {
            "alice": plain(alice.login, alice.password),
            "wrong": plain(alice.login, "x" + alice.password),
            "login": base64.b64encode(alice.login.encode()).decode(),
            "password": base64.b64encode(alice.password.encode()).decode(),
        }

    def play(self, check: Check) -> None:
        """Plays a check. Raises AssertionError, which says at which step."""
        door = self.lab.endpoint(*SERVICES[check.port])
        for old in self.lab.user("bob@ask.com").fetch():
            assert old is not None
        with socket.create_connection(door, timeout=30) as sock:
            caller = Caller(sock, self)
            for step in (*check.opening, *check.steps):
                try:
                    caller.do(step)
                except AssertionError as wrong:
                    message = f"{check.law}, {check.asks}: at {step!r}: {wrong}"
                    raise AssertionError(message) from None


def plain(login: str, password: str) -> str:
    """The answer of AUTH PLAIN (RFC 4616)."""
    return base64.b64encode(f"\0{login}\0{password}".encode()).decode()


class Caller:
    """One conversation."""

    def __init__(self, sock: socket.socket, stage: Stage) -> None:
        self.sock, self.stage = sock, stage
        self.file = sock.makefile("rb")

    def do(self, step: str) -> None:
        for name, word in self.stage.words.items():
            step = step.replace(f"{{{name}}}", word)
        said, arrow, pattern = step.partition("=> ")
        if said == "stored ":
            self.stored(pattern)
        elif step in ("closed", "tls", "nothing"):
            getattr(self, step)()
        else:
            if said or not arrow:
                self.say(said[:-1] if arrow else said)
            if arrow:
                self.hear(pattern)

    def say(self, words: str) -> None:
        octets = words.encode("latin-1")
        self.sock.sendall(octets[1:] if octets.startswith(b"|") else octets + b"\r\n")

    def hear(self, pattern: str) -> None:
        lines: list[bytes] = []
        while line := self.file.readline():
            assert line.endswith(b"\r\n") and len(line) <= 512, f"a line of a reply: {line!r}"
            assert re.match(rb"[2-5][0-9]{2}[ -]", line), f"no line of a reply: {line!r}"
            assert not lines or line[:3] == lines[0][:3], "two codes in one reply"
            lines.append(line)
            if line[3:4] == b" ":
                break
        reply = b"".join(lines).decode("latin-1")
        assert re.match(pattern, reply), f"heard {reply!r}"

    def closed(self) -> None:
        with contextlib.suppress(ConnectionResetError):  # it has hung up, if not politely
            assert self.file.read() == b"", "the server has not hung up"

    def tls(self) -> None:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
        self.file.close()
        self.sock = context.wrap_socket(self.sock)
        self.file = self.sock.makefile("rb")

    def stored(self, pattern: str) -> None:
        self.stage.lab.run()
        letters = self.stage.lab.user("bob@ask.com").fetch()
        assert letters, "bob has got nothing"
        content = letters[-1].content.decode("latin-1")
        assert re.search(pattern, content, re.DOTALL), f"bob has got {content!r}"

    def nothing(self) -> None:
        self.stage.lab.run()
        assert not self.stage.lab.user("bob@ask.com").fetch(), "bob has got a letter"
