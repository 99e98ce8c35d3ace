"""Taking in a letter from a file, as ``exim -bem FILE`` does: as if somebody had handed it in.

    From bob@ask.com Mon Jan  1 00:00:00 2024      who it is from, in a mailbox's own words
    To: eve                                        header lines, up to an empty one
                                                   … or up to one that is none, which is lost
    Hello.                                         the body, up to a line with a single dot

`completing` adds what is missing in it.

Law: Exim specification, chapter 47, "Message processing"; RFC 5322 §3.6.

Try::

    >>> bob = Submitter("Bob", "bob@ask.com")
    >>> letter = take(b"To: eve\\n\\nHello.\\n", bob, {}, "ask.com", 0.0)
    >>> letter.headers[0].text, letter.size, letter.body
    ('To: eve@ask.com\\n', 16, 'Hello.\\n')
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from .completing import Submitter, complete, name_recipients, qualified
from .message import Header, Message

__all__ = ["HEADER", "Submitter", "take"]

HEADER = re.compile(r"[!-9;-~\x80-\xff]*[ \t]*:")
"""How a header line begins. RFC 5322 §3.6.8; blanks before the colon are of older times."""

_LINE_END = re.compile(r"\r\n?|\n")
_BLANK_END = re.compile(r"(?:\n[ \t]+)+\n\Z")
"""Lines of blanks at the end of a header line, which nobody needs."""


def take(
    octets: bytes,
    submitter: Submitter,
    settings: Mapping[str, Any],
    hostname: str,
    now: float,
    *,
    pid: int = 0,
    dot_ends: bool = True,
    read_recipients: bool = False,
) -> Message:
    """The letter in a file, completed as one that was handed in on this host.

    ``dot_ends`` is false with ``-i``. With ``read_recipients`` (``-t``) the addresses in the header
    are its recipients, and ``Bcc:`` is taken away.
    """
    reader = _Reader(octets, dot_ends)
    from_line = _from_line(reader, settings)
    sender = submitter.address
    if len(from_line) > 1 and not submitter.forced:
        sender = qualified(from_line[1], settings, hostname, "qualify_domain")
    message = Message(reader.headers(), sender=sender, received_time=now, id=_id(now, pid))
    message.from_line = from_line
    reader.body(message, int(settings.get("message_body_visible") or 500))
    complete(message, submitter, settings, hostname)
    if read_recipients:
        name_recipients(message)
    return message


class _Reader:
    """A cursor over the file that counts what it passes."""

    def __init__(self, octets: bytes, dot_ends: bool) -> None:
        self.text = octets.decode("latin-1")
        self.dot_ends = dot_ends
        self.at = self.size = self.lines = self.zeros = 0
        self.ended = False
        self.crlf: bool | None = None
        self.blank = ""

    def line(self) -> str:
        """The next line of the header, with its newline; "": the end.

        CRLF ends it, and so does a newline alone, unless the first line ended in CRLF. Any other
        end is a mistake or a game: a blank is put behind it, and the next line continues this one.
        """
        line = ""
        while self.at < len(self.text):
            end = _LINE_END.search(self.text, self.at)
            line += self.text[self.at : end.start() if end else len(self.text)] + "\n"
            self.at = end.end() if end else len(self.text)
            if self.crlf is None and (not end or end[0] != "\r"):
                self.crlf = end is not None and end[0] == "\r\n"
            if not end or end[0] == "\r\n" or (end[0] == "\n" and not self.crlf):
                break
            if line == "\n":
                self.blank = " "
                break
            self.lines += end[0] == "\n"
            line += " "
        else:
            line += "\n" if line else ""
        return line

    def count(self, line: str) -> str:
        self.size += len(line)
        self.lines += 1
        return line

    def headers(self) -> Iterator[Header]:
        """Header lines, until something else comes."""
        if self.at >= len(self.text) and not self.size:
            self.count("\n")
        while self.at < len(self.text):
            line = self.line()
            if self.dot_ends and line == ".\n":
                self.ended = True
                return
            self.count(line)
            if line == "\n":
                return
            while self.text.startswith((" ", "\t"), self.at):
                line += self.count(self.line())
            if not HEADER.match(line):
                self.zeros = line.count("\0")
                return
            kept = _BLANK_END.sub("\n", line)
            self.size -= len(line) - len(kept)
            yield Header(kept.replace("\0", "?"))
        self.ended = True

    def body(self, message: Message, visible: int) -> None:
        """What is left, and what Exim counts in it.

        An empty line is no line here, but with ``-i``. One too many is counted where the last one
        has no newline, and where the body just fills the room that is kept for its end.
        """
        body = "" if self.ended else self.blank + self.text[self.at :]
        at_end = not body
        if self.dot_ends and (dot := re.search(r"^\.\n", body, re.MULTILINE)):
            body = body[: dot.start()]
        message.body = body
        message.body_zerocount = self.zeros + body.count("\0")
        lines = re.findall(r"[^\n]\n" if self.dot_ends else r"\n", body)
        unfinished = not body.endswith("\n") or len(body) % (visible + 1) == 0
        message.body_linecount = len(lines) + (unfinished and not at_end)
        message.size = self.size + len(body)
        message.linecount = self.lines + message.body_linecount


def _from_line(reader: _Reader, settings: Mapping[str, Any]) -> tuple[str, ...]:
    """Passes ``From bob@ask.com Mon …`` lines at the head of a mailbox.

    What the last one says: as much of it as ``uucp_from_pattern`` describes, and its parts. The
    first part is whom the letter is from.
    """
    from labmail.exim.options.main.letters import FROM_LINE
    from labmail.exim.regex import compile

    pattern = compile(settings.get("uucp_from_pattern") or FROM_LINE)
    said: tuple[str, ...] = ()
    while reader.text.startswith("From ", reader.at):
        at = reader.at
        line = reader.line()
        found = pattern.search(line)
        if not found:
            reader.at = at
            break
        reader.count(line)
        said = tuple(found.group(number) or "" for number in range(found.groups + 1))
    return said


def _id(now: float, pid: int) -> str:
    """``1tFh2x-000001-4j``: the second, the process, and the two-thousandth of the second."""
    from .operators.number import base62

    fraction = int(now % 1 * 2000)
    return f"{base62(str(int(now)))}-{base62(str(pid))}-{base62(str(fraction))[-2:]}"
