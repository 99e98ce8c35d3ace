"""Bounce: the report that goes back when a letter cannot be delivered.

Whoever said 250 owes a delivery or a report. The report is a letter of its own, in three parts
(`statusreport`). Its envelope sender is empty, so that nobody can be asked to report about it: a
bounce never causes a bounce. ``Auto-Submitted`` keeps vacation programs quiet (RFC 3834).

A sender may ask not to be told (NOTIFY=NEVER), or to get the header back only (RET=HDRS). The
administrator may have it in words of his own (``bounce_message_file``), with a header::

    Subject: It did not arrive                       1  header lines
    ****
    Your letter did not reach:                       2  before the addresses
    ****
    A program said:                                  3  before what programs printed

The ordinary words are those that Exim's bounces have; mail programs and scripts know them.

Law: RFC 3464 (delivery status), RFC 6522 (multipart/report), RFC 3461 §4 (what the sender may ask
for), RFC 5321 §4.5.5 (null sender), §6.1; Exim specification, chapter 49.

Try: ``print(join(*report(letter, body, losses, Manner(hostname="mail.ask.com"))).decode())``.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from labmail.message.field import Field
from labmail.smtp import Wish
from labmail.smtp.dsn import NOTHING

from ..header import own_field
from ..letter import Letter
from ..recipient import Recipient
from .statusreport import RETURN_LIMIT, Entry, Manner, Reported, in_ascii
from .wording import HEADING, named, reason

__all__ = ["RETURN_LIMIT", "Loss", "Manner", "report"]

SUBJECT = "Mail delivery failed"
TO_SENDER = ": returning message to sender"
STATUS = "5.0.0"
"""What Exim says of every failure: the other host's own code stands in Diagnostic-Code."""
ONLY_PRINTED = "return message generated"
"""Why of a program that did well and printed something: there is nothing to say but that."""


@dataclass(frozen=True, slots=True)
class Loss:
    """One address that failed: why, with which enhanced code, and what the other host said."""

    recipient: Recipient
    why: str
    code: str = STATUS
    host: str = ""
    """The name of the host that refused; "" where this host knew by itself."""
    reply: str = ""
    """That host's reply: ``550 5.1.1 unknown user``."""
    wish: Wish = NOTHING
    """What the sender wants to be told about this recipient."""
    printed: bytes = b""
    """What a program printed while it failed, if the sender is to see that."""
    errors_to: str | None = None
    """Who is told in the sender's place, such as the owner of a list."""
    address: str = ""
    """The host's address."""
    hidden: bool = False
    """Whether the address that failed is nobody's business (``hide_child_in_errmsg``)."""

    @property
    def entry(self) -> Entry:
        """What the report says to programs."""
        return Entry(
            recipient=self.recipient.original.address,
            action="failed",
            status=STATUS,
            wish=self.wish,
            host=self.host,
            reply=self.reply,
        )

    @property
    def shown(self) -> str:
        """The address in the list of those that failed."""
        if self.hidden:
            return self.recipient.original.address
        made = self.recipient.made and self.recipient.parent is not None
        return self.recipient.parent.address if made else self.recipient.address  # type: ignore[union-attr]

    @property
    def told(self) -> str:
        """The address and the reason, for the person."""
        at = f"{self.host} [{self.address}]" if self.address and self.host else self.host
        name = named(self.recipient, host=at, hidden=self.hidden)
        if self.hidden and self.recipient.generated:
            return name
        return name + reason("" if self.why == ONLY_PRINTED else self.why)


def report(
    letter: Letter,
    body: bytes,
    losses: Sequence[Loss],
    manner: Manner,
    *,
    to: str | None = None,
) -> tuple[tuple[Field, ...], bytes]:
    """Header fields and body of the report about ``losses``, which are told in their order; ``to``
    is told in the sender's place."""
    reported = Reported(letter=letter, body=body, manner=manner, to=to)
    failed = ",\n  ".join(in_ascii(loss.shown) for loss in losses)
    mine = to is None or to == letter.sender
    header = [
        own_field("X-Failed-Recipients", failed),
        *reported.addressed(),
        *reported.mime(SUBJECT + (TO_SENDER if mine else "")),
    ]
    words = _words(losses, manner, None if mine else letter.sender)
    entries = [loss.entry for loss in for_programs(losses)]
    return reported.write(header, words, entries, whole=letter.head.wishes.ret != "HDRS")


def for_programs(losses: Sequence[Loss]) -> list[Loss]:
    """The order of the second part: those whose program printed something first, the last first."""
    backwards = list(reversed(losses))
    return [each for each in backwards if each.printed] + [
        each for each in backwards if not each.printed
    ]


def _words(losses: Sequence[Loss], manner: Manner, sender: str | None) -> str:
    """For the person; ``sender`` is whose letter it was, where somebody else is told."""
    whose = "that you sent" if sender is None else f"sent by\n\n  <{sender}>\n\n"
    wrap = " could not be delivered to one or more of its\nrecipients. This is a permanent error."
    ordinary = (
        f"This message was created automatically by mail delivery software.\n{manner.text}\n"
        f"A message {whose}{wrap if sender is None else wrap.lstrip()} "
        "The following address(es) failed:\n"
    )
    text = manner.item(1, ordinary) + "\n" + "".join(f"{loss.told}\n" for loss in losses)
    printed = [loss for loss in losses if loss.printed]
    if printed:
        several = "s" if len(printed) > 1 else ""
        said = f"The following text was generated during the delivery attempt{several}:\n"
        text += "\n" + manner.item(2, said)
    for loss in printed:
        name = named(loss.recipient, HEADING, hidden=loss.hidden)
        text += f"\n{name}\n{loss.printed.decode('utf-8', 'surrogateescape')}"
    return text
