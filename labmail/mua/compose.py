"""Composing: from what a person means to what travels. RFC 5322 §3.6, RFC 2045, RFC 2047.

A person says whom, what about, and what. The user agent owes the rest::

    Date:        from its clock                     exactly one (RFC 5322 §3.6.1)
    From:        who writes                         exactly one
    Message-ID:  a name that nobody else will use   §3.6.4
    Bcc:         taken off before submission        §3.6.3: its recipients are in the envelope only
    envelope     sender and recipients              beside the message, not in it
    MIME         charsets, encodings, boundaries    as plain as the content allows

``text`` and ``html`` become alternatives, the plain one first, because a reader shows the last that
it can (RFC 2046 §5.1.4); pictures that the HTML names by ``cid:`` are kept with it (RFC 2387);
attachments come last::

    multipart/mixed
    ├─ multipart/alternative
    │  ├─ text/plain
    │  └─ multipart/related
    │     ├─ text/html
    │     └─ image/png          <img src="cid:logo">
    └─ application/pdf

Try::

    >>> draft = compose("alice@example.com", "bob@ask.com", "Lunch", "Friday?", date="…",
    ...                 message_id="<1@example.com>", boundary="b")
    >>> draft.envelope
    Envelope(sender='alice@example.com', recipients=('bob@ask.com',))
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence

from labmail.message import (
    Address,
    AddressError,
    Envelope,
    Group,
    Header,
    Mailbox,
    mailboxes,
    parse_addresses,
)
from labmail.message.encoded import encode_words, needs_words
from labmail.message.field import refuse_line_ends

from .attachment import Attachment
from .entity import Entity, attachment_entity, multipart, text_entity
from .letter import Draft

People = str | Mailbox | Group | Iterable[str | Mailbox | Group]
"""Addresses as a person gives them: ``"bob@ask.com, Anna <anna@ask.com>"``, or several."""

Files = Iterable[Attachment | tuple[str, bytes]]


class ComposeError(ValueError):
    """A letter that cannot be written as asked."""


def compose(
    author: str | Mailbox,
    to: People = (),
    subject: str = "",
    text: str = "",
    *,
    html: str | None = None,
    cc: People = (),
    bcc: People = (),
    attachments: Files = (),
    fields: Mapping[str, str] | Sequence[tuple[str, str]] = (),
    date: str,
    message_id: str,
    boundary: str,
) -> Draft:
    """A draft: the envelope and the bytes of the message.

    ``fields`` are further header fields; one that is there already (``From``, ``Date``) is
    replaced. ``date`` and ``message_id`` are the values of those fields; ``boundary`` is made
    longer where it must be. Raises `ComposeError`: nobody to send to, an address that cannot be
    read, a line end in a field.
    """
    try:
        writer = people("From", author)
        named, copied, hidden = people("To", to), people("Cc", cc), people("Bcc", bcc)
        envelope = _envelope(writer, (*named, *copied, *hidden))
        header = Header().add("Date", date).add("From", written(writer))
        header = header.add("To", written(named or (Group("undisclosed-recipients", ()),)))
        header = header.add("Cc", written(copied)) if copied else header
        header = header.add("Subject", subject_value(subject)).add("Message-ID", message_id)
        header = _with_further(header, fields).add("MIME-Version", "1.0")
        content = body(text, html, attachments, boundary)
    except ComposeError:
        raise
    except ValueError as error:  # a field, a text or an attachment that cannot be written
        raise ComposeError(str(error)) from error
    whole = Header((*header.fields, *content.header.fields))
    return Draft(envelope, bytes(whole) + b"\r\n" + content.body)


def _envelope(writer: Sequence[Mailbox | Group], everybody: Sequence[Mailbox | Group]) -> Envelope:
    """From the author, to each recipient once."""
    senders, recipients = mailboxes(writer), mailboxes(everybody)
    if len(senders) != 1:
        raise ComposeError(f"From: found {len(senders)} addresses, expected one")
    if not recipients:
        raise ComposeError("nobody to send to: expected an address in to, cc or bcc")
    addresses = dict.fromkeys(str(box.address) for box in recipients)
    return Envelope(str(senders[0].address), addresses)


# -- the header ---------------------------------------------------------------------------------


def people(field: str, given: People) -> tuple[Mailbox | Group, ...]:
    """Reads addresses as a person gives them; ``field`` is named in errors."""
    items = [given] if isinstance(given, str | Mailbox | Group) else list(given)
    found: list[Mailbox | Group] = []
    for item in items:
        if not isinstance(item, str):
            found.append(item)
            continue
        refuse_line_ends(field, item)
        try:
            found += parse_addresses(item)
        except AddressError as error:
            raise ComposeError(f"{field}: {error}") from error
    return tuple(_mailable(field, item) for item in found)


def _mailable(field: str, item: Mailbox | Group) -> Mailbox | Group:
    """The same with domains in ASCII; local parts must be (else only SMTPUTF8 could carry them)."""
    if isinstance(item, Group):
        return Group(item.name, tuple(_one(field, box) for box in item.mailboxes))
    return _one(field, item)


def _one(field: str, mailbox: Mailbox) -> Mailbox:
    local, domain = mailbox.address.local, mailbox.address.domain
    if not local.isascii():
        raise ComposeError(
            f"{field}: {mailbox.address}: found {local!r} before the @, expected ASCII; other "
            "characters need SMTPUTF8 on the whole road (RFC 6531)"
        )
    try:
        domain = domain if domain.isascii() else domain.encode("idna").decode("ascii")
    except UnicodeError as error:
        raise ComposeError(f"{field}: {mailbox.address}: no domain ({error})") from error
    return Mailbox(mailbox.name, Address(local, domain))


def written(items: Sequence[Mailbox | Group]) -> str:
    """A list of addresses as it stands in a header: ASCII."""
    return ", ".join(item.encoded() for item in items)


def subject_value(subject: str) -> str:
    """What a person typed, so that it comes back the same; encoded where it must be."""
    refuse_line_ends("Subject", subject)
    long_word = any(len(word) > 900 for word in subject.split())
    if not (long_word or needs_words(subject) or re.search(r"[^\t -~]", subject)):
        return subject
    return " ".join(encode_words(subject, first=76 - len("Subject: ")))


def _with_further(header: Header, fields: Mapping[str, str] | Sequence[tuple[str, str]]) -> Header:
    pairs = fields.items() if isinstance(fields, Mapping) else fields
    for name, value in pairs:
        if name.lower() == "bcc":
            raise ComposeError("Bcc: give hidden recipients as bcc=…; the field must not travel")
        if name.lower() == "mime-version" or name.lower().startswith("content-"):
            raise ComposeError(f"{name}: is made from the content; change it in the draft's header")
        header = header.replace(name, value) if name in header else header.add(name, value)
    return header


# -- the body -----------------------------------------------------------------------------------


def body(text: str, html: str | None, attachments: Files, boundary: str) -> Entity:
    """The simplest entity that holds everything."""
    files = [file if isinstance(file, Attachment) else Attachment(*file) for file in attachments]
    pictures = [file for file in files if file.cid and html is not None]
    entity = text_entity(text)
    if html is not None:
        page = _page(html, pictures, f"{boundary}-related")
        alone = not text
        entity = page if alone else multipart("alternative", [entity, page], f"{boundary}-alt")
    others = [attachment_entity(file) for file in files if file not in pictures]
    return multipart("mixed", [entity, *others], f"{boundary}-mixed") if others else entity


def _page(html: str, pictures: Sequence[Attachment], boundary: str) -> Entity:
    page = text_entity(html, "html")
    if not pictures:
        return page
    return multipart("related", [page, *map(attachment_entity, pictures)], boundary)
