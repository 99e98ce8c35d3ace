"""A client that sends many letters at once: one thread, as little work for each letter as can be.

Each `Slot` is a connection that goes through the steps of SMTP; the next begins when the last has
been answered, so nothing is sent ahead (no PIPELINING). The time of a letter runs from MAIL to the
250 behind the dot. A slot may make several connections, one after the other.

Law: RFC 5321 §3.3. Try: ``Load(("127.0.0.1", 2525), "user@lab.test", connections=10).run()``.
"""

from __future__ import annotations

import selectors
import socket
import time
from contextlib import suppress
from dataclasses import dataclass, field
from itertools import count

LINE = b"All that is said in these lines is said to fill a letter, as letters are filled.\r\n"
STEPS = {b"greeting": b"ehlo", b"mail": b"rcpt", b"rcpt": b"data", b"data": b"dot"}
PATIENCE = 100.0
"""Seconds after which a run is given up."""


@dataclass(slots=True)
class Sent:
    """What a run came to."""

    began: float
    """When, on `time.perf_counter`."""
    ended: float = 0.0
    """When the last letter was accepted."""
    took: list[float] = field(default_factory=list)
    """Seconds for each letter that was accepted."""

    @property
    def letters(self) -> int:
        return len(self.took)

    @property
    def rate(self) -> float:
        """Letters accepted in a second."""
        return self.letters / (self.ended - self.began)

    def percentile(self, part: float) -> float:
        """Seconds within which ``part`` of all letters were accepted."""
        return sorted(self.took)[min(self.letters - 1, int(self.letters * part))]


class Load:
    """``connections`` at the same time, each for ``letters``; then ``again`` as often anew."""

    def __init__(
        self,
        server: tuple[str, int],
        to: str,
        *,
        connections: int = 1,
        letters: int = 1,
        again: int = 1,
        size: int = 4096,
    ) -> None:
        self.server, self.letters, self.again = server, letters, again
        self.mail = b"MAIL FROM:<load@load.test>\r\n"
        self.rcpt = b"RCPT TO:<%b>\r\n" % to.encode()
        self.header = b"From: <load@load.test>\r\nTo: <%b>\r\nSubject: load\r\n" % to.encode()
        self.text = LINE * max(1, (size - 300) // len(LINE))
        self.numbers, self.mark = count(), time.time_ns()
        self.selector = selectors.DefaultSelector()
        self.active = connections
        self.sent = Sent(time.perf_counter())

    def run(self) -> Sent:
        """Sends everything. Raises RuntimeError where a server says no, or nothing."""
        self.sent.began = time.perf_counter()
        for _ in range(self.active):
            Slot(self).connect()
        while self.active:
            for key, what in self.selector.select(1):
                key.data.ready(what)
            if time.perf_counter() > self.sent.began + PATIENCE:
                raise RuntimeError(f"{self.server}: no end after {PATIENCE:g} s")
        self.selector.close()
        return self.sent

    def letter(self) -> bytes:
        """A letter like the others, with a name of its own."""
        name = b"Message-ID: <%d.%d@load.test>\r\n" % (next(self.numbers), self.mark)
        date = b"Date: Mon, 02 Mar 2026 09:00:00 +0000\r\n"
        return self.header + date + name + b"\r\n" + self.text + b".\r\n"


class Slot:
    """One connection after another."""

    __slots__ = ("again", "began", "heard", "left", "load", "out", "socket", "step")

    def __init__(self, load: Load) -> None:
        self.load, self.again = load, load.again

    def connect(self) -> None:
        self.left, self.step, self.heard, self.out = self.load.letters, b"greeting", b"", b""
        self.socket = socket.create_connection(self.load.server, 10)
        self.socket.setblocking(False)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.load.selector.register(self.socket, selectors.EVENT_READ, self)

    def ready(self, what: int) -> None:
        """The socket has something, or takes something again."""
        if what & selectors.EVENT_WRITE:
            self.say(b"")
        if what & selectors.EVENT_READ:
            octets = self.socket.recv(65_536)
            if not octets:
                raise RuntimeError(f"{self.load.server} hung up at {self.step.decode()}")
            *lines, self.heard = (self.heard + octets).split(b"\n")
            for line in lines:
                if line[3:4] != b"-":
                    self.answered(line)

    def answered(self, reply: bytes) -> None:
        """A step is done: on to the next."""
        if reply[:1] not in b"23":
            raise RuntimeError(f"{self.step.decode()}: {reply.decode('latin-1').strip()}")
        if self.step == b"dot":
            self.load.sent.ended = time.perf_counter()
            self.load.sent.took.append(self.load.sent.ended - self.began)
        self.step = STEPS.get(self.step) or (b"mail" if self.left else b"quit")
        match self.step:
            case b"ehlo":
                self.say(b"EHLO load.test\r\n")
            case b"mail":
                self.left -= 1
                self.began = time.perf_counter()
                self.say(self.load.mail)
            case b"rcpt":
                self.say(self.load.rcpt)
            case b"data":
                self.say(b"DATA\r\n")
            case b"dot":
                self.say(self.load.letter())
            case b"quit":
                self.leave()

    def say(self, octets: bytes) -> None:
        """Sends it, or as much as goes; the rest when the socket is ready."""
        self.out += octets
        with suppress(BlockingIOError):
            self.out = self.out[self.socket.send(self.out) :]
        writing = selectors.EVENT_WRITE if self.out else 0
        self.load.selector.modify(self.socket, selectors.EVENT_READ | writing, self)

    def leave(self) -> None:
        """QUIT, without waiting for the 221: exim4 keeps it back for 200 ms."""
        self.socket.sendall(b"QUIT\r\n")
        self.load.selector.unregister(self.socket)
        self.socket.close()
        self.again -= 1
        if self.again:
            self.connect()
        else:
            self.load.active -= 1
