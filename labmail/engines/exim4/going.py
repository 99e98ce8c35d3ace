"""It went: a line ``=>`` or ``->``, told as the router that took the address, and what was done.

    => bob@ask.com R=dnslookup T=remote_smtp H=mail.ask.com [128.10.30.2] C="250 OK …"   to a host
    => bob <sales@ask.com> R=local_user T=maildir_home                               to a mailbox

Law: Exim specification, §53.8 to §53.11 (deliveries, discarded deliveries).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from labmail.mta.events import (
    AddressEvent,
    Discarded,
    HandedOver,
    Piped,
    Replied,
    Routed,
    Stored,
)
from labmail.smtp.events import ConnectFailed, Offered

from .book import Book, Known, Mailbox, Place
from .ear import id_in
from .logline import LogLine
from .witnesses import Witnesses

SMTP = 25


def went(
    book: Book,
    known: Known,
    line: LogLine,
    witnesses: Witnesses,
    release: Callable[[Place], None],
) -> None:
    """Tells of a delivery. ``release``: it is known now whose letter came to another place."""
    if line.address == ":blackhole:":
        _done(book, known, line, Discarded, router=line.fields.get("R", ""))
        return
    routed = cause_of(book, known, line)
    if "H" in line.fields:
        _handed_over(book, known, line, routed, witnesses, release)
    elif line.address.startswith("|"):
        _done(book, known, line, Piped, routed, program=line.address[1:])
    elif line.address.startswith(">"):
        _done(book, known, line, Replied, routed, reply="")
    else:
        _stored(book, known, line, routed)


def cause_of(book: Book, known: Known, line: LogLine) -> str | None:
    """The event behind what a line tells of an address: which router took it, and which hosts
    could not be reached."""
    routed = _routed(book, known, line)
    troubles, known.troubles = known.troubles, []
    for trouble in troubles:
        routed = _unreachable(book, known, trouble, routed)
    return routed


def _routed(book: Book, known: Known, line: LogLine) -> str | None:
    recipient, address = known.whom(line)
    router, transport = line.fields.get("R", ""), line.fields.get("T", "")
    if not router:
        return known.event
    if address not in known.routed:
        ip = line.host[1] or next((each.host[1] for each in known.troubles), "")
        told = book.tell(
            known,
            Routed,
            cause=known.event,
            recipient=recipient,
            leg=known.leg("route" if ip or line.flag == "==" else "take"),
            router=router,
            address=address,
            because=f"its log says R={router}" + (f" T={transport}" if transport else ""),
            transport=transport,
            hosts=(book.around.name_of(ip),) if ip else (),
        )
        known.routed[address] = told or known.event or ""
    return known.routed[address] or None


def _unreachable(book: Book, known: Known, line: LogLine, cause: str | None) -> str | None:
    """``H=mail.ask.com [128.10.30.2] Connection refused``"""
    host, ip = line.host
    known.where = ip
    return book.tell(
        known,
        ConnectFailed,
        cause=cause,
        leg=known.leg("take"),
        target=book.around.name_of(ip) if ip else host,
        address=ip,
        port=SMTP,
        problem=line.why,
    )


def _handed_over(
    book: Book,
    known: Known,
    line: LogLine,
    routed: str | None,
    witnesses: Witnesses,
    release: Callable[[Place], None],
) -> None:
    host, ip = line.host
    target, reply = book.around.name_of(ip), last_reply(line.fields.get("C", ""))
    if target == ip:
        target = host or ip
    there = target, id_in(reply)
    if target in book.around.hosts and there[1] and there not in known.crossed:
        known.crossed.add(there)
        routed = _crossed(book, known, line, there, routed, witnesses) or routed
        release(there)
    _done(book, known, line, HandedOver, routed, target=target, target_address=ip, reply=reply)


def _crossed(
    book: Book, known: Known, line: LogLine, there: Place, routed: str | None, witnesses: Witnesses
) -> str | None:
    """Our letter is theirs, under another id."""
    receipt = witnesses.receipt(there)
    recipients = receipt.recipients or (known.whom(line)[1],)
    told = known.offered.pop(there[0], None)
    if told is None:
        told = offered(book, known, there[0], recipients, routed, receipt.connection)
    witnesses.sender_says(there, known.name, told, recipients)
    return told


def offered(
    book: Book,
    known: Known,
    target: str,
    recipients: tuple[str, ...],
    cause: str | None,
    connection: str | None = None,
) -> str | None:
    """The other host was told from whom the letter is, and for whom."""
    return book.tell(
        known,
        Offered,
        cause=cause,
        leg=known.leg("take"),
        connection=connection,
        sender=known.sender,
        recipients=recipients,
        target=target,
    )


def _stored(book: Book, known: Known, line: LogLine, routed: str | None) -> None:
    box = book.around.mailbox(known.host, line.address) or Mailbox("mbox", line.address)
    file, uid = book.found.pop((known.host, known.id, line.address), ("", ""))
    about = {"store": box.kind, "mailbox": box.path, "file": file or box.path, "uid": uid}
    _done(book, known, line, Stored, routed, **about)


def counted_as_served(book: Book, known: Known) -> None:
    """The letter is completed: whoever is left was named beside another recipient and turned out to
    be the same person. Exim delivers once, and writes one line."""
    if known.end is None:
        return
    kind, fields = known.end
    for who in known.recipients:
        if who not in known.done:
            known.done.add(who)
            book.tell(known, kind, **(fields | {"recipient": who}))


def _done(
    book: Book,
    known: Known,
    line: LogLine,
    kind: type[AddressEvent],
    cause: str | None = None,
    /,
    **fields: Any,
) -> None:
    recipient, address = known.whom(line)
    known.done.add(recipient)
    fields |= {
        "cause": cause or known.event,
        "recipient": recipient,
        "leg": known.leg("take"),
        "id": known.id,
        "address": address,
        "transport": line.fields.get("T", ""),
    }
    known.end = kind, fields
    book.tell(known, kind, **fields)


def last_reply(confirmation: str) -> str:
    r"""The reply behind the dot: the last line of ``C=``, where several are joined by ``\n``.

    >>> last_reply(r"250- 528 byte chunk, total 528\n250 OK id=1xW8Q6-00000K-1u")
    '250 OK id=1xW8Q6-00000K-1u'
    """
    return confirmation.rpartition("\\n")[2]
