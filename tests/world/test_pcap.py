"""Packets, octet by octet, against the RFCs."""

import struct

from labmail.world import pcap

A, B = ("128.10.12.4", 49152), ("128.10.30.2", 25)
A6, B6 = ("2001:db8::1", 49152), ("2001:db8::2", 53)


def total(data):
    """The checksum over data that holds its own checksum: 0xFFFF if that is right (RFC 1071)."""
    data += b"\0" * (len(data) % 2)
    value = sum(struct.unpack(f"!{len(data) // 2}H", data))
    while value > 0xFFFF:
        value = (value & 0xFFFF) + (value >> 16)
    return value


def test_a_segment_over_ipv4():
    frame = pcap.tcp(A, B, seq=1000, ack=2000, flags=pcap.ACK | pcap.PSH, data=b"EHLO", number=7)
    assert frame[:14].hex() == "0200800a1e02" + "0200800a0c04" + "0800"
    head, segment = frame[14:34], frame[34:]
    assert (head[0], head[9], head[12:20]) == (0x45, 6, bytes([128, 10, 12, 4, 128, 10, 30, 2]))
    assert struct.unpack("!HH", head[2:6]) == (len(frame) - 14, 7)
    assert total(head) == 0xFFFF
    assert struct.unpack("!HHII", segment[:12]) == (49152, 25, 1000, 2000)
    assert segment[12:14] == bytes([5 << 4, 0x18]) and segment[20:] == b"EHLO"
    assert total(head[12:20] + struct.pack("!HH", 6, len(segment)) + segment) == 0xFFFF


def test_numbers_go_round_after_four_gigabytes():
    frame = pcap.tcp(A, B, seq=2**32 + 5, ack=2**33 + 6, flags=pcap.ACK, number=2**16 + 1)
    assert struct.unpack("!II", frame[38:46]) == (5, 6)
    assert frame[18:20] == b"\0\1"


def test_a_syn_says_how_large_a_segment_may_be():
    frame = pcap.tcp(A, B, seq=0, ack=0, flags=pcap.SYN)
    assert frame[46] >> 4 == 7
    assert frame[54:].hex() == "020405b4" + "03030e" + "01"


def test_a_datagram_over_ipv6_of_odd_length():
    frame = pcap.udp(A6, B6, b"odd")
    assert frame[12:14] == b"\x86\xdd"
    head, segment = frame[14:54], frame[54:]
    assert (head[0] >> 4, head[6], struct.unpack("!H", head[4:6])) == (6, 17, (11,))
    assert struct.unpack("!HHH", segment[:6]) == (49152, 53, 11)
    assert total(head[8:40] + struct.pack("!II", 11, 17) + segment) == 0xFFFF


def test_one_address_of_each_family():
    frame = pcap.udp(A, B6, b"")
    assert frame[22:38].hex() == "0" * 20 + "ffff" + "800a0c04"


def test_a_record_has_the_time_to_the_microsecond():
    record = pcap.record(1772442000.25, b"abc")
    assert struct.unpack("!IIII", record[:16]) == (1772442000, 250_000, 3, 3)
    assert pcap.FILE_HEADER[:4].hex() == "a1b2c3d4" and len(pcap.FILE_HEADER) == 24
