"""Confirmation: the report that goes back when a letter has arrived, to whoever asked for it.

NOTIFY=SUCCESS asks. Each host on the way hands the question on, and the one that can answer does:

    delivered   the letter lies in the mailbox
    relayed     the next host has it, and reports nothing: this is the last that will be heard
    expanded    the address was several, and the letter has gone to them

Nobody reports who has handed the question on to a host that will. A confirmation brings back the
header only (RFC 3461 §4.3): the letter has arrived.

Law: RFC 3461 §5.2 and §6.2, RFC 3464 §2.3.3. Try: ``swaks --mail-from … "NOTIFY=SUCCESS"``.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from labmail.message.field import Field
from labmail.smtp import Wish
from labmail.smtp.dsn import NOTHING

from ..header import own_field
from ..letter import Letter
from .statusreport import Entry, Manner, Reported, in_ascii

SUBJECT = "Delivery Status Notification"

Action = Literal["delivered", "relayed", "expanded"]

MEANING: dict[Action, str] = {
    "delivered": "lies in the mailbox.",
    "relayed": "was taken by the next host, which sends no reports.",
    "expanded": "stands for several addresses; the letter has gone to them.",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Success:
    """One recipient of the envelope who has been served, and in which way."""

    recipient: str
    action: Action
    host: str = ""
    """The host that took it, where it was relayed."""
    reply: str = ""
    wish: Wish = NOTHING

    @property
    def entry(self) -> Entry:
        """What the report says to programs."""
        return Entry(
            recipient=self.recipient,
            action=self.action,
            status="2.0.0",
            wish=self.wish,
            host=self.host,
            reply=self.reply,
        )


def report(
    letter: Letter, successes: Sequence[Success], manner: Manner
) -> tuple[tuple[Field, ...], bytes]:
    """Header fields and body of the report; as `bounce.report`."""
    reported = Reported(letter=letter, body=b"", manner=manner)
    kind = reported.mime(SUBJECT)
    header = [
        own_field("From", manner.reporter, utf8=True),
        own_field("Auto-Submitted", "auto-generated"),
        own_field("To", letter.sender, utf8=True),
        *kind[2:],
        *reported.references(),
        *kind[:2],
    ]
    entries = [success.entry for success in successes]
    return reported.write(header, _words(successes, manner.hostname), entries, whole=False)


def _words(successes: Sequence[Success], hostname: str) -> str:
    lines = [
        f"This report was written by the mail system of {hostname}, because you asked for it.",
        "",
        "Your letter has reached:",
        "",
    ]
    for success in successes:
        lines += [f"  {in_ascii(success.recipient)}", f"    {MEANING[success.action]}"]
    return "\n".join([*lines, "", "Its header is below.", ""])
