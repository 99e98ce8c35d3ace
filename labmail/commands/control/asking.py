"""Asking: the side of the terminal.

A question is carried to the lab; what the command there prints is printed here, what it reads is
read here, and its exit code becomes ours::

    lab ──▶  O …   to standard output          W   read from standard input, send it as I
             E …   to standard error           X   the exit code

Ctrl-C ends the waiting, as it would end the command: exit code 130.

Try: ``labmail at mail.example.com exim -bs``, and type EHLO.
"""

from __future__ import annotations

import os
import secrets
import select
import socket
import struct

from . import frames
from .cookie import Cookie
from .frames import ChannelError, Line, Question

TROUBLE = 125
"""The exit code where the command could not be carried; docker's exec has the same."""
INTERRUPTED = 130
PATIENCE = 10.0
"""Real seconds for the lab to answer the door."""


class Unreachable(Exception):
    """The lab does not answer, or it is not the one that it says it is."""


def ask(cookie: Cookie, question: Question) -> int:
    """Runs a command at a lab, on this process's own streams; gives its exit code.

    Raises `Unreachable`.
    """
    try:
        line = call(cookie)
    except (OSError, ChannelError) as error:
        raise Unreachable(f"the lab (process {cookie.pid}) does not answer: {error}") from None
    try:
        line.send(frames.QUESTION, question.wire())
        return _carry(line)
    except KeyboardInterrupt:
        return INTERRUPTED
    except (OSError, ChannelError) as error:
        raise Unreachable(f"the lab left while it was asked: {error}") from None
    finally:
        line.close()


def call(cookie: Cookie) -> Line:
    """Calls a lab; both sides prove that they know the secret. Raises OSError, ChannelError."""
    line = Line(socket.create_connection(("127.0.0.1", cookie.port), PATIENCE))
    try:
        _, lab = line.receive(frames.NUMBER)
        own = secrets.token_bytes(frames.NUMBER_SIZE)
        said = frames.proof(cookie.secret, b"terminal", lab, own)
        line.send(frames.PROOF, own + said)
        _, answer = line.receive(frames.PROOF)
        if not frames.same(answer, frames.proof(cookie.secret, b"lab", lab, own)):
            raise ChannelError("somebody else listens at its port")
    except BaseException:
        line.close()
        raise
    line.socket.settimeout(None)
    line.longest = frames.LONGEST
    return line


def _carry(line: Line) -> int:
    """Carries the streams until the command has ended."""
    wanted = False
    while True:
        lab = line.socket.fileno()
        heard, _, _ = select.select([lab, 0] if wanted else [lab], [], [])
        if lab not in heard:
            wanted = False
            line.send(frames.INPUT, os.read(0, frames.CHUNK))
            continue
        kind, payload = line.receive(frames.WANT, frames.OUTPUT, frames.ERRORS, frames.EXIT)
        if kind == frames.EXIT:
            return int(struct.unpack("!i", payload)[0])
        if kind == frames.WANT:
            wanted = True
        else:
            _print(1 if kind == frames.OUTPUT else 2, payload)


def _print(stream: int, octets: bytes) -> None:
    while octets:
        octets = octets[os.write(stream, octets) :]
