"""The roads of an island, in the words in which Linux is asked for them: route netlink.

An island's own addresses are on its only interface, ``lo``. Every other address of the lab is a
*local route*: the kernel takes such an address for one of its own when somebody connects to it or
binds it, but no list of interfaces names it. The difference matters to a mail transport agent,
which must not take the next host for itself::

    ip addr  add 128.10.12.4/32 dev lo                                its own address
    ip route add local 128.10.30.2 dev lo src 128.10.12.4             another host's: a pier

What has neither is unreachable.

Law: rtnetlink(7), ip-route(8) (type local).

Try: ``with Roads() as roads: roads.live_at("128.10.12.4")``, in a network namespace of its own.
"""

from __future__ import annotations

import ipaddress
import os
import socket
import struct
from typing import Self

NEW_LINK, NEW_ADDRESS, NEW_ROUTE = 16, 20, 24
ERROR = 2
REQUEST, ACKNOWLEDGE, REPLACE, CREATE = 0x1, 0x4, 0x100, 0x400
LOOPBACK = 1
"""The number of ``lo`` in every network namespace."""
UP = 1
LOCAL_TABLE, BY_HAND, HOST_SCOPE, LOCAL_ROUTE = 255, 3, 254, 2
AT_ONCE = 2
"""IFA_F_NODAD: nobody else can have this IPv6 address, so the kernel need not look."""


class Roads:
    """A conversation with the kernel about the network namespace of the caller."""

    def __init__(self) -> None:
        self._socket = socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, socket.NETLINK_ROUTE)
        self._number = 0

    def up(self) -> None:
        """Switches loopback on."""
        self._ask(NEW_LINK, struct.pack("=BxHiII", 0, 0, LOOPBACK, UP, UP), 0)

    def live_at(self, address: str) -> None:
        """An address of this island."""
        family, octets = _address(address)
        head = struct.pack("=BBBBI", family, 8 * len(octets), AT_ONCE, 0, LOOPBACK)
        self._ask(NEW_ADDRESS, head + _attribute(2, octets) + _attribute(1, octets))

    def lead_to(self, address: str, source: str | None) -> None:
        """A road to another host's address; whoever takes it comes from ``source``."""
        family, octets = _address(address)
        kind = (LOCAL_TABLE, BY_HAND, HOST_SCOPE, LOCAL_ROUTE)
        head = struct.pack("=BBBBBBBBI", family, 8 * len(octets), 0, 0, *kind, 0)
        words = head + _attribute(1, octets) + _attribute(4, struct.pack("=I", LOOPBACK))
        if source is not None:
            words += _attribute(7, _address(source)[1])
        self._ask(NEW_ROUTE, words)

    def _ask(self, what: int, words: bytes, how: int = REPLACE | CREATE) -> None:
        """Asks, and waits for the answer. Raises OSError."""
        self._number += 1
        flags = REQUEST | ACKNOWLEDGE | how
        head = struct.pack("=IHHII", 16 + len(words), what, flags, self._number, 0)
        self._socket.send(head + words)
        answer = self._socket.recv(65536)
        (kind,), (number,) = (
            struct.unpack_from("=H", answer, 4),
            struct.unpack_from("=i", answer, 16),
        )
        if kind == ERROR and number:
            raise OSError(-number, f"netlink: {os.strerror(-number)}")

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._socket.close()


def _address(text: str) -> tuple[int, bytes]:
    address = ipaddress.ip_address(text)
    family = socket.AF_INET if address.version == 4 else socket.AF_INET6
    return family, address.packed


def _attribute(kind: int, octets: bytes) -> bytes:
    """An attribute, filled up to a multiple of four octets."""
    return struct.pack("=HH", 4 + len(octets), kind) + octets + bytes(-len(octets) % 4)
