"""Lines without an end, octets that are no text, floods: limits, and the others are served."""

from __future__ import annotations

import random
import socket
from collections.abc import Callable
from contextlib import ExitStack, suppress

import dns.message
import pytest

from .served import DNS, PATIENCE, POP3, SMTP, STREAMS, SUBMISSION, Door, Served, everything, pour

MEBI = 2**20
AMOUNT = 24 * MEBI
PIECES: dict[str, Callable[[], bytes]] = {
    "letters": lambda: b"x" * 65_536,
    "chance": lambda: random.Random(3).randbytes(65_536),
    "zeros": lambda: bytes(65_536),
    "line ends": lambda: b"\n\r" * 32_768,
    "spaces": lambda: b" " * 65_535 + b"\n",
}


@pytest.mark.parametrize("piece", PIECES)
@pytest.mark.parametrize("door", STREAMS, ids=str)
@pytest.mark.usefixtures("unharmed")
def test_24_megabytes_of_one_thing(served: Served, door: Door, piece: str) -> None:
    octets = PIECES[piece]()
    with served.knock(door, seconds=10) as sock:
        for _ in range(AMOUNT // len(octets)):
            if not pour(sock, octets):
                break
        everything(sock, patience=0.5)


@pytest.mark.parametrize(
    ("door", "line", "answer"),
    [
        (SMTP, b"NOOP " + b"x" * 100_000, b"500 5.5.2"),
        (SUBMISSION, b"EHLO " + b"x" * 100_000, b"500 5.5.2"),
        (POP3, b"USER " + b"x" * 30_000, b"-ERR"),
    ],
    ids=str,
)
def test_a_huge_line_is_answered_in_words(
    served: Served, door: Door, line: bytes, answer: bytes
) -> None:
    with served.knock(door) as sock:
        talk = sock.makefile("rwb")
        talk.readline()
        talk.write(line + b"\r\nNOOP\r\n")
        talk.flush()
        said = talk.readline()
        assert said.startswith(answer), said
        assert talk.readline()[:3] in (b"250", b"+OK", b"-ER"), "and the next one as ever"


@pytest.mark.usefixtures("unharmed")
def test_a_letter_that_never_ends(served: Served) -> None:
    with served.knock(SMTP, seconds=60) as sock:
        pour(sock, b"EHLO x\r\nMAIL FROM:<a@b.test>\r\nRCPT TO:<bob@ask.com>\r\nDATA\r\n")
        piece = (b"x" * 76 + b"\r\n") * 840
        for _ in range(120 * MEBI // len(piece)):
            if not pour(sock, piece):
                break
        pour(sock, b"\r\n.\r\nQUIT\r\n")
        said = everything(sock)
        assert b"552 5.3.4" in said, said[-200:]


@pytest.mark.long
@pytest.mark.usefixtures("unharmed")
def test_many_large_letters_that_never_end(served: Served) -> None:
    before, piece = served.memory(), (b"x" * 76 + b"\r\n") * 840
    opening = b"EHLO x\r\nMAIL FROM:<a@b.test>\r\nRCPT TO:<bob@ask.com>\r\nDATA\r\n"
    with ExitStack() as stack:
        socks = [stack.enter_context(served.knock(SMTP)) for _ in range(12)]
        for sock in socks:
            pour(sock, opening)
        for _ in range(45 * MEBI // len(piece)):
            socks = [sock for sock in socks if pour(sock, piece)]
        assert served.memory() - before < 400 * MEBI, "540 MiB were sent"
        assert served.serves_everybody() < PATIENCE


@pytest.mark.parametrize(
    ("door", "octets"),
    [
        (SMTP, b"NOOP\r\n" * 50_000),
        (SMTP, b"RSET\r\nVRFY x\r\n" * 20_000),
        (SMTP, b"EHLO x\r\nMAIL FROM:<>\r\n" + b"RCPT TO:<bob@ask.com>\r\n" * 10_000),
        (SUBMISSION, b"EHLO x\r\n" * 40_000),
        (POP3, b"CAPA\r\n" * 50_000),
        (DNS, b"\0\x19" + dns.message.make_query("ask.com", "MX", id=1).to_wire()),
    ],
    ids=["NOOP", "VRFY", "RCPT", "EHLO", "CAPA", "queries"],
)
@pytest.mark.usefixtures("unharmed")
def test_five_floods_at_once_do_not_stop_the_others(
    served: Served, door: Door, octets: bytes
) -> None:
    if door is DNS:
        octets *= 4000
    with ExitStack() as stack:
        floods = [stack.enter_context(served.knock(door)) for _ in range(5)]
        for _ in range(5):
            for sock in floods:
                push(sock, octets)
            assert served.serves_everybody() < PATIENCE


def push(sock: socket.socket, octets: bytes) -> None:
    """Sends what the server takes now, and takes what it has said."""
    sock.setblocking(False)
    with suppress(BlockingIOError, ConnectionError):
        sock.send(octets)
    with suppress(BlockingIOError, ConnectionError):
        while sock.recv(MEBI):
            pass


@pytest.mark.usefixtures("unharmed")
def test_a_flood_of_datagrams(served: Served) -> None:
    dice = random.Random(4)
    query = dns.message.make_query("ask.com", "MX").to_wire()
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as udp:
        udp.setblocking(False)
        for number in range(50_000):
            octets = query if number % 2 else dice.randbytes(dice.randrange(200))
            with suppress(OSError):
                udp.sendto(octets, served.doors[DNS])
            if not number % 10_000:
                assert served.serves_everybody() < PATIENCE


@pytest.mark.usefixtures("unharmed")
def test_those_who_come_and_go_without_a_word(served: Served) -> None:
    for number in range(2000):
        with served.knock(STREAMS[number % 4]) as sock:
            if number % 3:
                linger = (1).to_bytes(4, "little") + (0).to_bytes(4, "little")
                sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
