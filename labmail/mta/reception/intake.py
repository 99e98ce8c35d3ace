"""Intake: a letter as it came over the wire becomes a letter as it lies in the spool.

A ``Received`` goes on top, marks that only the last host may leave come off, what an author forgot
is added where letters are submitted; everything else stays as it came, to the byte. The facts of
the connection are noted for the -H file.

Law: RFC 5321 §4.4; Exim specification, chapters 47 and 56.

Try: ``take_in(content, envelope, origin, …).fields[0]``.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from labmail.smtp import Wishes

from ..header import DELIVERY_MARKS, dissect, without_delivery_marks
from ..letter import CAUSE, LETTER, Letter
from ..queue.wanted import FIRST_TIME
from ..spool.spoolfile import SpoolHeader
from .received import Origin, received
from .submission import complete


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrival:
    """How a letter came: its envelope, its names, when, and where from."""

    id: str
    name: str
    """The lab's name of the letter."""
    sender: str
    recipients: tuple[str, ...]
    when: float
    """POSIX seconds."""
    origin: Origin
    hostname: str
    """By what name this host stamps it."""
    submitted: bool = False
    """Whether its author hands it in here."""
    cause: str | None = None
    wishes: Wishes = field(default_factory=Wishes)
    """What the sender wants to be told (RFC 3461)."""
    marks: frozenset[str] = DELIVERY_MARKS
    """Fields that only the last host may add, in small letters: they are taken off."""
    utf8: bool = False
    """Whether it came with SMTPUTF8 (RFC 6531)."""


def take_in(content: bytes, arrival: Arrival) -> Letter:
    """The letter with header and envelope as they will be kept."""
    fields, body = dissect(content)
    fields = without_delivery_marks(fields, arrival.marks)
    if arrival.submitted:
        fields = complete(
            fields,
            id=arrival.id,
            hostname=arrival.hostname,
            sender=arrival.sender,
            when=arrival.when,
        )
    stamp = received(
        arrival.origin,
        by=arrival.hostname,
        id=arrival.id,
        sender=arrival.sender,
        recipients=arrival.recipients,
        when=arrival.when,
    )
    head = SpoolHeader(
        id=arrival.id,
        sender=arrival.sender,
        received=arrival.when,
        recipients=arrival.recipients,
        fields=(stamp, *fields),
        facts=facts(arrival.origin, body) | ({"smtputf8": ""} if arrival.utf8 else {}),
        wishes=arrival.wishes,
        variables={LETTER: arrival.name, CAUSE: arrival.cause or ""},
    )
    return Letter(head, len(body), body)


def facts(origin: Origin, body: bytes) -> dict[str, str]:
    """What the -H file says of how a letter came in."""
    known = {
        "received_protocol": origin.protocol,
        "helo_name": origin.helo or "",
        "host_name": origin.name or "",
        "host_address": f"[{origin.address}]:{origin.port}" if origin.address else "",
        "interface_address": "[{}]:{}".format(*origin.interface) if origin.interface else "",
        "auth_id": origin.user or "",
        "tls_cipher": origin.tls or "",
        "body_linecount": str(body.count(b"\n")),
    }
    written = {name: value for name, value in known.items() if value}
    return written | {FIRST_TIME: "", "spool_file_wireformat": ""}
