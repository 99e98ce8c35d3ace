"""The status report: what bounces and confirmations have in common (RFC 3464, RFC 6522).

    text/plain                 for the person, in words
    message/delivery-status    for programs: fields of the letter, then of each recipient
    message/rfc822             the letter itself, or its header

The sender's own name for the envelope (ENVID) and the recipient that was meant at first (ORCPT)
come back as ``Original-Envelope-Id`` and ``Original-Recipient``: that is what they are for.

An address beyond ASCII is written in ASCII, as ``utf-8; j\\x{FC}rgen@…``, so that the report can go
everywhere (RFC 6533 §3).

Try: ``typed("jürgen@ask.com")``.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from labmail.message.dates import rfc5322_date
from labmail.message.field import Field
from labmail.smtp import Wish, xtext
from labmail.smtp.dsn import NOTHING

from .header import find, join, own_field
from .letter import Letter

RETURN_LIMIT = 100 * 1024
"""How many octets of a letter are sent back (Exim's ``bounce_return_size_limit``)."""
REPORTER = "Mail Delivery System"

_BEYOND = re.compile(r"[^\x20-\x7e]")


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """What is reported about one recipient: the fields of RFC 3464 §2.3."""

    recipient: str
    """The address of the envelope."""
    action: str
    """``failed``, ``delivered``, ``relayed`` or ``expanded``."""
    status: str
    """Enhanced code (RFC 3463)."""
    wish: Wish = NOTHING
    host: str = ""
    """The name of the host that answered; "" where this host knew by itself."""
    reply: str = ""
    """That host's reply."""

    def lines(self, now: float) -> list[str]:
        """The fields, Original-Recipient first; ``now`` in POSIX seconds."""
        lines = [
            f"Final-Recipient: {typed(self.recipient)}",
            f"Action: {self.action}",
            f"Status: {self.status}",
        ]
        if self.wish.orcpt:
            kind, _, address = self.wish.original.partition(";")
            lines.insert(0, f"Original-Recipient: {kind}; {in_ascii(address)}")
        if self.host:
            lines.append(f"Remote-MTA: dns; {self.host}")
        if self.reply:
            lines.append(f"Diagnostic-Code: smtp; {in_ascii(' '.join(self.reply.split()))}")
        return [*lines, f"Last-Attempt-Date: {rfc5322_date(now)}"]


def typed(address: str) -> str:
    r"""An address with its type.

    >>> typed("bob@ask.com"), typed("jürgen@ask.com")
    ('rfc822; bob@ask.com', 'utf-8; j\\x{FC}rgen@ask.com')
    """
    return f"rfc822; {address}" if address.isascii() else f"utf-8; {in_ascii(address)}"


def in_ascii(text: str) -> str:
    """``text`` with what is not printable ASCII as ``\\x{…}`` (RFC 6533 §3)."""
    return _BEYOND.sub(lambda odd: f"\\x{{{ord(odd[0]):02X}}}", text)


@dataclass(frozen=True, slots=True, kw_only=True)
class Reported:
    """A report about ``letter``: what its parts need to know."""

    letter: Letter
    body: bytes
    hostname: str
    """Who reports."""
    domain: str
    """Where the reporter lives: Mailer-Daemon@domain."""
    boundary: str
    now: float
    """POSIX seconds."""
    to: str | None = None
    """Who is told; None: the sender."""

    def header(self, subject: str, failed: Sequence[str] = ()) -> list[Field]:
        """The fields of the report; ``failed`` are the addresses that got nothing."""
        original = find(self.letter.fields, "Message-ID")
        fields = [
            own_field("Auto-Submitted", "auto-replied"),
            own_field("From", f"{REPORTER} <Mailer-Daemon@{self.domain}>"),
            own_field("To", self.letter.sender if self.to is None else self.to, utf8=True),
        ]
        if failed:
            listed = ",\n  ".join(map(in_ascii, failed))
            fields.insert(0, own_field("X-Failed-Recipients", listed))
        if original:
            fields.append(own_field("References", original))
        kind = f'multipart/report; report-type=delivery-status;\n boundary="{self.boundary}"'
        return [
            *fields,
            own_field("MIME-Version", "1.0"),
            own_field("Content-Type", kind),
            own_field("Subject", subject),
        ]

    def write(
        self, header: Sequence[Field], words: str, entries: Sequence[Entry], *, whole: bool
    ) -> tuple[tuple[Field, ...], bytes]:
        """Header and body; ``whole``: the letter comes back with its body, if it is not long."""
        status, returned = self._status(entries), self._returned(whole)
        text = _part("text/plain; charset=us-ascii", in_ascii_lines(words))
        parts = (text, _part("message/delivery-status", status), returned)
        fields = list(header)
        if not returned.isascii():
            fields.append(own_field("Content-Transfer-Encoding", "8bit"))
        mark = self.boundary.encode("ascii")
        inner = b"".join(b"--%s\r\n%s\r\n" % (mark, part) for part in parts)
        return tuple(fields), inner + b"--%s--\r\n" % mark

    def _status(self, entries: Sequence[Entry]) -> str:
        envid = self.letter.head.wishes.envid
        lines = [f"Original-Envelope-Id: {xtext.decode(envid)}"] if envid else []
        lines += [
            f"Reporting-MTA: dns; {self.hostname}",
            f"Arrival-Date: {rfc5322_date(self.letter.head.received)}",
        ]
        for entry in entries:
            lines += ["", *entry.lines(self.now)]
        return "\n".join([*lines, ""])

    def _returned(self, whole: bool) -> bytes:
        """The letter as an attachment; of a long one, or by wish, the header only (RFC 6522 §4)."""
        letter = self.letter
        path = own_field("Return-path", f"<{letter.sender}>", utf8=True)
        fields = (path, *letter.fields)
        kind = "global" if letter.utf8 else "rfc822"
        if not whole or letter.size > RETURN_LIMIT:
            content = b"".join(field.raw for field in fields)[:RETURN_LIMIT]
            kind = "message/global-headers" if letter.utf8 else "text/rfc822-headers"
        else:
            content, kind = join(fields, self.body), f"message/{kind}"
        coding = "" if content.isascii() else "Content-Transfer-Encoding: 8bit\r\n"
        return f"Content-Type: {kind}\r\n{coding}\r\n".encode() + content


def in_ascii_lines(text: str) -> str:
    """`in_ascii`, line by line."""
    return "\n".join(map(in_ascii, text.split("\n")))


def _part(kind: str, text: str) -> bytes:
    content = text.replace("\n", "\r\n").encode("ascii", "replace")
    return f"Content-Type: {kind}\r\n\r\n".encode() + content
