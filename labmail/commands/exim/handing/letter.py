"""From the octets that a program hands in to a letter of the queue.

The header is completed as every submission's is (`labmail.exim.expansion.intake`), addresses are
rewritten by the configuration's rules, and a Received field goes on top::

    Subject: hi                Received: from ann by mail.lab.test with local …
                               Subject: hi
    Noon?              ──▶     Message-Id: <E1vwz8C-000001-00@mail.lab.test>
                               From: Ann Lee <ann@lab.test>
                               Date: Mon, 02 Mar 2026 09:00:00 +0000

                               Noon?

Law: Exim specification, chapter 47; RFC 6409 §8.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from labmail.exim.expansion.completing import Submitter
from labmail.exim.expansion.intake import HEADER, take
from labmail.exim.expansion.message import Message
from labmail.exim.expansion.standing import MainOptions
from labmail.message.field import Field
from labmail.mta.letter import LETTER, Letter
from labmail.mta.queue.wanted import FIRST_TIME
from labmail.mta.reception.received import Origin, received
from labmail.mta.reception.rewriting import Rewriter
from labmail.mta.reception.stamping import stamp
from labmail.mta.spool.spoolfile import SpoolHeader

if TYPE_CHECKING:
    from labmail.mta.office import Office

    from ..said import Who


class Draft(NamedTuple):
    """What a program has handed in, read and completed, not yet a letter of the queue."""

    id: str
    when: float
    message: Message
    named: tuple[str, ...] = ()
    """The recipients that the header names, if they were asked for."""


def read(
    octets: bytes,
    office: Office,
    who: Who,
    sender: str,
    *,
    forced: bool,
    full_name: str | None = None,
    dot_ends: bool = True,
    read_recipients: bool = False,
) -> Draft:
    """The letter in some octets. ``forced``: the sender was said, and no line changes that."""
    orders, now = office.orders, office.now()
    given = take(
        separated(octets),
        Submitter(phrase(full_name or who.name), sender, forced and full_name is None),
        MainOptions(orders.configuration.main),
        orders.hostname,
        now,
        dot_ends=dot_ends,
        read_recipients=read_recipients,
    )
    message_id = office.ids.new(now)
    for header in given.headers:  # the reader's own id gives way to the queue's
        if header.text == f"Message-Id: <E{given.id}@{orders.hostname}>\n":
            header.text = f"Message-Id: <E{message_id}@{orders.hostname}>\n"
    given.id = message_id
    return Draft(message_id, now, given, tuple(given.recipients))


def separated(octets: bytes) -> bytes:
    """With an empty line behind the header, where a line that is none ends it: that one begins the
    body.

    >>> separated(b"To: ann\\nHello!\\n")
    b'To: ann\\n\\nHello!\\n'
    """
    at = 0
    for line in octets.splitlines(keepends=True):
        text = line.decode("latin-1")
        if not text.strip("\r\n"):
            return octets
        if not (HEADER.match(text) or (at and text[0] in " \t") or text.startswith("From ")):
            return octets[:at] + b"\n" + octets[at:] if text != ".\n" else octets
        at += len(line)
    return octets


def phrase(name: str) -> str:
    """A person's name as it may stand before an address: quoted where it must be (RFC 5322 §3.2.3).

    >>> phrase("Ann Lee"), phrase("A. B")
    ('Ann Lee', '"A. B"')
    """
    if not set(name) & set('()<>@,;:\\".[]'):
        return name
    escaped = name.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


async def letter(
    draft: Draft,
    office: Office,
    who: Who,
    recipients: tuple[str, ...],
    *,
    known: dict[str, str] | None = None,
) -> Letter:
    """The draft as a letter to ``recipients``: rewritten and stamped, not yet in the spool.

    ``known`` are the facts of its -H file, where it came another way than with ``-bm``.
    """
    rewriter, message = Rewriter(office), draft.message
    origin = Origin(protocol="local", ident=who.login)
    sender = await rewriter.envelope(message.sender, recipient=False)
    to = [await rewriter.envelope(each, recipient=True) for each in recipients]
    top = received(
        origin,
        by=office.orders.hostname,
        id=draft.id,
        sender=sender,
        recipients=tuple(to),
        when=draft.when,
    )
    body = message.body.encode("latin-1").replace(b"\r\n", b"\n").replace(b"\n", b"\r\n")
    made = Letter(
        SpoolHeader(
            id=draft.id,
            sender=sender,
            received=draft.when,
            recipients=tuple(to),
            fields=(top, *map(_field, message.headers)),
            facts=facts(who, body) | (known or {}),
            variables={LETTER: f"{office.name}/{draft.id}"},
        ),
        len(body),
        body,
    )
    await rewriter.header(made, complete=False)
    await stamp(office, made)
    return made


def _field(header: object) -> Field:
    text: str = getattr(header, "text", "")
    return Field(text.encode("latin-1").replace(b"\n", b"\r\n"))


def facts(who: Who, body: bytes, protocol: str = "local") -> dict[str, str]:
    """What the -H file says of a letter that came from a program of this computer."""
    return {
        "ident": who.login,
        "auth_id": who.login,
        "received_protocol": protocol,
        "local": "",
        "body_linecount": str(body.count(b"\n")),
        FIRST_TIME: "",
        "spool_file_wireformat": "",
    }


__all__ = ["Draft", "facts", "letter", "read"]
