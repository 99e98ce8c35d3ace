"""Frames: the language of the control channel.

A frame is a letter for its kind, four octets for its length, and so many octets::

    ┌──────┬──────────────┬───────────────┐
    │ kind │ length, big  │ payload       │
    │ 1    │ 4, endian    │ 0 … the limit │
    └──────┴──────────────┴───────────────┘

    lab ──▶ terminal   N  a number that was never used before
    terminal ──▶ lab   P  its own number, and the proof that it knows the secret
    lab ──▶ terminal   P  the proof that the lab knows it, too
    terminal ──▶ lab   Q  the question: host, user, words, as JSON
    lab ──▶ terminal   W  it wants input           ⎫
    terminal ──▶ lab   I  input; none: its end     ⎬ as often as need be
    lab ──▶ terminal   O, E  output, errors        ⎭
    lab ──▶ terminal   X  the exit code: it is over

Input is sent only when it is wanted, as a program reads only what it needs: in ``while read id; do
labmail at mail exim -Mvh $id; done`` the loop keeps its lines.

The secret itself never crosses. Until it is proved, a frame may be only as long as a proof, so that
a stranger who found the port (a browser, say) can cost the lab nothing.

Law: RFC 2104 (HMAC). Try: ``proof("secret", b"terminal", b"1", b"2")``.
"""

from __future__ import annotations

import hmac
import json
import socket
import struct
from contextlib import suppress
from typing import Any

NUMBER, PROOF, QUESTION = b"N", b"P", b"Q"
WANT, INPUT, OUTPUT, ERRORS, EXIT = b"W", b"I", b"O", b"E", b"X"

HEAD = struct.Struct("!cI")
NUMBER_SIZE, PROOF_SIZE = 32, 32
BEFORE_PROOF = NUMBER_SIZE + PROOF_SIZE
"""The longest frame of somebody who has proved nothing."""
LONGEST = 1 << 20
"""The longest frame of all, a question included: octets."""
CHUNK = 1 << 16
"""How much of a stream crosses in one frame."""


class ChannelError(Exception):
    """The other side said what is not in the language, or left in the middle of it."""


def proof(secret: str, who: bytes, lab: bytes, terminal: bytes) -> bytes:
    """What only somebody who knows ``secret`` can say of two numbers; ``who`` speaks, so that
    neither side can send back what it heard."""
    return hmac.digest(secret.encode(), who + lab + terminal, "sha256")


def same(one: bytes, other: bytes) -> bool:
    """Whether two proofs are the same; it takes as long to say no as to say yes."""
    return hmac.compare_digest(one, other)


class Line:
    """One end of the channel: sends and receives frames on a connected socket. Blocks."""

    def __init__(self, connection: socket.socket) -> None:
        self.socket = connection
        self.longest = BEFORE_PROOF

    def send(self, kind: bytes, payload: bytes = b"") -> None:
        """Sends a frame. Raises OSError where the other side has gone."""
        self.socket.sendall(HEAD.pack(kind, len(payload)) + payload)

    def receive(self, *expected: bytes) -> tuple[bytes, bytes]:
        """The next frame: kind, payload. Raises ChannelError for one that is not expected."""
        kind, length = HEAD.unpack(self._octets(HEAD.size))
        if kind not in expected:
            raise ChannelError(f"expected {b' or '.join(expected).decode()}, found {kind!r}")
        if length > self.longest:
            raise ChannelError(f"expected at most {self.longest} octets, found {length}")
        return kind, self._octets(length)

    def _octets(self, count: int) -> bytes:
        parts = []
        while count:
            part = self.socket.recv(min(count, CHUNK))
            if not part:
                raise ChannelError("the other side has gone")
            parts.append(part)
            count -= len(part)
        return b"".join(parts)

    def close(self) -> None:
        """Hangs up; whoever waits for a frame here or there hears it."""
        with suppress(OSError):
            self.socket.shutdown(socket.SHUT_RDWR)
        self.socket.close()


class Question:
    """What a terminal asks: to run ``words`` on ``host``, as ``user`` (a login; "" for root)."""

    def __init__(self, host: str, words: list[str], user: str = "") -> None:
        self.host, self.words, self.user = host, words, user

    def wire(self) -> bytes:
        """As it crosses: words are octets, written as latin-1."""
        return json.dumps({"host": self.host, "user": self.user, "words": self.words}).encode()

    @classmethod
    def read(cls, wire: bytes) -> Question:
        """From the wire. Raises ChannelError."""
        try:
            said: Any = json.loads(wire)
            host, user, words = said["host"], said["user"], said["words"]
        except (ValueError, TypeError, KeyError, RecursionError):
            raise ChannelError("expected a question: host, user and words") from None
        if not all(isinstance(each, str) for each in (host, user)) or not _are_words(words):
            raise ChannelError("expected a question: host, user and words")
        return cls(host, words, user)


def _are_words(words: object) -> bool:
    """Whether it is a command line: octets, and none of them NUL."""
    if not isinstance(words, list) or not words:
        return False
    return all(isinstance(each, str) and _are_octets(each) for each in words)


def _are_octets(word: str) -> bool:
    return "\0" not in word and max(map(ord, word), default=0) < 256
