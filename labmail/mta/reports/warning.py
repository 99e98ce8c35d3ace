"""Warning: the report that goes to the sender when a letter takes long.

    This message was created automatically by mail delivery software.
    A message that you sent has not yet been delivered to one or more of its
    recipients after more than 24 hours on the queue on mail.example.com.

The letter stays in the queue and is tried again. ``delay_warning`` says after how long she is
told (``4h:1d``; after the last, at the pace of the last two), ``delay_warning_condition`` whether:
nobody wants to be told by every mailbox of a mailing list. A sender may ask for such reports, or
not to have them (NOTIFY=DELAY, NEVER).

Law: RFC 3464 §2.3.3 (action ``delayed``), RFC 3461 §4.1; Exim specification, chapter 14 under
``delay_warning``, and chapter 49 under ``warn_message_file``.

Try: ``stage(90000, (86400,))``.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from labmail.message.field import Field
from labmail.smtp import Wish
from labmail.smtp.dsn import NOTHING

from ..header import find
from ..letter import Letter
from ..recipient import Recipient
from .statusreport import Entry, Manner, Reported
from .wording import named, reason

STATUS = "4.0.0"
DELAY = "Delay reason: "


@dataclass(frozen=True, slots=True)
class Delay:
    """One address that waits, and why."""

    recipient: Recipient
    why: str
    wish: Wish = NOTHING
    host: str = ""

    @property
    def entry(self) -> Entry:
        """What the report says to programs."""
        return Entry(
            recipient=self.recipient.original.address,
            action="delayed",
            status=STATUS,
            wish=self.wish,
            host=self.host,
        )


def stage(waited: float, times: Sequence[int]) -> tuple[int, int]:
    """How many warnings are due after so many seconds, and of which time the last one speaks.

    >>> stage(3600, (14400, 86400)), stage(90000, (14400, 86400)), stage(5 * 86400, (86400,))
    ((0, 14400), (2, 86400), (5, 432000))
    """
    if not times:
        return 0, 0
    count = sum(1 for each in times if waited >= each)
    if count < len(times):
        return count, times[max(count - 1, 0)]
    gap = times[-1] - (times[-2] if len(times) > 1 else 0)
    extra = int((waited - times[-1]) // gap) if gap > 0 else 0
    return count + extra, times[-1] + gap * extra


def span(waited: float, shown: int) -> str:
    """``90 minutes``, ``24 hours``: minutes below two hours."""
    return f"{shown // 60} minutes" if waited < 7200 else f"{shown // 3600} hours"


def report(
    letter: Letter, delays: Sequence[Delay], manner: Manner, delayed: str
) -> tuple[tuple[Field, ...], bytes]:
    """Header fields and body of the report; ``delayed`` is how long, in words."""
    reported = Reported(letter=letter, body=b"", manner=manner)
    header = [
        *reported.addressed(),
        *reported.mime(f"Warning: message {letter.id} delayed {delayed}"),
    ]
    text = manner.item(1, _first(letter, delays, manner, delayed)) + "\n"
    for each in delays:
        text += named(each.recipient) + reason(each.why, DELAY) + "\n"
    text += "\n" + manner.item(2, LAST)
    return reported.write(header, text, [each.entry for each in reversed(delays)], whole=False)


def _first(letter: Letter, delays: Sequence[Delay], manner: Manner, delayed: str) -> str:
    several = len(delays) > 1
    lines = [
        "This message was created automatically by mail delivery software.",
        "A message that you sent has not yet been delivered to one or more of its",
        f"recipients after more than {delayed} on the queue on {manner.hostname}.",
        "",
        f"The message identifier is:     {letter.id}",
    ]
    for words, name in (
        ("The subject of the message is: ", "Subject"),
        ("The date of the message is:    ", "Date"),
    ):
        if value := find(letter.fields, name):
            lines.append(f"{words}{value}")
    plural = ("addresses", "are") if several else ("address", "is")
    lines += [
        "",
        f"The {plural[0]} to which the message has not yet been delivered {plural[1]}:",
        "",
    ]
    return "\n".join(lines)


LAST = (
    "No action is required on your part. Delivery attempts will continue for\n"
    "some time, and this warning may be repeated at intervals if the message\n"
    "remains undelivered. Eventually the mail delivery software will give up,\n"
    "and when that happens, the message will be returned to you.\n"
)
