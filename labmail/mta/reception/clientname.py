"""The client's name: who calls, as far as the DNS can be believed.

A client says a name with HELO, and may say any. Its address is a fact. So the address is looked up
backwards (PTR), and the name that comes out forwards again (A, AAAA); only where both ends meet is
the name believed, written into ``Received`` and logged without brackets::

    128.10.12.4 ── PTR ──▶ mail.example.com ── A ──▶ 128.10.12.4      believed

Law: RFC 1912 §2.1; Exim specification, chapter 14 under ``host_lookup``.
"""

from __future__ import annotations

from ipaddress import ip_address

from labmail.dns import Resolver

MOST_NAMES = 3
"""How many names of one address are tried."""


async def confirmed_name(resolver: Resolver, address: str) -> str | None:
    """The name of the host at ``address``; None where forward and reverse DNS do not agree."""
    wanted = ip_address(address)
    reverse = await resolver.query(wanted.reverse_pointer, "PTR")
    for name in reverse.texts[:MOST_NAMES]:
        forward = await resolver.query(name.rstrip("."), "AAAA" if wanted.version == 6 else "A")
        if any(ip_address(text) == wanted for text in forward.texts):
            return name.rstrip(".")
    return None
