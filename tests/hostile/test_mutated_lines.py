"""Lines that are almost right: each is answered in the protocol's own words, and nobody is harmed.

2,000 for each listener, and 100,000 in ``make test-all``. Some conversations begin in earnest, so
that the states further in are tried as well: a letter under way, somebody logged in, TLS.
"""

from __future__ import annotations

import base64
import random
import re
import socket
import ssl
from collections.abc import Callable
from contextlib import suppress

import dns.message
import pytest

from .mutations import OF_DNS, OF_POP3, OF_SMTP, frame, line, mutated
from .served import DNS, POP3, SMTP, SUBMISSION, Door, Served, everything, pour

MANY = pytest.mark.parametrize(
    "lines", [2000, pytest.param(100_000, marks=(pytest.mark.long, pytest.mark.timeout(1800)))]
)
AT_ONCE = 12
"""Lines of one conversation: after ten that make no sense a server has had enough."""
REPLY = re.compile(rb"([2-5][0-9]{2}[ -][\t -~]*\r\n)*")
Ready = Callable[[Served, socket.socket, random.Random], socket.socket]


def attack(served: Served, door: Door, lines: int, seeds: tuple[bytes, ...], ready: Ready) -> bytes:
    """So many lines in conversations of a few; everything that was answered."""
    dice, heard = random.Random(lines), bytearray()
    for _ in range(0, lines, AT_ONCE):
        octets = b"".join(line(dice, seeds) for _ in range(AT_ONCE))
        with suppress(ConnectionError, ssl.SSLError), served.knock(door) as sock:
            talk = ready(served, sock, dice)
            with talk:
                if pour(talk, octets + b"\r\n.\r\nQUIT\r\n") and not isinstance(
                    talk, ssl.SSLSocket
                ):
                    talk.shutdown(socket.SHUT_WR)
                heard += everything(talk)
    return bytes(heard)


def begin_a_letter(served: Served, sock: socket.socket, dice: random.Random) -> socket.socket:
    opening = b"EHLO x\r\nMAIL FROM:<a@b.test>\r\nRCPT TO:<bob@ask.com>\r\n"
    pour(sock, dice.choice((b"", b"EHLO x\r\n", opening, opening + b"DATA\r\n")))
    return sock


def log_in_to_submit(served: Served, sock: socket.socket, dice: random.Random) -> socket.socket:
    """As a stranger, inside TLS, or logged in there."""
    how = dice.randrange(3)
    if not how:
        return sock
    pour(sock, b"EHLO x\r\nSTARTTLS\r\n")
    while b"220 2" not in (said := sock.recv(4096)) and said:
        pass
    context = ssl.create_default_context()
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    secure = context.wrap_socket(sock, suppress_ragged_eofs=True)
    pour(secure, b"EHLO x\r\n")
    if how == 2:
        plain = base64.b64encode("\0".join(("", *served.bob)).encode())
        pour(secure, b"AUTH PLAIN " + plain + b"\r\nMAIL FROM:<bob@ask.com>\r\n")
    return secure


def log_in_to_fetch(served: Served, sock: socket.socket, dice: random.Random) -> socket.socket:
    if dice.randrange(2):
        pour(sock, "USER {}\r\nPASS {}\r\n".format(*served.bob).encode())
    return sock


@MANY
@pytest.mark.usefixtures("unharmed")
def test_port_25(served: Served, lines: int) -> None:
    heard = attack(served, SMTP, lines, OF_SMTP, begin_a_letter)
    assert REPLY.fullmatch(heard), "something that is no reply"
    assert heard.count(b"\r\n") > lines / 2, "few answers"


@MANY
@pytest.mark.usefixtures("unharmed")
def test_port_587(served: Served, lines: int) -> None:
    heard = attack(served, SUBMISSION, lines, OF_SMTP, log_in_to_submit)
    assert REPLY.fullmatch(heard), "something that is no reply"
    assert heard.count(b"\r\n") > lines / 2, "few answers"


@MANY
@pytest.mark.usefixtures("unharmed")
def test_port_110(served: Served, lines: int) -> None:
    heard = attack(served, POP3, lines, OF_POP3, log_in_to_fetch)
    answers = heard.count(b"+OK") + heard.count(b"-ERR")
    assert answers > lines / 2, "few answers"


@MANY
@pytest.mark.usefixtures("unharmed")
def test_port_53_tcp(served: Served, lines: int) -> None:
    dice, answers = random.Random(53), 0
    for _ in range(0, lines, AT_ONCE):
        with suppress(ConnectionError), served.knock(DNS) as sock:
            pour(sock, b"".join(frame(dice) for _ in range(AT_ONCE)))
            sock.shutdown(socket.SHUT_WR)
            answers += read_answers(everything(sock))
    assert answers > lines / 10, "few answers"


def read_answers(octets: bytes) -> int:
    """How many messages came over TCP. Raises where one of them cannot be read."""
    found = 0
    while octets:
        length = int.from_bytes(octets[:2], "big")
        read_answer(octets[2 : 2 + length])
        octets, found = octets[2 + length :], found + 1
    return found


def read_answer(octets: bytes) -> None:
    message = dns.message.from_wire(octets, ignore_trailing=False)
    assert message.flags & dns.flags.QR


@MANY
@pytest.mark.usefixtures("unharmed")
def test_port_53_udp(served: Served, lines: int) -> None:
    dice, answers = random.Random(54), 0
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as udp:
        udp.connect(served.doors[DNS])
        for number in range(lines):
            udp.send(mutated(dice, OF_DNS))
            udp.settimeout(0 if number % 20 else 0.02)
            with suppress(OSError):
                while True:
                    read_answer(udp.recv(65_535))
                    answers += 1
    assert answers > lines / 4, "few answers"
