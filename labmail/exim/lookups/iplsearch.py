"""iplsearch: a text file whose keys are addresses and nets.

        10.0.0.0/8:          ours
        "2001:db8::/32":     ours as well (quoted, since a key ends at a colon)

The first entry that the address falls into answers, not the closest. A key "*" is literal, so that
a default can be asked for.

Law: Exim specification, §9.3. An IPv6 address that wraps an IPv4 one is taken as the latter; a mask
longer than the address counts as a full one; entries that are no addresses are passed over.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from labmail.exim.errors import Deferred
from labmail.exim.lookups.lines import Entry, Lines
from labmail.exim.lookups.lsearch import Lsearch, read
from labmail.exim.lookups.table import Answer, Question, Table, World

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


class Iplsearch(Lsearch):
    """A text file with addresses for keys."""

    def __init__(self, path: str, lines: Lines) -> None:
        super().__init__(path, lines)
        self.nets: list[tuple[Net, Entry]] = []
        for entry in lines.entries():
            net = as_net(entry.text)
            if net is not None:
                self.nets.append((net, entry))

    async def find(self, question: Question, world: World) -> Answer:
        """The data of the first net that holds the address. Deferred if the key is no address."""
        if question.key == "*":
            return await super().find(question, world)
        address = as_address(question.key)
        if address is None:
            raise Deferred(
                f'"{question.key}" is not a valid iplsearch key (an IP address, with optional CIDR '
                "mask, is wanted): in a host list, use net-iplsearch as the search type"
            )
        address = unwrapped(address)
        held = (entry for net, entry in self.nets if net.holds(address))
        return self.told(next(held, None), question)


def open_table(name: str, where: str, world: World) -> Table:
    """The file as a table. CannotOpen where it isn't a regular file that may be read."""
    return Iplsearch(where, Lines(read(where, world, name, "linear search")))


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
