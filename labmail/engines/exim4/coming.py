"""It came: a line ``<=``, told as what led to it, word for word, and that the letter is on disk.

    <= alice@example.com H=games.example.com [128.10.12.3] … A=plain_server:alice     from outside
    <= <> R=1xW8Q5-00000B-0n U=Debian-exim P=local S=1938                             its own

Law: Exim specification, §53.7 (message reception).
"""

from __future__ import annotations

from typing import Any

from labmail.mta.events import Bounced, Spooled
from labmail.smtp.events import Authenticated, ContentTaken
from labmail.trace import Said

from .book import Book, Known, Place
from .ear import Receipt
from .logline import LogLine

LARGEST = 65_536
"""Octets of a letter that are kept of what was said."""


def came(book: Book, place: Place, line: LogLine, receipt: Receipt) -> None:
    """Tells of a letter that a host has taken in, or has written itself."""
    sender = "" if line.address == "<>" else line.address
    if "H" in line.fields:
        known = _from_outside(book, place, line, sender, receipt)
    else:
        known = _own(book, place, line, sender)
    book.letters[place] = known
    known.event = book.tell(
        known,
        Spooled,
        cause=known.event,
        leg=known.leg("send" if "A" in line.fields else "take"),
        id=known.id,
        sender=sender,
        recipients=known.recipients,
        size=int(line.fields.get("S", "0")),
        own="H" not in line.fields,
    )


def _from_outside(book: Book, place: Place, line: LogLine, sender: str, receipt: Receipt) -> Known:
    known = Known(*place, receipt.letter or "/".join(place), sender, receipt.recipients)
    client = book.around.name_of(line.host[1])
    about: dict[str, Any] = {
        "leg": known.leg("send" if "A" in line.fields else "take"),
        "connection": receipt.connection,
    }
    known.event = receipt.cause
    if "A" in line.fields:
        known.event = _logged_in(book, known, line, client, about)
    _said(book, known, receipt)
    known.event = book.tell(
        known,
        ContentTaken,
        cause=known.event,
        sender=sender,
        recipients=receipt.recipients,
        size=int(line.fields.get("S", "0")),
        came_from=client,
        **about,
    )
    return known


def _logged_in(
    book: Book, known: Known, line: LogLine, client: str, about: dict[str, Any]
) -> str | None:
    """``A=plain_server:alice``"""
    driver, _, login = line.fields["A"].partition(":")
    return book.tell(
        known,
        Authenticated,
        cause=known.event,
        login=login,
        mechanism="LOGIN" if driver.startswith("login") else "PLAIN",
        client=client,
        accepted=True,
        tls=line.fields.get("X"),
        **about,
    )


def _said(book: Book, known: Known, receipt: Receipt) -> None:
    """Every word of the conversation, as far as it was in the clear."""
    for word in receipt.words:
        book.tell(
            known,
            Said,
            cause=known.event,
            connection=receipt.connection,
            protocol="SMTP",
            speaker=word.speaker,
            text=word.octets[:LARGEST].decode("latin-1"),
            masked=word.masked,
            elided=max(0, len(word.octets) - LARGEST),
        )


def _own(book: Book, place: Place, line: LogLine, sender: str) -> Known:
    """A letter of the host's own: a bounce, mostly. ``R`` names the letter it is about."""
    known = Known(*place, "/".join(place), sender)
    about = book.letters.get((place[0], line.fields.get("R", "")))
    if about is None:
        return known
    known.recipients, known.event = (about.sender,), about.lost or about.event
    if not sender and about.failed:
        failed, about.failed = tuple(about.failed), []
        known.event = book.tell(
            about,
            Bounced,
            cause=known.event,
            leg="return",
            id=about.id,
            bounce=known.name,
            to=about.sender,
            recipients=failed,
        )
    return known
