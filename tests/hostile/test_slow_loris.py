"""A thousand connections that say nothing, or next to nothing, at each port that takes any.

The honest are served meanwhile: a newcomer is let in, and who has got no further makes room.
"""

from __future__ import annotations

import contextlib
import socket
import time
from collections.abc import Iterator
from contextlib import suppress

import pytest

from .served import DNS, PATIENCE, POP3, SMTP, STREAMS, SUBMISSION, Door, Served

CROWD = 1000
LIMIT = {SMTP: 300, SUBMISSION: 300, POP3: 300, DNS: 150}
"""Connections that one client may have at a time."""
BEGUN = {SMTP: b"EHLO cli", SUBMISSION: b"EH", POP3: b"USER b", DNS: b"\0"}
"""Every second one begins to say something, and never ends."""
WORDS = {
    SMTP: b"421 4.7.0 Too many connections",
    SUBMISSION: b"421 4.7.0 Too many connections",
    POP3: b"-ERR [SYS/TEMP]",
}


@contextlib.contextmanager
def crowd(served: Served, door: Door) -> Iterator[list[socket.socket]]:
    """A thousand at the door; honest people are served between them."""
    with contextlib.ExitStack() as stack:
        socks = []
        for number in range(1, CROWD + 1):
            sock = stack.enter_context(served.knock(door))
            with suppress(ConnectionError):
                sock.sendall(BEGUN[door] if number % 2 else b"")
            socks.append(sock)
            if not number % 250:
                assert served.serves_everybody() < PATIENCE
        yield socks


@pytest.mark.parametrize("door", STREAMS, ids=str)
@pytest.mark.usefixtures("unharmed")
def test_a_thousand_who_say_nothing(served: Served, door: Door) -> None:
    with crowd(served, door) as socks:
        ended = wait_for_ends(socks, CROWD - LIMIT[door])
        assert len(ended) >= CROWD - LIMIT[door], "more are inside than may be"
        if door in WORDS:
            told = sum(WORDS[door] in said for said in ended)
            assert told >= CROWD - LIMIT[door] - 10, "sent away without a word"


def wait_for_ends(socks: list[socket.socket], enough: int) -> list[bytes]:
    """What was said to those who were sent away, as soon as so many were."""
    heard = {sock: bytearray() for sock in socks}
    ended: list[bytes] = []
    deadline = time.monotonic() + PATIENCE
    while len(ended) < enough and time.monotonic() < deadline:
        for sock in [sock for sock in heard if has_ended(sock, heard[sock])]:
            ended.append(bytes(heard.pop(sock)))
    return ended


def has_ended(sock: socket.socket, said: bytearray) -> bool:
    """Adds what was said; tells whether the server has hung up."""
    sock.setblocking(False)
    try:
        while octets := sock.recv(4096):
            said += octets
    except BlockingIOError:
        return False
    except ConnectionResetError:
        pass
    return True
