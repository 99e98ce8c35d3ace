"""The channel: the side of the lab. A port on loopback, and who is let in.

A thread waits for visitors; each gets a thread of its own, since a command waits: for its input,
for the lab, for a queue run. All of them end with the lab. The channel itself does not keep a lab
alive that nobody holds any more.

What a stranger can do who finds the port, but cannot read the cookie: hold one of `MOST` places for
`PATIENCE` seconds.

Try: ``labmail serve``, then ``labmail at mail.example.com mailq`` in a second terminal.
"""

from __future__ import annotations

import os
import secrets
import socket
import threading
import weakref
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from . import cookie, finding, frames
from .cookie import Cookie
from .frames import ChannelError, Line

if TYPE_CHECKING:
    from labmail.lab import Lab

MOST = 32
"""Visitors at one time."""
PATIENCE = 5.0
"""Real seconds in which a visitor must have proved that she may come in."""
GRACE = 2.0
"""Real seconds that a visit may take to end when the lab does."""


def open_channel(lab: Lab) -> Callable[[], None]:
    """Opens the channel of a lab; gives what closes it. Raises OSError."""
    return Channel(lab).close


class Channel:
    """The control channel of one lab."""

    def __init__(self, lab: Lab) -> None:
        self._lab, self._root = weakref.ref(lab), Path(lab.root)
        self._door = socket.create_server(("127.0.0.1", 0))
        self._open, self._lock = True, threading.Lock()
        self._visits: dict[threading.Thread, Line] = {}
        port = self._door.getsockname()[1]
        self.cookie = Cookie(
            port=port,
            secret=secrets.token_hex(32),
            pid=os.getpid(),
            town=lab.town.name,
            hosts=tuple(lab.hosts),
        )
        self._name = f"{os.getpid()}-{port}"
        cookie.write(self._root, self.cookie)
        finding.register(self._root, self._name)
        self._porter = threading.Thread(target=self._welcome, name="labmail-control", daemon=True)
        self._porter.start()

    def _welcome(self) -> None:
        """Lets visitors in until the channel is closed."""
        while self._open:
            try:
                connection, _ = self._door.accept()
            except OSError:
                continue
            with self._lock:
                if not self._open or len(self._visits) >= MOST:
                    connection.close()
                    continue
                line = Line(connection)
                visit = threading.Thread(target=self._receive, args=(line,), daemon=True)
                self._visits[visit] = line
            visit.start()

    def _receive(self, line: Line) -> None:
        """One visit."""
        try:
            line.socket.settimeout(PATIENCE)
            if _knows_the_secret(line, self.cookie.secret):
                line.socket.settimeout(None)
                line.longest = frames.LONGEST
                from .session import converse

                converse(line, self._lab)
        except (OSError, ChannelError):
            pass  # she has gone, or does not speak our language: nobody is there to be told
        finally:
            line.close()
            with self._lock:
                self._visits.pop(threading.current_thread(), None)

    def close(self) -> None:
        """Ends all visits, closes the port, removes the cookie. Safe to call twice."""
        with self._lock:
            if not self._open:
                return
            self._open = False
            visits = dict(self._visits)
        with suppress(OSError):  # the porter waits for a visitor: here is one
            socket.create_connection(("127.0.0.1", self.cookie.port), GRACE).close()
        for line in visits.values():
            line.close()
        self._door.close()
        finding.unregister(self._name)
        cookie.remove(self._root, self.cookie)
        for thread in (self._porter, *visits):
            if thread is not threading.current_thread():
                thread.join(GRACE)


def _knows_the_secret(line: Line, secret: str) -> bool:
    """Whether the visitor proves it; then the lab proves it, too."""
    lab = secrets.token_bytes(frames.NUMBER_SIZE)
    line.send(frames.NUMBER, lab)
    _, said = line.receive(frames.PROOF)
    own, claim = said[: frames.NUMBER_SIZE], said[frames.NUMBER_SIZE :]
    if not frames.same(claim, frames.proof(secret, b"terminal", lab, own)):
        return False
    line.send(frames.PROOF, frames.proof(secret, b"lab", lab, own))
    return True
