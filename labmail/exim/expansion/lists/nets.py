"""Addresses of hosts and nets, as items of a list.

    10.0.0.1            one address
    10.0.0.0/8          a net: the first eight bits count
    2001:db8::/32       the same for IPv6

A host that comes over IPv4 to a socket of IPv6 has an address such as ``::ffff:10.0.0.1``; it
counts as 10.0.0.1. A mask beyond the length of an address is its length; an empty one is zero.

Law: Exim specification, §10.12.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import NamedTuple

from labmail.exim.expansion.operators.ip import ip_octets

_MASK = re.compile(r"[ \t\n\r\v\f]*\+?([0-9]+)|")
_MAPPED = bytes(10) + b"\xff\xff"


class Net(NamedTuple):
    """A net: an address, and how many bits of it count."""

    octets: bytes
    bits: int

    def holds(self, host: bytes) -> bool:
        """Is a host in the net? Of the other family it is not."""
        if len(host) != len(self.octets):
            return False
        spare = 8 * len(host) - min(self.bits, 8 * len(host))
        mine, theirs = (int.from_bytes(octets, "big") for octets in (self.octets, host))
        return mine >> spare == theirs >> spare


@lru_cache(maxsize=1024)
def net(text: str) -> Net | None:
    """A net from its text; None if it is none.

    >>> net("10.0.0.0/8").bits, net("10.0.0.1").bits, net("10.0/8"), net("10.0.0.1/x")
    (8, 32, None, None)
    """
    address, slash, mask = text.partition("/")
    octets = ip_octets(address)
    if octets is None:
        return None
    if not slash:
        return Net(octets, 8 * len(octets))
    found = _MASK.fullmatch(mask)
    if not found or "%" in address:
        return None
    return Net(octets, int((found[1] or "0")[-64:]) % 2**32)


def host(text: str) -> bytes | None:
    """The octets of a host's address; IPv4 in the clothes of IPv6 comes out as IPv4."""
    octets = ip_octets(text)
    return octets[12:] if octets and octets[:12] == _MAPPED else octets


def key(octets: bytes, bits: int, between: str) -> str:
    """A host or, with ``bits`` from 0 on, its net, as a key of a file: ``net24-lsearch;…``.

    >>> key(bytes([10, 1, 2, 3]), 24, "."), key(bytes(15) + bytes([1]), -1, ".")
    ('10.1.2.0/24', '0000.0000.0000.0000.0000.0000.0000.0001')
    """
    size = 8 * len(octets)
    spare = size - min(bits, size) if bits >= 0 else 0
    kept = (int.from_bytes(octets, "big") >> spare << spare).to_bytes(len(octets), "big")
    text = ".".join(map(str, kept)) if len(kept) == 4 else kept.hex(between, 2)
    return text if bits < 0 else f"{text}/{bits}"
