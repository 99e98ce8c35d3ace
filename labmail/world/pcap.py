"""Packets as they would look on a cable: the headers around what the lab's hosts say.

The lab carries bytes, not packets. For Wireshark each chunk is dressed as it would have been: TCP
or UDP with ports and checksum, IP with the lab's addresses, Ethernet with made-up cards; and the
file is the one that every tool reads, with the lab's own time::

    pcap record │ Ethernet │ IPv4 or IPv6 │ TCP or UDP │ what was said
    16 octets     14         20 or 40       20.. or 8

Law: RFC 9293 §3.1 (TCP), RFC 768 (UDP), RFC 791 §3.1 (IPv4), RFC 8200 §3 (IPv6), RFC 1071 (the
checksum). Try: ``tcp(("10.1.0.1", 49152), ("10.1.0.2", 25), seq=1, ack=1, flags=ACK)``.
"""

from __future__ import annotations

import struct
from ipaddress import IPv4Address, IPv6Address, ip_address

from .link import Endpoint

FIN, SYN, RST, PSH, ACK = 0x01, 0x02, 0x04, 0x08, 0x10
TCP, UDP = 6, 17
WINDOW = 0xFFFF
SCALE = 14
"""The window is given in units of 2 to this power, so that it is never full (RFC 7323 §2)."""
MSS = 1460
"""Octets of data in one TCP segment over Ethernet (RFC 9293 §3.7.1)."""
HELLO = struct.pack("!BBH BBB B", 2, 4, MSS, 3, 3, SCALE, 1)
"""Options of a SYN: the largest segment, the window's scale, and a filler."""

FILE_HEADER = struct.pack("!IHHiIII", 0xA1B2C3D4, 2, 4, 0, 0, 262_144, 1)
"""The head of a pcap file: version 2.4, microseconds, Ethernet."""


def record(time: float, frame: bytes) -> bytes:
    """A frame with its time (POSIX seconds), as a pcap file holds it."""
    seconds, micro = divmod(round(time * 1_000_000), 1_000_000)
    return struct.pack("!IIII", seconds, micro, len(frame), len(frame)) + frame


def tcp(
    source: Endpoint,
    target: Endpoint,
    *,
    seq: int,
    ack: int,
    flags: int,
    data: bytes = b"",
    number: int = 0,
) -> bytes:
    """A frame with one TCP segment. ``number`` is the identification of its IPv4 packet."""
    options = HELLO if flags & SYN else b""
    offset = (20 + len(options)) // 4 << 4
    words = source[1], target[1], seq % 2**32, ack % 2**32, offset, flags, WINDOW, 0, 0
    segment = struct.pack("!HHIIBBHHH", *words) + options + data
    return _frame(source[0], target[0], TCP, segment, 16, number)


def udp(source: Endpoint, target: Endpoint, data: bytes, *, number: int = 0) -> bytes:
    """A frame with one UDP datagram."""
    segment = struct.pack("!HHHH", source[1], target[1], 8 + len(data), 0) + data
    return _frame(source[0], target[0], UDP, segment, 6, number)


def _frame(source: str, target: str, protocol: int, segment: bytes, at: int, number: int) -> bytes:
    """Wraps a segment, whose checksum belongs at octet ``at``, in IP and Ethernet."""
    one, other = _family(source, target)
    pseudo = one.packed + other.packed + struct.pack("!II", len(segment), protocol)
    checksum = _checksum(pseudo + segment) or (0xFFFF if protocol == UDP else 0)
    segment = segment[:at] + struct.pack("!H", checksum) + segment[at + 2 :]
    if one.version == 4:
        packet, kind = _ipv4(one.packed, other.packed, protocol, len(segment), number), 0x0800
    else:
        head = struct.pack("!IHBB", 6 << 28, len(segment), protocol, 64)
        packet, kind = head + one.packed + other.packed, 0x86DD
    return _card(other.packed) + _card(one.packed) + struct.pack("!H", kind) + packet + segment


def _family(one: str, other: str) -> tuple[IPv4Address | IPv6Address, IPv4Address | IPv6Address]:
    """Two addresses of one family: an IPv4 address may have to be written as IPv6 (RFC 4291)."""
    pair = ip_address(one), ip_address(other)
    if pair[0].version == pair[1].version:
        return pair
    first, second = (IPv6Address(f"::ffff:{a}") if a.version == 4 else a for a in pair)
    return first, second


def _ipv4(source: bytes, target: bytes, protocol: int, size: int, number: int) -> bytes:
    words = 0x45, 0, 20 + size, number % 2**16, 0x4000, 64, protocol
    head = struct.pack("!BBHHHBB", *words)
    checksum = _checksum(head + b"\0\0" + source + target)
    return head + struct.pack("!H", checksum) + source + target


def _card(address: bytes) -> bytes:
    """The hardware address of a host: 02 (locally administered, RFC 9542 §2.1) and its address."""
    return b"\x02\x00" + address[-4:]


def _checksum(data: bytes) -> int:
    """The Internet checksum: ones' complement of the ones' complement sum (RFC 1071)."""
    if len(data) % 2:
        data += b"\0"
    total = sum(struct.unpack(f"!{len(data) // 2}H", data))
    while total > 0xFFFF:
        total = (total & 0xFFFF) + (total >> 16)
    return total ^ 0xFFFF
