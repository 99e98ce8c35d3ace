"""What is said to real Exim, heard on the way: the words, and which letter they were about.

Exim tells nobody what it hears. But every octet crosses the lab, so somebody between the two can
follow the conversation (`labmail.smtp.following`) and, when the reply behind the dot names the id
of the letter, hand in a *receipt*: this id, from this connection, for these recipients, with these
words. After STARTTLS there is nothing more to hear.

Try: ``lab.story(letter).dialogue("mail.ask.com", "SMTP")``.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Literal

from labmail.smtp.following import Following
from labmail.trace.heard import Line
from labmail.world import Link

_ID = re.compile(r"\bid=([\w-]+)")
_TAKEN = re.compile(rb"250 (?:OK )?id=([\w-]+)")
"""``250 id=… message accepted`` is the last word of several behind a dot where PRDR is spoken."""
_PATH = re.compile(rb"[A-Z]+ [A-Z]+: ?<([^>]*)>", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Word:
    """A line, or the content of a letter, as it went over the wire."""

    speaker: Literal["C", "S"]
    octets: bytes
    masked: bool = False


@dataclass(slots=True)
class Receipt:
    """What is known of how a letter came to a host, before the host's log tells of it."""

    letter: str | None = None
    """The lab's name for it, where the client has said it."""
    cause: str | None = None
    """The event of the client from which it came."""
    connection: str | None = None
    recipients: tuple[str, ...] = ()
    words: tuple[Word, ...] = ()
    final: bool = False
    """Whether it is clear who has sent it, and so which letter it is."""


def id_in(reply: str) -> str:
    """The id in a reply such as ``250 OK id=1xW8Q5-00000B-0n``; "" where there is none."""
    found = _ID.search(reply)
    return found[1] if found else ""


@dataclass(slots=True)
class EximEar:
    """Hears one connection; calls ``taken(id, receipt)`` for each letter that was taken."""

    link: Link
    taken: Callable[[str, Receipt], None]
    _following: Following = field(default_factory=Following)
    _words: list[Word] = field(default_factory=list)
    _content: bytes = b""
    _asked: list[str] = field(default_factory=list)
    """The recipients that were named and not answered yet, in their order."""
    _recipients: list[str] = field(default_factory=list)
    _deaf: bool = False

    def hear(self, speaker: str, octets: bytes) -> None:
        """Some octets of the client (``C``) or of Exim (``S``)."""
        if self._deaf:
            return
        if speaker == "C":
            for line in self._following.client(octets):
                self._client(line)
            return
        for piece in octets.splitlines(keepends=True):
            asked = self._following.asked
            for line in self._following.server(piece):
                self._server(line, asked)
        self._deaf = self._following.tls_agreed

    def ended(self) -> None:
        """The connection is over."""
        self._words.clear()

    def _client(self, line: Line) -> None:
        if line.kind == "content":
            self._content += line.octets
            return
        self._flush()
        verb = line.octets[:4].upper()
        found = _PATH.match(line.octets)
        if verb == b"MAIL":
            self._asked, self._recipients = [], []
        elif verb == b"RCPT":
            self._asked.append(found[1].decode("utf-8", "surrogateescape") if found else "")
        self._words.append(Word("C", line.octets, line.masked))

    def _server(self, line: Line, asked: str) -> None:
        self._flush()
        self._words.append(Word("S", line.octets))
        if asked == "RCPT" and line.kind == "reply" and self._asked:
            recipient = self._asked.pop(0)
            if line.octets.startswith(b"2"):
                self._recipients.append(recipient)
        if taken := _TAKEN.match(line.octets):
            self._hand_in(taken[1].decode("ascii"))

    def _flush(self) -> None:
        if self._content:
            self._words.append(Word("C", self._content))
            self._content = b""

    def _hand_in(self, taken: str) -> None:
        link, words = self.link, tuple(self._words)
        self._words.clear()
        receipt = Receipt(
            letter=link.letter,
            cause=link.heard or link.cause,
            connection=link.name,
            recipients=tuple(self._recipients),
            words=words,
        )
        self._recipients = []
        self.taken(taken, receipt)
