"""Envelope against header: who sends, who gets it, and does anybody check?

Two names for the sender and two lists of recipients travel with every letter. Mostly they say the
same; when they do not, the envelope decides and the reader does not see it. `compare` puts them
side by side and says in a sentence what a difference means.

Try::

    >>> header = Header.parse(b"From: president@whitehouse.test\\r\\nTo: bob@ask.com\\r\\n\\r\\n")
    >>> sender, recipients = compare(Envelope("alice@example.com", ["bob@ask.com"]), header)
    >>> sender.same, recipients.same
    (False, True)
"""

from __future__ import annotations

from dataclasses import dataclass

from .address import Address, AddressError, mailboxes, parse_address, parse_addresses
from .envelope import Envelope
from .header import Header
from .visible import listed

_Key = Address | str


@dataclass(frozen=True, slots=True)
class Comparison:
    """``envelope`` and ``header`` are addresses, as written; ``says`` is a sentence."""

    what: str
    envelope: tuple[str, ...]
    header: tuple[str, ...]
    same: bool
    says: str


def compare(envelope: Envelope, header: Header) -> tuple[Comparison, Comparison]:
    """The sender in both, and the recipients in both (RFC 5321 §3.3: no server compares them)."""
    return _sender(envelope, header), _recipients(envelope, header)


def _sender(envelope: Envelope, header: Header) -> Comparison:
    authors, unread = _addresses(header, ("From",))
    same = [_key(envelope.sender)] == list(authors)
    seen = listed(list(authors.values())) or "nobody"
    if unread:
        says = f"From: cannot be read: {unread}."
    elif not envelope.sender:
        says = f"The null reverse-path: no bounce can come of this letter. The reader sees {seen}."
    elif same:
        says = "As in most letters; but no server compares them."
    else:
        says = f"A bounce would go to {envelope.sender}; the reader sees {seen}."
    shown = (envelope.sender or "<>",)
    return Comparison("sender", shown, tuple(authors.values()), same, says)


def _recipients(envelope: Envelope, header: Header) -> Comparison:
    named, unread = _addresses(header, ("To", "Cc"))
    served = {_key(recipient): recipient for recipient in envelope.recipients}
    hidden = [text for key, text in served.items() if key not in named]
    idle = [text for key, text in named.items() if key not in served]
    says = []
    if unread:
        says.append(f"To: or Cc: cannot be read: {unread}.")
    if hidden:
        verb = "gets" if len(hidden) == 1 else "get"
        says.append(f"{listed(hidden)} {verb} a copy without being named, as with Bcc.")
    if idle:
        verb = "is named but gets" if len(idle) == 1 else "are named but get"
        says.append(f"{listed(idle)} {verb} no copy from this envelope.")
    if not says:
        says.append("But only the envelope decides who gets a copy.")
    same = not (unread or hidden or idle)
    return Comparison(
        "recipients", envelope.recipients, tuple(named.values()), same, " ".join(says)
    )


def _addresses(header: Header, names: tuple[str, ...]) -> tuple[dict[_Key, str], str]:
    """The addresses in these fields, and why one of them could not be read."""
    found: dict[_Key, str] = {}
    unread = ""
    for name in names:
        for field in header.every(name):
            try:
                for mailbox in mailboxes(parse_addresses(field.value)):
                    found.setdefault(mailbox.address, str(mailbox.address))
            except AddressError as error:
                unread = unread or str(error)
    return found, unread


def _key(text: str) -> _Key:
    try:
        return parse_address(text)
    except AddressError:
        return text
