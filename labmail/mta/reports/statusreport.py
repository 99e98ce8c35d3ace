"""The status report: what bounces, warnings and confirmations have in common (RFC 3464, RFC 6522).

    text/plain                 for the person, in words
    message/delivery-status    for programs: fields of the letter, then of each recipient
    message/rfc822             the letter itself, or its header

The sender's own name for the envelope (ENVID) and the recipient that was meant at first (ORCPT)
come back as ``Original-Envelope-Id`` and ``Original-Recipient``: that is what they are for.

Which fields there are, and that a status is as general as ``5.0.0``, is Exim's custom; what the
other host said stands in ``Diagnostic-Code``, enhanced code and all.

An address beyond ASCII is written in ASCII, as ``utf-8; j\\x{FC}rgen@…``, so that the report can go
everywhere (RFC 6533 §3).

Try: ``typed("jürgen@ask.com")``.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from labmail.message.field import Field
from labmail.smtp import Wish, xtext
from labmail.smtp.dsn import NOTHING

from ..header import find, join, own_field
from ..letter import Letter

RETURN_LIMIT = 100 * 1024
"""How many octets of a letter are sent back (Exim's ``bounce_return_size_limit``)."""
LINE_LIMIT = 998
BUFFER = 8192
"""The limit is rounded up to the next multiple of this."""
TOO_LARGE = own_field(
    "X-Exim-DSN-Information", "Due to administrative limits only headers are returned"
)

_BEYOND = re.compile(r"[^\x20-\x7e]")


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """What is reported about one recipient: the fields of RFC 3464 §2.3."""

    recipient: str
    """The address of the envelope."""
    action: str
    """``failed``, ``delayed``, ``delivered``, ``relayed`` or ``expanded``."""
    status: str
    """Enhanced code (RFC 3463)."""
    wish: Wish = NOTHING
    host: str = ""
    """The name of the host that answered; "" where this host knew by itself."""
    reply: str = ""
    """That host's reply."""

    def lines(self) -> list[str]:
        """The fields, Original-Recipient first."""
        lines = []
        if self.wish.orcpt:
            kind, _, address = self.wish.original.partition(";")
            lines.append(f"Original-Recipient: {kind};{in_ascii(address)}")
        lines += [
            f"Action: {self.action}",
            f"Final-Recipient: {typed(self.recipient)}",
            f"Status: {self.status}",
        ]
        if self.host:
            lines.append(f"Remote-MTA: dns; {self.host}")
        if self.reply:
            said = (in_ascii(line.strip()) for line in self.reply.strip().split("\n"))
            lines.append("Diagnostic-Code: smtp; " + "\n ".join(said))
        return lines


def typed(address: str) -> str:
    r"""An address with its type.

    >>> typed("bob@ask.com"), typed("jürgen@ask.com")
    ('rfc822;bob@ask.com', 'utf-8;j\\x{FC}rgen@ask.com')
    """
    return f"rfc822;{address}" if address.isascii() else f"utf-8;{in_ascii(address)}"


def in_ascii(text: str) -> str:
    """``text`` with what is not printable ASCII as ``\\x{…}`` (RFC 6533 §3)."""
    return _BEYOND.sub(lambda odd: f"\\x{{{ord(odd[0]):02X}}}", text)


@dataclass(frozen=True, slots=True, kw_only=True)
class Manner:
    """How this host writes reports: what the configuration says of them."""

    hostname: str
    """Who reports."""
    reporter: str = "Mail Delivery System <Mailer-Daemon@localhost>"
    """The From field (``dsn_from``)."""
    reply_to: str = ""
    """``errors_reply_to``"""
    boundary: str = "frontier"
    size_limit: int = RETURN_LIMIT
    line_limit: int = LINE_LIMIT
    with_body: bool = True
    """``bounce_return_body``"""
    text: str = ""
    """``bounce_message_text``: words for every bounce."""
    items: tuple[str, ...] | None = None
    """The texts of ``bounce_message_file`` or ``warn_message_file``, expanded."""

    def item(self, number: int, ordinary: str) -> str:
        """One of the texts, or the ordinary one where there is no file."""
        if self.items is None:
            return ordinary
        return self.items[number] if number < len(self.items) else ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reported:
    """A report about ``letter``: what its parts need to know."""

    letter: Letter
    body: bytes
    manner: Manner
    to: str | None = None
    """Who is told; None: the sender."""

    def addressed(self) -> list[Field]:
        """Who reports, to whom, about which letter."""
        to = self.letter.sender if self.to is None else self.to
        fields = [
            own_field("Auto-Submitted", "auto-replied"),
            own_field("From", self.manner.reporter, utf8=True),
            own_field("To", to, utf8=True),
        ]
        if self.manner.reply_to:
            fields.insert(0, own_field("Reply-To", self.manner.reply_to))
        return fields + self.references()

    def references(self) -> list[Field]:
        """What the letter was about, and itself (RFC 5322 §3.6.4)."""
        fields = self.letter.fields
        before = find(fields, "References") or find(fields, "In-Reply-To") or ""
        named = " ".join(f"{before} {find(fields, 'Message-ID') or ''}".split())
        return [own_field("References", named)] if named else []

    def mime(self, subject: str) -> list[Field]:
        """That it is a report, and its subject."""
        kind = "multipart/report; report-type=delivery-status"
        return [
            own_field("Content-Type", f"{kind}; boundary={self.manner.boundary}"),
            own_field("MIME-Version", "1.0"),
            *self._first_item(subject),
        ]

    def _first_item(self, subject: str) -> list[Field]:
        """A file of texts begins with header lines of its own, the subject among them."""
        lines = [line for line in self.manner.item(0, f"Subject: {subject}").split("\n") if line]
        return [own_field(*_parted(line)) for line in lines if ":" in line]

    def write(
        self, header: Sequence[Field], words: str, entries: Sequence[Entry], *, whole: bool
    ) -> tuple[tuple[Field, ...], bytes]:
        """Header and body; ``whole``: the letter comes back with its body, if it is not long."""
        status, returned = self._status(entries), self._returned(whole)
        kind = "us-ascii" if words.isascii() else "utf-8"
        text = _part(f"text/plain; charset={kind}", words)
        parts = (text, _part("message/delivery-status", status), returned)
        fields = list(header)
        if not (returned.isascii() and text.isascii()):
            fields.append(own_field("Content-Transfer-Encoding", "8bit"))
        mark = self.manner.boundary.encode("ascii")
        inner = b"".join(b"--%s\r\n%s\r\n" % (mark, part) for part in parts)
        return tuple(fields), inner + b"--%s--\r\n" % mark

    def _status(self, entries: Sequence[Entry]) -> str:
        lines = [f"Reporting-MTA: dns; {self.manner.hostname}"]
        if envid := self.letter.head.wishes.envid:
            lines.append(f"Original-Envelope-Id: {xtext.decode(envid)}")
        for entry in entries:
            lines += ["", *entry.lines()]
        return "\n".join([*lines, ""])

    def _returned(self, whole: bool) -> bytes:
        """The letter as an attachment; of a long one, or by wish, the header only (RFC 6522 §4)."""
        letter = self.letter
        path = own_field("Return-path", f"<{letter.sender}>", utf8=True)
        fields: tuple[Field, ...] = (path, *letter.fields)
        if too_large := whole and self._is_large():
            fields = (*fields, TOO_LARGE)
        if too_large or not whole or not self.manner.with_body:
            content = join(fields, b"")
            kind = "message/global-headers" if letter.utf8 else "text/rfc822-headers"
        else:
            content = join(fields, self.body)
            kind = "message/global" if letter.utf8 else "message/rfc822"
        coding = "" if content.isascii() else "Content-Transfer-Encoding: 8bit\r\n"
        return f"Content-type: {kind}\r\n{coding}\r\n".encode() + content

    def _is_large(self) -> bool:
        """Whether it is too long, or one of its lines is."""
        limit, lines = self.manner.size_limit, self.manner.line_limit
        size = self.letter.body_size - self.body.count(b"\n") + len(self.letter.id) + 3
        if limit and size > (limit // BUFFER + 1) * BUFFER:
            return True
        return bool(lines) and max(map(len, self.body.split(b"\r\n")), default=0) > lines


def _parted(line: str) -> tuple[str, str]:
    name, _, value = line.partition(":")
    return name.strip(), value.strip()


def in_ascii_lines(text: str) -> str:
    """`in_ascii`, line by line."""
    return "\n".join(map(in_ascii, text.split("\n")))


def _part(kind: str, text: str) -> bytes:
    content = text.replace("\n", "\r\n").encode("utf-8", "surrogateescape")
    return f"Content-type: {kind}\r\n\r\n".encode() + content
