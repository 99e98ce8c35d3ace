"""Bounce: the report that goes back when a letter cannot be delivered.

Whoever said 250 owes a delivery or a report. The report is a letter of its own, in three parts
(`statusreport`). Its envelope sender is empty, so that nobody can be asked to report about it: a
bounce never causes a bounce. ``Auto-Submitted`` keeps vacation programs quiet (RFC 3834).

A sender may ask not to be told (NOTIFY=NEVER), or to get the header back only (RET=HDRS).

Law: RFC 3464 (delivery status), RFC 6522 (multipart/report), RFC 3461 §4 (what the sender may ask
for), RFC 5321 §4.5.5 (null sender), §6.1.

Try: ``print(write(report).decode())``.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from labmail.message.field import Field
from labmail.smtp import Wish
from labmail.smtp.dsn import NOTHING

from .letter import Letter
from .recipient import Recipient
from .statusreport import RETURN_LIMIT, Entry, Reported

__all__ = ["RETURN_LIMIT", "Loss", "report"]

SUBJECT = "Mail delivery failed: your letter comes back"


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
    wish: Wish = NOTHING
    """What the sender wants to be told about this recipient."""
    printed: bytes = b""
    """What a program printed while it failed, if the sender is to see that."""
    errors_to: str | None = None
    """Who is told in the sender's place, such as the owner of a list."""

    @property
    def entry(self) -> Entry:
        """What the report says to programs."""
        return Entry(
            recipient=self.recipient.original.address,
            action="failed",
            status=self.code,
            wish=self.wish,
            host=self.host,
            reply=self.reply,
        )


def report(
    letter: Letter,
    body: bytes,
    losses: Sequence[Loss],
    *,
    hostname: str,
    domain: str,
    boundary: str,
    now: float,
    to: str | None = None,
) -> tuple[tuple[Field, ...], bytes]:
    """Header fields and body of the report about ``losses``.

    ``domain`` is where the reporter lives (Mailer-Daemon@domain); ``now`` in POSIX seconds; ``to``
    is told in the sender's place.
    """
    reported = Reported(
        letter=letter,
        body=body,
        hostname=hostname,
        domain=domain,
        boundary=boundary,
        now=now,
        to=to,
    )
    failed = tuple(dict.fromkeys(loss.recipient.original.address for loss in losses))
    return reported.write(
        reported.header(SUBJECT, failed),
        _words(losses, hostname),
        [loss.entry for loss in losses],
        whole=letter.head.wishes.ret != "HDRS",
    )


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
    for loss in losses:
        if loss.printed:
            said = loss.printed.decode("ascii", "replace").replace("\ufffd", "?").rstrip("\n")
            lines += ["", f"A program printed, on behalf of {loss.recipient.original.address}:", ""]
            lines += [f"  {line}" for line in said.split("\n")]
    return "\n".join([*lines, "", "The letter itself is below.", ""])
