"""Taking in a letter from a file, as ``exim -bem FILE`` does: as if somebody had handed it in.

    From bob@ask.com Mon Jan  1 00:00:00 2024      who it is from, in a mailbox's own words
    To: eve                                        header lines, up to an empty one
                                                   … or up to one that is none, which is lost
    Hello.                                         the body, up to a line with a single dot

A letter that is handed in is completed: an address without a domain gets one, and what every letter
needs (``Message-Id:``, ``From:``, ``Date:``) is added where it is missing. What only the last mail
system may write (``Return-path:`` and its like) is taken away.

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
from typing import Any, NamedTuple

from .addresses import BadAddress, Extracted, Groups, Leniency, extract, pieces
from .dates import shown
from .message import ADDRESSES, Header, Message

HEADER = re.compile(r"[!-9;-~\x80-\xff]*[ \t]*:")
"""How a header line begins. RFC 5322 §3.6.8; blanks before the colon are of older times."""

_LINE_END = re.compile(r"\r\n?|\n")
_BLANK_END = re.compile(r"(?:\n[ \t]+)+\n\Z")
"""Lines of blanks at the end of a header line, which nobody needs."""

FROM_LINE = (
    r"^From\s+(\S+)\s+(?:[a-zA-Z]{3},?\s+)?(?:[a-zA-Z]{3}\s+\d?\d|\d?\d\s+[a-zA-Z]{3}\s+\d\d(?:\d\d)?)"
    r"\s+\d\d?:\d\d?"
)
"""What ``uucp_from_pattern`` is where it is not set."""

WIDE = 40
"""A header line that got longer by a domain is folded behind this many characters."""

TAKEN_AWAY = ("return-path", "envelope-to", "delivery-date")
FROM_SENDER = ("from", "reply-to", "sender")


class Submitter(NamedTuple):
    """Who hands the letter in: a name for ``From:``, and the address for the envelope."""

    name: str
    address: str
    forced: bool = False
    """Whether the address was asked for (``-f``), and no line in the letter changes it."""


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
    sender = _sender_line(reader, submitter, settings, hostname)
    message = Message(reader.headers(), sender=sender, received_time=now, id=_id(now, pid))
    reader.body(message, int(settings.get("message_body_visible") or 500))
    _complete(message, submitter, settings, hostname)
    if read_recipients:
        _read_recipients(message)
    return message


# --- reading --------------------------------------------------------------------------------------


class _Reader:
    """A cursor over the file that counts what it passes."""

    def __init__(self, octets: bytes, dot_ends: bool) -> None:
        self.text = octets.decode("latin-1")
        self.dot_ends = dot_ends
        self.at = self.size = self.lines = 0
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
            line += " " if self.at < len(self.text) else ""
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
                return
            kept = _BLANK_END.sub("\n", line)
            self.size -= len(line) - len(kept)
            line = kept
            yield Header(line.replace("\0", "?"))
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
        message.body_zerocount = body.count("\0")
        lines = re.findall(r"[^\n]\n" if self.dot_ends else r"\n", body)
        unfinished = not body.endswith("\n") or len(body) % (visible + 1) == 0
        message.body_linecount = len(lines) + (unfinished and not at_end)
        message.size = self.size + len(body)
        message.linecount = self.lines + message.body_linecount


def _sender_line(
    reader: _Reader, submitter: Submitter, settings: Mapping[str, Any], hostname: str
) -> str:
    """Reads ``From bob@ask.com Mon …`` lines at the head of a mailbox: whom the letter is from."""
    from labmail.exim.regex import compile

    pattern = compile(settings.get("uucp_from_pattern") or FROM_LINE)
    sender = submitter.address
    while reader.text.startswith("From ", reader.at):
        at = reader.at
        line = reader.line()
        found = pattern.search(line)
        if not found:
            reader.at = at
            break
        reader.count(line)
        if not submitter.forced:
            sender = _qualified(found.group(1) or "", settings, hostname, "qualify_domain")
    return sender


# --- completing -----------------------------------------------------------------------------------


def _complete(
    message: Message, submitter: Submitter, settings: Mapping[str, Any], hostname: str
) -> None:
    """What a letter that is handed in gets, and what it loses."""
    resent = any(header.resent for header in message.headers)
    message.headers = [
        _with_domains(header, settings, hostname)
        for header in message.headers
        if header.resent or header.kind not in TAKEN_AWAY
    ]
    prefix = "Resent-" if resent else ""
    has = {header.kind for header in message.headers if header.resent == resent}
    first: list[str] = []
    last: list[str] = []
    if "message-id" not in has:
        (first if resent else last).append(f"{prefix}Message-Id: <E{message.id}@{hostname}>\n")
    if "from" not in has and message.sender:
        last.append(f"{prefix}From: {_mailbox(message.sender, submitter)}\n")
    if "date" not in has:
        date = f"{prefix}Date: {shown('tod_full', message.received_time, _zone(settings))}\n"
        if resent:
            first.insert(0, date)
        else:
            last.append(date)
    message.headers = [*map(Header, first), *message.headers, *map(Header, last)]


def _mailbox(sender: str, submitter: Submitter) -> str:
    if not submitter.name or sender != submitter.address or submitter.forced:
        return sender
    return f"{submitter.name} <{sender}>"


def _with_domains(header: Header, settings: Mapping[str, Any], hostname: str) -> Header:
    """The line with a domain for every address that has none, folded where it grows too long."""
    if header.kind not in ADDRESSES:
        return header
    option = "qualify_domain" if header.kind in FROM_SENDER else "qualify_recipient"
    groups, done, start = Groups(), f"{header.name}:", 0
    rest = list(pieces(header.value))
    for number, piece in enumerate(rest):
        found = _address(piece, groups)
        if not found or found.domain_at:
            done += piece
        else:
            whole = _qualified(found.address, settings, hostname, option)
            done += piece[: found.start] + whole + piece[found.end :]
        if number + 1 == len(rest):
            break
        done += ","
        if not found or found.domain_at:
            continue
        following = rest[number + 1].lstrip(" \t")
        done += rest[number + 1][: len(rest[number + 1]) - len(following)]
        rest[number + 1] = following
        if len(done) - start > WIDE and not following.startswith("\n"):
            start = len(done)
            done += "\n\t"
    return Header(done)


def _read_recipients(message: Message) -> None:
    """Everybody in ``To:``, ``Cc:`` and ``Bcc:`` gets the letter, and nobody sees the latter."""
    resent = any(header.resent for header in message.headers)
    for header in message.headers:
        if header.kind in ("to", "cc", "bcc") and header.resent == resent:
            groups = Groups()
            for piece in pieces(header.value):
                found = _address(piece, groups)
                if found:
                    message.recipients.append(found.address)
    message.headers = [header for header in message.headers if header.kind != "bcc"]


def _address(piece: str, groups: Groups) -> Extracted | None:
    try:
        return extract(piece, groups=groups, lenient=Leniency())
    except BadAddress:
        return None


def _qualified(address: str, settings: Mapping[str, Any], hostname: str, option: str) -> str:
    if not address or "@" in address:
        return address
    domain = settings.get(option) or settings.get("qualify_domain") or hostname
    return f"{address}@{domain}"


def _zone(settings: Mapping[str, Any]) -> str:
    return str(settings.get("timezone") or "UTC")


def _id(now: float, pid: int) -> str:
    """``1tFh2x-000001-4j``: the second, the process, and the two-thousandth of the second."""
    from .operators.number import base62

    fraction = int(now % 1 * 2000)
    return f"{base62(str(int(now)))}-{base62(str(pid))}-{base62(str(fraction))[-2:]}"
