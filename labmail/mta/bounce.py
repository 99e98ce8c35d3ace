"""Bounce: the report that goes back when a letter cannot be delivered.

Whoever said 250 owes a delivery or a report. The report is a letter of its own, in three parts:

    text/plain                 for the person: who did not get it, and why
    message/delivery-status    for programs: the same as fields (RFC 3464)
    message/rfc822             the letter itself, or its beginning if it is long

Its envelope sender is empty, so that nobody can be asked to report about it: a bounce never causes
a bounce. ``Auto-Submitted`` keeps vacation programs quiet (RFC 3834).

Law: RFC 3464 (delivery status), RFC 6522 (multipart/report), RFC 5321 §4.5.5 (null sender), §6.1.

Try: ``print(write(report).decode())``.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from labmail.message.dates import rfc5322_date
from labmail.message.field import Field

from .header import find, join, own_field
from .letter import Letter
from .recipient import Recipient

RETURN_LIMIT = 100 * 1024
"""How many octets of the letter are sent back (Exim's ``bounce_return_size_limit``)."""

SUBJECT = "Mail delivery failed: your letter comes back"
REPORTER = "Mail Delivery System"


@dataclass(frozen=True, slots=True)
class Loss:
    """One address that failed: why, with which enhanced code, and what the other host said."""

    recipient: Recipient
    why: str
    code: str = "5.0.0"
    host: str = ""
    """The name of the host that refused; "" where this host knew it by itself."""
    reply: str = ""
    """That host's reply: ``550 5.1.1 unknown user``."""


def report(
    letter: Letter,
    body: bytes,
    losses: Sequence[Loss],
    *,
    hostname: str,
    domain: str,
    boundary: str,
    now: float,
) -> tuple[tuple[Field, ...], bytes]:
    """Header fields and body of the report about ``losses``.

    ``domain`` is where the reporter lives (Mailer-Daemon@domain); ``now`` in POSIX seconds.
    """
    original = find(letter.fields, "Message-ID")
    failed = list(dict.fromkeys(loss.recipient.original.address for loss in losses))
    fields = [
        own_field("X-Failed-Recipients", ",\n  ".join(failed)),
        own_field("Auto-Submitted", "auto-replied"),
        own_field("From", f"{REPORTER} <Mailer-Daemon@{domain}>"),
        own_field("To", letter.sender),
    ]
    if original:
        fields.append(own_field("References", original))
    fields += [
        own_field("MIME-Version", "1.0"),
        own_field(
            "Content-Type",
            f'multipart/report; report-type=delivery-status;\n boundary="{boundary}"',
        ),
        own_field("Subject", SUBJECT),
    ]
    returned = _returned(letter, body)
    if not returned.isascii():
        fields.append(own_field("Content-Transfer-Encoding", "8bit"))
    parts = (
        _part("text/plain; charset=us-ascii", _words(losses, hostname)),
        _part("message/delivery-status", _status(letter, losses, hostname, now)),
        returned,
    )
    mark = boundary.encode("ascii")
    inner = b"".join(b"--%s\r\n%s\r\n" % (mark, part) for part in parts)
    return tuple(fields), inner + b"--%s--\r\n" % mark


def _part(kind: str, text: str) -> bytes:
    content = text.replace("\n", "\r\n").encode("ascii", "replace")
    return f"Content-Type: {kind}\r\n\r\n".encode() + content


def _words(losses: Sequence[Loss], hostname: str) -> str:
    one = len(losses) == 1
    lines = [
        f"This report was written by the mail system of {hostname}.",
        "",
        f"Your letter did not reach {'this address' if one else 'these addresses'}, and",
        "will not be tried again:",
        "",
    ]
    for loss in losses:
        lines.append(f"  {loss.recipient.address}")
        if loss.recipient.generated:
            lines.append(f"    (made of {loss.recipient.original.address})")
        if loss.host:
            lines.append(f"    host {loss.host}:")
        lines += [f"    {line}" for line in loss.why.split("\n")]
    return "\n".join([*lines, "", "The letter itself is below.", ""])


def _status(letter: Letter, losses: Sequence[Loss], hostname: str, now: float) -> str:
    lines = [
        f"Reporting-MTA: dns; {hostname}",
        f"Arrival-Date: {rfc5322_date(letter.head.received)}",
    ]
    for loss in losses:
        lines += [
            "",
            f"Final-Recipient: rfc822; {loss.recipient.original.address}",
            "Action: failed",
            f"Status: {loss.code}",
        ]
        if loss.host:
            lines.append(f"Remote-MTA: dns; {loss.host}")
        if loss.reply:
            lines.append(f"Diagnostic-Code: smtp; {' '.join(loss.reply.split())}")
        lines.append(f"Last-Attempt-Date: {rfc5322_date(now)}")
    return "\n".join([*lines, ""])


def _returned(letter: Letter, body: bytes) -> bytes:
    """The letter as an attachment; of a long one the header only (RFC 6522 §4)."""
    fields = (own_field("Return-path", f"<{letter.sender}>"), *letter.fields)
    if letter.size > RETURN_LIMIT:
        header = b"".join(field.raw for field in fields)[:RETURN_LIMIT]
        return b"Content-Type: text/rfc822-headers\r\n\r\n" + header
    content = join(fields, body)
    coding = b"" if content.isascii() else b"Content-Transfer-Encoding: 8bit\r\n"
    return b"Content-Type: message/rfc822\r\n" + coding + b"\r\n" + content
