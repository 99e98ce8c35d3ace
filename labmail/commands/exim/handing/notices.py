"""Notices: what the sender is told where no letter has come of what was handed in.

A program that hands in a letter often cannot show anything to a person, so Exim writes to the
sender instead. How, the caller says:

    -oem   a letter to the sender (so it is if nothing is said)    exit code 1
    -oee   the same                                                exit code 0
    -oep   a line on standard error, and no letter                 exit code 1

Law: Exim specification, §5.3 under -oem, -oee, -oep; chapter 49.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, NamedTuple

from labmail.mta.header import own_field

if TYPE_CHECKING:
    from labmail.mta.office import Office

    from ..arguments import Request
    from ..said import Said

COPY = "------ This is a copy of your message, including all the headers. ------"
CUT = (
    "------ The body of the message is {} characters long; only the first\n"
    "------ {} or so are included here."
)


class Notice(NamedTuple):
    """What went wrong: for the subject, in words, and in one line for standard error."""

    subject: str
    text: str
    line: str


def no_recipients() -> Notice:
    """With ``-t``, and nobody in the header."""
    return Notice(
        "Mail failure - no recipient addresses",
        "A message that you sent contained no recipient addresses, and therefore no\n"
        "delivery could be attempted.\n",
        "no recipients found in headers",
    )


def bad_recipients(wrong: Iterable[tuple[str, str]], line: str) -> Notice:
    """Words that are no addresses, each with what is wrong with it."""
    listed = [f"  {text}  {problem}" for text, problem in wrong]
    several = len(listed) > 1
    head = (
        "A message that you sent contained one or more recipient addresses that were\n"
        "incorrectly constructed:\n"
        if several
        else "A message that you sent contained a recipient address that was incorrectly\n"
        "constructed:\n"
    )
    subject = "malformed recipient addresses" if several else "malformed recipient address"
    text = "\n".join(
        [head, *listed, "", "The message has not been delivered to any recipients.", ""]
    )
    return Notice(f"Mail failure - {subject}", text, line)


def ignored(wrong: Sequence[tuple[str, str]], line: str, *, others: bool) -> Notice:
    """With ``-t``: some are no addresses. ``others``: there are some that are."""
    several = len(wrong) > 1
    which = "These addresses have" if several else "This address has"
    rest = (
        "been ignored. The other addresses in the message were\n"
        "syntactically valid and have been passed on for an attempt at delivery."
        if others
        else "been ignored. There were no other addresses in your\n"
        "message, and so no attempt at delivery was possible."
    )
    text = "\n".join(
        [
            "A message that you sent contained one or more recipient addresses that were",
            "incorrectly constructed:",
            "",
            *(f"  {each}: {problem}" for each, problem in wrong),
            "",
            f"{which} {rest}",
            "",
        ]
    )
    subject = "malformed recipient addresses" if several else "malformed recipient address"
    return Notice(f"Mail failure - {subject}", text, line)


def rejected(words: str, line: str) -> Notice:
    """The ACL for programs says no."""
    return Notice(
        "Mail failure - rejected by local scanning code",
        "A message that you sent was rejected by the local scanning code that\n"
        f"checks incoming messages on this system. The following error was given:\n\n  {words}\n",
        line,
    )


def too_big(limit: int, line: str) -> Notice:
    """The letter is larger than ``message_size_limit``."""
    return Notice(
        "Mail failure - message too big",
        "A message that you sent was longer than the maximum size allowed on this\n"
        f"system. It was not delivered to any recipients. The limit is {limit} octets.\n",
        line,
    )


async def tell(
    office: Office,
    request: Request,
    notice: Notice,
    *,
    to: str,
    header: str,
    body: str,
    about: str = "",
    references: str = "",
) -> Said:
    """Tells whoever is to be told, by letter or by a line, and says how the command ends."""
    from labmail.mta.reports.reporting import Reporter

    from ..said import Said

    if request.errors == "p" or not to:
        return Said(1, err=f"exim: {notice.line}\n")
    limit = int(office.orders.main("bounce_return_size_limit"))
    copy = [header.rstrip("\n"), ""] if header else [""]
    lines = [notice.text, COPY, "", *copy, _cut(body, limit)]
    fields = [
        own_field("Auto-Submitted", "auto-replied"),
        own_field("From", await office.orders.text("dsn_from")),
        own_field("To", to, utf8=True),
        *([own_field("References", references)] if references else []),
        own_field("Subject", notice.subject),
    ]
    text = "\n".join(lines).encode("latin-1").replace(b"\n", b"\r\n")
    await Reporter(office).send(tuple(fields), text, (to,), about=about)
    return Said(0 if request.errors == "e" else 1)


def _cut(body: str, limit: int) -> str:
    return body if not limit or len(body) <= limit else body[:limit]
