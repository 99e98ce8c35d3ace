"""A host at the other end of the line, which says what a test wants and writes down what it heard.

It runs on asyncio's streams, on the lab's network as well as on the real loopback: `answer` is what
either is given. What it was told is kept line by line; a letter is one line, ``(a letter)``.
"""

from __future__ import annotations

import asyncio
import re
import ssl
from collections.abc import Mapping
from dataclasses import dataclass, field

from .secrecy import Secrecy, note, server

GREETING = "GREETING"
DOT = "."
DROP = "(drop)"
"""A reply that is none: the connection is closed."""


@dataclass
class Script:
    """What a host says. ``says`` has a reply for each command that begins so, in place of the
    ordinary one; one of several replies is used up by each letter but the last."""

    offers: tuple[str, ...] = ("SIZE 1000000", "8BITMIME")
    says: Mapping[str, str | list[str]] = field(default_factory=dict)
    port: int = 25
    tls: bool = False
    """TLS as soon as somebody connects."""
    patient: bool = False
    """Whether it takes its time to answer, and marks with a plus what is said to it meanwhile."""
    secrecy: Secrecy = field(default_factory=Secrecy)

    def __post_init__(self) -> None:
        if isinstance(self.secrecy, dict):
            self.secrecy = Secrecy(**self.secrecy)


ORDINARY = {
    GREETING: "220 peer here",
    "AUTH": "235 welcome",
    "DATA": "354 go on",
    DOT: "250 OK id=x",
    "QUIT": "221 bye",
    "STARTTLS": "220 go on",
}


class Peer:
    """The host, with all that it was told in ``heard``, connection by connection."""

    def __init__(self, script: Script, name: str) -> None:
        self.script, self.name = script, name
        self.heard: list[list[str]] = []
        self.awake = asyncio.Event()
        """Whoever calls hears nothing before this is set."""
        self.awake.set()
        self._count: dict[str, int] = {}

    def reply(self, said: str, secure: bool = False) -> str:
        """What it answers to a line."""
        for begins in sorted(self.script.says, key=len, reverse=True):
            if said.upper().startswith(begins.upper()):
                answer = self.script.says[begins]
                if isinstance(answer, str):
                    return answer
                number = self._count.get(begins, 0)
                self._count[begins] = number + 1
                return answer[min(number, len(answer) - 1)]
        verb = said.split(" ")[0].upper()
        if verb in ("EHLO", "LHLO"):
            offers = [each for each in self.script.offers if not (secure and each == "STARTTLS")]
            lines = ["peer here", *offers]
            marks = ["-"] * (len(lines) - 1) + [" "]
            return "\r\n".join(f"250{m}{line}" for m, line in zip(marks, lines, strict=True))
        return ORDINARY.get(verb, "250 ok")

    async def answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One conversation."""
        told: list[str] = []
        self.heard.append(told)
        lab = writer.get_extra_info("lab")
        source = lab.client[0] if lab is not None else writer.get_extra_info("peername")[0]
        told.append(f"from {source}")
        try:
            await self._talk(told, reader, writer)
        except (ConnectionError, asyncio.IncompleteReadError, ssl.SSLError):
            told.append("(broken)")
        finally:
            writer.close()

    async def _talk(
        self, told: list[str], reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        await self.awake.wait()
        secure, rcpts = False, 0
        if self.script.tls:
            secure = await self._secure(told, writer)
        said, lmtp = GREETING, False
        while True:
            answer = self.reply(said, secure)
            if answer == DROP:
                return
            if self.script.patient:
                await asyncio.sleep(0.02)
            ahead = "+ " if self.script.patient and reader._buffer else ""  # type: ignore[attr-defined]
            count = rcpts if lmtp and said == DOT else 1
            for number in range(count):
                one = answer.split("|")[min(number, answer.count("|"))] if count > 1 else answer
                writer.write(f"{one}\r\n".encode())
            await writer.drain()
            verb = said.split(" ")[0].upper()
            if verb == "QUIT" or answer.startswith("421"):
                return
            if verb in ("MAIL", "RSET", "LHLO"):
                rcpts, lmtp = 0, lmtp or verb == "LHLO"
            if verb == "RCPT" and answer.startswith("2"):
                rcpts += 1
            if verb == "STARTTLS" and answer.startswith("220"):
                secure = await self._secure(told, writer)
            if verb == "DATA" and answer.startswith("354"):
                letter = await whole(reader)
                told.append(f"{ahead}(a letter)" + marks(letter))
                said = DOT
                continue
            line = await reader.readline()
            if not line:
                told.append("(closed)")
                return
            said = line.decode("utf-8", "replace").rstrip("\r\n")
            told.append(steady(said) if said == "QUIT" else ahead + steady(said))

    async def _secure(self, told: list[str], writer: asyncio.StreamWriter) -> bool:
        await writer.start_tls(server(self.script.secrecy, self.name))
        if self.script.secrecy.noted:
            told.append(note(writer.get_extra_info("ssl_object")))
        return True


async def whole(reader: asyncio.StreamReader) -> bytes:
    """A letter up to the dot; nothing but the dot is one, too."""
    first = await reader.readline()
    return first if first == b".\r\n" else first + await reader.readuntil(b"\r\n.\r\n")


def marks(letter: bytes) -> str:
    """What tells one letter from another: its subject."""
    if letter == b".\r\n":
        return " of nothing"
    found = re.search(rb"(?im)^subject: ([^\r\n]*)", letter)
    return f" {found[1].decode()}" if found else ""


def steady(said: str) -> str:
    """Without what differs from one mail system to the other: the letter's size, ids."""
    said = re.sub(r"\b[0-9A-Za-z]{6}-[0-9A-Za-z]{6}-[0-9A-Za-z]{2}\b", "<id>", said)
    return re.sub(r"SIZE=\d+", "SIZE=…", said)
