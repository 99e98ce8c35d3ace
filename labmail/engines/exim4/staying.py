"""It stays, or comes back: a line ``==`` or ``**``, and what Exim says of a letter in words.

    == bob@ask.com R=dnslookup T=remote_smtp defer (111): Connection refused
    ** nobody@ask.com R=dnslookup T=remote_smtp H=mail.ask.com [128.10.30.2]: … 550 Unrouteable…
    Frozen · Completed · H=mail.ask.com [128.10.30.2] Connection refused

Law: Exim specification, §53.12 to §53.15 (deferred, failed, fake, completion), §53.16.
"""

from __future__ import annotations

from labmail.mta.events import AclChecked, Completed, Frozen, GivenUp, PutOff

from .book import Book, Known, domain_of
from .going import cause_of, counted_as_served, offered
from .logline import LogLine

REFUSED = "SMTP error from remote mail server after "
FROZEN = ("Frozen", "Message is frozen", "*** Frozen")


def put_off(book: Book, known: Known, line: LogLine) -> None:
    """Tells that an address waits, and for how long."""
    recipient, address = known.whom(line)
    cause = _refused_by_host(book, known, line, cause_of(book, known, line))
    known.offered.clear()
    about = [line.host[1], known.where, address, domain_of(address)]
    now = book.around.now()
    due = known.due[recipient] = book.around.next_try(known.host, about) or now
    book.tell(
        known,
        PutOff,
        cause=cause,
        recipient=recipient,
        leg=known.leg("take"),
        id=known.id,
        address=address,
        transport=line.fields.get("T", ""),
        problem=line.why,
        wait=max(0.0, due - now),
        rule=(f"its log says: {line.text}",),
    )


def given_up(book: Book, known: Known, line: LogLine) -> None:
    """Tells that an address has failed for good."""
    recipient, address = known.whom(line)
    cause = _refused_by_host(book, known, line, cause_of(book, known, line))
    known.failed.append(recipient)
    known.done.add(recipient)
    known.lost = book.tell(
        known,
        GivenUp,
        cause=cause,
        recipient=recipient,
        leg="return",
        id=known.id,
        address=address,
        transport=line.fields.get("T", ""),
        problem=line.why,
        reasons=(f"its log says: {line.text}",),
        timed_out="retry timeout exceeded" in line.why,
    )


def _refused_by_host(book: Book, known: Known, line: LogLine, cause: str | None) -> str | None:
    """``… H=mail.ask.com [128.10.30.2]: SMTP error from remote mail server after RCPT TO: …``"""
    target = book.around.name_of(line.host[1])
    if REFUSED not in line.why or target not in book.around.hosts:
        return cause
    if target not in known.offered:
        told = offered(book, known, target, (known.whom(line)[1],), cause)
        known.offered[target] = told or cause or ""
    return known.offered[target] or cause


def noted(book: Book, known: Known, line: LogLine) -> None:
    """What Exim says in words."""
    if line.text == "Completed":
        leg = known.leg("take")
        counted_as_served(book, known)
        book.tell(known, Completed, cause=known.event, leg=leg, id=known.id)
        book.letters.pop((known.host, known.id), None)
    elif line.text.startswith(FROZEN):
        _frozen(book, known, line.text)
    elif line.host[1] and line.why:
        known.troubles.append(line)


def _frozen(book: Book, known: Known, text: str) -> None:
    left = tuple(each for each in known.recipients if each not in known.done)
    book.tell(
        known,
        Frozen,
        cause=known.lost or known.event,
        leg=known.leg("take"),
        recipients=left,
        problem=text,
        bounce=not known.sender,
        id=known.id,
    )


def refused(book: Book, host: str, line: LogLine) -> None:
    """``H=(me) [192.0.2.1] F=<a@b> rejected RCPT <x@y>: relay not permitted``"""
    before, rejected, after = line.text.partition(" rejected RCPT ")
    if not rejected:
        return
    recipient, _, words = after.partition(": ")
    book.trace.tell(
        AclChecked,
        host=host,
        recipient=recipient.strip("<>"),
        leg="take",
        client=book.around.name_of(before.partition("[")[2].partition("]")[0]),
        sender=before.partition(" F=<")[2].partition(">")[0],
        accepted=False,
        rule="",
        reasons=(words or "its log gives no reason",),
        reply=words,
    )
