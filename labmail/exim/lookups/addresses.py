"""Addresses as numbers, for nets and for names in the reverse tree of the DNS.

Exim takes as an address what the system takes as one: four decimal numbers without leading zeros,
or an IPv6 address in any of its forms, with or without a scope behind ``%``.

Law: RFC 4291 §2.2, RFC 1035 §3.5 and RFC 3596 §2.5 (reverse names).

Try: ``as_net("10.0.0.0/8").holds(as_address("10.1.2.3"))``.
"""

from __future__ import annotations

import re
from typing import NamedTuple

_QUAD = re.compile(r"([0-9]{1,3})\.([0-9]{1,3})\.([0-9]{1,3})\.([0-9]{1,3})")
_MASKED = re.compile(r"([^/]*)(?:/([0-9]{0,3}))?")


class Address(NamedTuple):
    """An address as a number of so many bits."""

    number: int
    bits: int


class Net(NamedTuple):
    """The addresses that agree in their first ``mask`` bits."""

    address: Address
    mask: int

    def holds(self, address: Address) -> bool:
        """Is it in the net?"""
        free = self.address.bits - self.mask
        same_family = address.bits == self.address.bits
        return same_family and address.number >> free == self.address.number >> free


def as_address(text: str) -> Address | None:
    """The address that a text writes, None for anything else.

    >>> as_address("10.0.0.1")
    Address(number=167772161, bits=32)
    """
    quad = _QUAD.fullmatch(text)
    if quad is not None:
        octets = [int(octet) for octet in quad.groups() if octet == "0" or octet[0] != "0"]
        if len(octets) < 4 or max(octets) > 255:
            return None
        return Address(int.from_bytes(bytes(octets), "big"), 32)
    if ":" not in text:
        return None
    from ipaddress import AddressValueError, IPv6Address

    try:
        return Address(int(IPv6Address(text.partition("%")[0])), 128)
    except AddressValueError:
        return None


def as_net(text: str) -> Net | None:
    """An address with or without a mask, None for anything else."""
    masked = _MASKED.fullmatch(text)
    address = as_address(masked[1]) if masked else None
    if masked is None or address is None:
        return None
    if masked[2] is None:
        return Net(address, address.bits)
    return Net(address, min(int(masked[2] or "0"), address.bits))


def unwrapped(address: Address) -> Address:
    """The IPv4 address that an IPv6 one wraps (``::ffff:1.2.3.4``), or the address itself."""
    if address.bits == 128 and address.number >> 32 == 0xFFFF:
        return Address(address.number & 0xFFFFFFFF, 32)
    return address


def reverse_name(address: Address) -> str:
    """The name under which the DNS knows an address; Exim ends the longer kind with a dot.

    >>> reverse_name(Address(0xC0000201, 32))
    '1.2.0.192.in-addr.arpa'
    """
    octets = address.number.to_bytes(address.bits // 8, "big")
    if address.bits == 32:
        return ".".join(str(octet) for octet in reversed(octets)) + ".in-addr.arpa"
    return ".".join(reversed(octets.hex())) + ".ip6.arpa."
