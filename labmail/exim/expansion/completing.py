"""Completing a letter that is handed in on this host, by a user or a program.

    To: eve                  an address without a domain gets one:  To: eve@ask.com
    (no Date:)               what every letter needs is added:      Message-Id: From: Date:
    Return-path: <…>         what only the last mail system writes is taken away
    Bcc: joe                 with -t: read, and taken away

In a letter that somebody sends on (``Resent-To:``), the lines that begin with ``Resent-`` are the
ones that count.

Law: Exim specification, chapter 47, "Message processing"; RFC 5322 §3.6, §3.6.6.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from .addresses import BadAddress, Extracted, Groups, extract, pieces
from .dates import shown
from .message import ADDRESSES, Header, Message

WIDE = 40
"""A header line that got longer by a domain is folded behind this many characters."""

TAKEN_AWAY = ("return-path", "envelope-to", "delivery-date")
FROM_SENDER = ("from", "reply-to", "sender")


class Submitter(NamedTuple):
    """Who hands the letter in: a name for ``From:``, and the address for the envelope."""

    name: str
    address: str
    forced: bool = False
    """Whether the address was asked for (``-f``), and no line in the letter changes it."""


def complete(
    message: Message, submitter: Submitter, settings: Mapping[str, Any], hostname: str
) -> None:
    """What a letter that is handed in gets, and what it loses."""
    resent = any(header.resent for header in message.headers)
    message.headers = [
        _with_domains(header, settings, hostname)
        for header in message.headers
        if header.resent or header.kind not in TAKEN_AWAY
    ]
    prefix = "Resent-" if resent else ""
    has = {header.kind for header in message.headers if header.resent == resent}
    first: list[str] = []
    last: list[str] = []
    if "message-id" not in has:
        (first if resent else last).append(f"{prefix}Message-Id: <E{message.id}@{hostname}>\n")
    if "from" not in has and message.sender:
        last.append(f"{prefix}From: {_mailbox(message.sender, submitter)}\n")
    if "date" not in has:
        date = f"{prefix}Date: {shown('tod_full', message.received_time, _zone(settings))}\n"
        if resent:
            first.insert(0, date)
        else:
            last.append(date)
    message.headers = [*map(Header, first), *message.headers, *map(Header, last)]


def _mailbox(sender: str, submitter: Submitter) -> str:
    if not submitter.name or sender != submitter.address or submitter.forced:
        return sender
    return f"{submitter.name} <{sender}>"


def _with_domains(header: Header, settings: Mapping[str, Any], hostname: str) -> Header:
    """The line with a domain for every address that has none, folded where it grows too long."""
    if header.kind not in ADDRESSES:
        return header
    option = "qualify_domain" if header.kind in FROM_SENDER else "qualify_recipient"
    groups, done, start = Groups(), f"{header.name}:", 0
    rest = list(pieces(header.value))
    for number, piece in enumerate(rest):
        found = _address(piece, groups)
        if not found or found.domain_at:
            done += piece
        else:
            whole = qualified(found.address, settings, hostname, option)
            done += piece[: found.start] + whole + piece[found.end :]
        if number + 1 == len(rest):
            break
        done += ","
        if not found or found.domain_at:
            continue
        following = rest[number + 1].lstrip(" \t")
        done += rest[number + 1][: len(rest[number + 1]) - len(following)]
        rest[number + 1] = following
        if len(done) - start > WIDE and not following.startswith("\n"):
            start = len(done)
            done += "\n\t"
    return Header(done)


def name_recipients(message: Message) -> None:
    """Everybody in ``To:``, ``Cc:`` and ``Bcc:`` gets the letter, and nobody sees the latter."""
    resent = any(header.resent for header in message.headers)
    for header in message.headers:
        if header.kind in ("to", "cc", "bcc") and header.resent == resent:
            groups = Groups()
            for piece in pieces(header.value):
                found = _address(piece, groups)
                if found:
                    message.recipients.append(found.address)
    message.headers = [header for header in message.headers if header.kind != "bcc"]


def _address(piece: str, groups: Groups) -> Extracted | None:
    try:
        return extract(piece, groups=groups)
    except BadAddress:
        return None


def qualified(address: str, settings: Mapping[str, Any], hostname: str, option: str) -> str:
    if not address or "@" in address:
        return address
    domain = settings.get(option) or settings.get("qualify_domain") or hostname
    return f"{address}@{domain}"


def _zone(settings: Mapping[str, Any]) -> str:
    return str(settings.get("timezone") or "UTC")
