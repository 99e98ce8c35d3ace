"""The Received field: what each host writes on top of a letter, so that its road can be read.

The lowest is the oldest. ``from`` says who handed the letter over: the name that the client gave
itself proves nothing, so the address that it really spoke from stands beside it. ``with`` is the
protocol: *esmtp*, + *s* inside TLS, + *a* after authentication (RFC 3848)::

    Received: from mail.example.com ([128.10.12.4])
            by mail.ask.com with esmtps  (TLS1.3) tls TLS_AES_256_GCM_SHA384
            (labmail)
            (envelope-from <alice@example.com>)
            id 1vwz8C-000002-00
            for bob@ask.com;
            Mon, 02 Mar 2026 09:00:00 +0000

``for`` is written for a single recipient only: with more, it would show each of them the others,
Bcc included; nor for one beyond ASCII, since the letter may go on to a host that takes ASCII only.
The client's name stands first only where the name server confirms it, in both
directions; what a client merely said stands behind: ``from [192.0.2.1] (helo=bank.example)``.

Law: RFC 5321 §4.4, RFC 3848; Exim specification, chapter 14 under ``received_header_text``.

Try: ``received(Origin(address="128.10.12.4", helo="mail.example.com"), …)``.
"""

from __future__ import annotations

from dataclasses import dataclass

from labmail.message.dates import rfc5322_date
from labmail.message.field import Field

from ..header import own_field


@dataclass(frozen=True, slots=True, kw_only=True)
class Origin:
    """Whom a letter came from, as the receiving host saw it."""

    protocol: str = "esmtp"
    """``smtp``, ``esmtp``, ``esmtps``, ``esmtpa``, ``esmtpsa``; ``local`` for our own letters."""
    address: str | None = None
    """The client's address, ``128.10.12.4``; None for a letter that was born here."""
    port: int = 0
    helo: str | None = None
    name: str | None = None
    """The client's name, where forward and reverse DNS agree on it."""
    interface: tuple[str, int] | None = None
    """Our own address and port that it connected to."""
    tls: str | None = None
    """``TLS1.3:TLS_AES_256_GCM_SHA384:256``: version, cipher, bits."""
    user: str | None = None
    mechanism: str | None = None
    ident: str | None = None
    """The local user of a letter that was born here: ``Debian-exim``."""

    @property
    def host(self) -> str:
        """The client in a log line: ``mail.ask.com [198.51.100.3]``; not confirmed: ``(name)``."""
        if self.name and self.name.lower() != (self.helo or self.name).lower():
            return f"{self.name} ({self.helo}) [{self.address}]"
        if self.name:
            return f"{self.name} [{self.address}]"
        return f"({self.helo}) [{self.address}]" if self.helo else f"[{self.address}]"

    @property
    def from_clause(self) -> str:
        """The client in a Received field."""
        if self.name:
            same = self.name.lower() == (self.helo or self.name).lower()
            return f"{self.name} ([{self.address}]{'' if same else f' helo={self.helo}'})"
        return f"[{self.address}] (helo={self.helo})" if self.helo else f"[{self.address}]"


def protocol_name(*, esmtp: bool, tls: bool, authenticated: bool) -> str:
    """The word behind ``with`` (RFC 3848).

    >>> protocol_name(esmtp=True, tls=True, authenticated=True)
    'esmtpsa'
    """
    if not esmtp:
        return "smtps" if tls else "smtp"
    return f"esmtp{'s' * tls}{'a' * authenticated}"


def received(
    origin: Origin, *, by: str, id: str, sender: str, recipients: tuple[str, ...], when: float
) -> Field:
    """The field that host ``by`` puts on top of a letter that it took at ``when`` as ``id``."""
    opening = ""
    if origin.address:
        opening = f"from {origin.from_clause}\n\t"
    elif origin.ident:
        opening = f"from {origin.ident} "
    sure = ""
    if origin.tls:
        version, _, cipher = origin.tls.partition(":")
        sure = f"  ({version}) tls {cipher.rpartition(':')[0] or cipher}\n\t"
    parts = [f"{opening}by {by} with {origin.protocol}{sure or ' '}(labmail)"]
    if sender:
        parts.append(f"(envelope-from <{sender}>)")
    parts.append(f"id {id}")
    if len(recipients) == 1 and recipients[0].isascii():
        parts.append(f"for {recipients[0]}")
    return own_field("Received", "\n\t".join(parts) + f";\n\t{rfc5322_date(when)}", utf8=True)
