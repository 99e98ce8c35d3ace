"""What a broken or lying name server says: changes to an answer just before it is sent.

A server that fails says SERVFAIL, whatever it is asked; a server that lies answers as if nothing
were wrong, with addresses of somebody else. The first defers mail, the second misdelivers it, and
nothing in plain DNS tells the asker that it happened::

    mail.ask.com. A?  ──▶  server ──▶ 128.10.30.2 ──▶ trouble ──▶ 192.0.2.66

Law: RFC 2308 §7.1 (server failure), RFC 3833 §2 (known threats to DNS).
Try: ``server.service.trouble = lying({"mail.ask.com": "192.0.2.66"})``.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from ipaddress import ip_address

import dns.flags
import dns.name
import dns.rrset
from dns.message import Message
from dns.name import Name
from dns.rcode import Rcode
from dns.rrset import RRset

Trouble = Callable[[Message], None]
"""Changes a reply that is about to be sent."""

TTL = 60
"""Seconds that a lie may be kept by those who are told it."""


def failing(message: Message) -> None:
    """SERVFAIL, whatever the question is."""
    message.flags &= ~dns.flags.AA
    message.answer, message.authority, message.additional = [], [], []
    message.set_rcode(Rcode.SERVFAIL)


def lying(addresses: Mapping[str, str]) -> Trouble:
    """A trouble that gives these names these addresses, IPv4 or IPv6, and leaves the rest alone.

    Raises ValueError for an address that is none, `dns.exception.DNSException` for such a name.
    """
    lies = [_lie(name, address) for name, address in addresses.items()]

    def trouble(message: Message) -> None:
        for lie in lies:
            _put(message, lie)

    return trouble


def _lie(name: str, address: str) -> RRset:
    kind = "AAAA" if ip_address(address).version == 6 else "A"
    return dns.rrset.from_text(dns.name.from_text(name), TTL, "IN", kind, address)


def _put(message: Message, lie: RRset) -> None:
    """Replaces what a reply says of the name of a lie, and answers the question for it."""
    if any(_same(asked, lie) for asked in message.question):
        message.answer, message.authority = [lie], []
        message.set_rcode(Rcode.NOERROR)
    for section in (message.answer, message.additional):
        section[:] = [lie if _same(rrset, lie) else rrset for rrset in section]


def _same(rrset: RRset, lie: RRset) -> bool:
    name: Name = lie.name
    return rrset.name == name and rrset.rdtype == lie.rdtype
