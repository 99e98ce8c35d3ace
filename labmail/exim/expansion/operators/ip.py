"""Addresses of the network, written one way or another.

    ipv6norm     2001:db8::1                                  short, for people
    ipv6denorm   2001:0db8:0000:0000:0000:0000:0000:0001      long, for programs
    mask         10.111.131.192/28                            the net that an address lies in
    reverse_ip   4.2.0.192                                    as the DNS turns it: zones of nets

An address is read as the sockets API reads it: four decimal numbers without leading zeros, or the
forms of RFC 4291 §2.2, with a ``%zone`` after an IPv6 address.

Try::

    >>> ip_octets("::1").hex(), ip_octets("10.0.0.300")
    ('00000000000000000000000000000001', None)
"""

from __future__ import annotations

import re

from labmail.exim.errors import ExpansionFailed

from .operator import operator

_FOUR = re.compile(r"(?:(?:25[0-5]|2[0-4][0-9]|1[0-9][0-9]|[1-9]?[0-9])(?:\.(?!$)|$)){4}")
_GROUP = re.compile(r"[0-9a-fA-F]{1,4}")
_MAPPED = bytes(10) + b"\xff\xff"


@operator(fresh=True)
def ipv6norm(text: str) -> str:
    """The short form of an IPv6 address; an IPv4 one is mapped into IPv6 first.

    Where it has a ``::``, Exim's answer ends in a NUL, and what follows in the string is lost.

    >>> ipv6norm("2001:0DB8:0:0:0:0:0:1"), ipv6norm("1:2:3:4:5:6:192.0.2.4")
    ('2001:db8::1\\x00', '1:2:3:4:5:6:c000:204')
    """
    short = _short(_six(text))
    return short + "\0" if "::" in short or short == ":" else short


@operator(fresh=True)
def ipv6denorm(text: str) -> str:
    """The long form of an IPv6 address; an IPv4 one is mapped into IPv6 first.

    >>> ipv6denorm("2001:db8::1")
    '2001:0db8:0000:0000:0000:0000:0000:0001'
    """
    return _long(_six(text), ":")


@operator(fresh=True)
def mask(text: str, argument: str | None) -> str:
    """The net of so many bits that an address lies in.

    IPv6 is written with dots, since a colon would end a key in a file; ``mask_n`` writes it short.

    >>> mask("10.111.131.206/28", None), mask("2001:db8::1/32", "n")
    ('10.111.131.192/28', '2001:db8::/32')
    """
    address, bits = _with_mask(text)
    octets = ip_octets(address)
    if octets is None:
        raise ExpansionFailed(f'"{text}" is not an IP address')
    if bits is None:
        raise ExpansionFailed(f'missing mask value in "{text}"')
    if bits > len(octets) * 8:
        raise ExpansionFailed(f'mask value too big in "{text}"')
    spare = len(octets) * 8 - bits
    net = (int.from_bytes(octets, "big") >> spare << spare).to_bytes(len(octets), "big")
    if len(net) == 4:
        return f"{'.'.join(map(str, net))}/{bits}"
    short = (argument or "").startswith("n")
    return f"{_short(net) if short else _long(net, '.')}/{bits}"


@operator(fresh=True)
def reverse_ip(text: str) -> str:
    """The parts of an address, last one first: octets of IPv4, hexadecimal digits of IPv6.

    >>> reverse_ip("192.0.2.4")
    '4.2.0.192'
    """
    address = _with_mask(text)[0]
    octets = ip_octets(address)
    if octets is None:
        raise ExpansionFailed(f"reverse_ip() not given an IP address [{text}]")
    if address.startswith("::ffff:"):
        octets = _mapped(address[7:].partition("%")[0]) or octets
    parts = map(str, octets) if len(octets) == 4 else octets.hex()
    return ".".join(reversed(list(parts)))


def _mapped(rest: str) -> bytes | None:
    """What stands behind ``::ffff:``: an IPv4 address. Groups there are read as Exim reads them."""
    return ip_octets(rest.replace(":", "::", 1))


def ip_octets(text: str) -> bytes | None:
    """The 4 or 16 octets of an address, or None where it is none."""
    if ":" not in text:
        return bytes(map(int, text.split("."))) if _FOUR.fullmatch(text) else None
    address, _, zone = text.partition("%")
    return None if "/" in zone else _ipv6_octets(address)


def _ipv6_octets(text: str) -> bytes | None:
    """RFC 4291 §2.2: eight groups, ``::`` for some zeros, the last two perhaps as IPv4."""
    head, gap, tail = text.partition("::")
    left, right = _groups(head), _groups(tail)
    if "." in head and gap:
        return None
    if left is None or right is None or not (gap or head):
        return None
    missing = 16 - len(left) - len(right)
    if missing < 0 or (missing < 2 if gap else missing):
        return None
    return left + bytes(missing) + right


def _groups(text: str) -> bytes | None:
    """Groups with single colons between them, as octets."""
    if not text:
        return b""
    *groups, last = text.split(":")
    end = ip_octets(last) if "." in last else _group(last)
    octets = [_group(group) for group in groups] + [end]
    return None if None in octets else b"".join(part for part in octets if part)


def _group(text: str) -> bytes | None:
    return int(text, 16).to_bytes(2, "big") if _GROUP.fullmatch(text) else None


_MASK = re.compile(r"(?:[ \t\n\r\v\f]*\+?([0-9]+))?")


def _with_mask(text: str) -> tuple[str, int | None]:
    """An address and how many bits stand behind its slash. What is no number spoils the address."""
    address, slash, mask = text.partition("/")
    if not slash:
        return text, None
    found = _MASK.fullmatch(mask)
    if not found or "%" in address:
        return text, None
    return address, int((found[1] or "0")[-64:]) % 2**32


def _six(text: str) -> bytes:
    octets = ip_octets(text)
    if octets is None:
        raise ExpansionFailed(f'"{text}" is not an IP address')
    return octets if len(octets) == 16 else _MAPPED + octets


def _long(octets: bytes, between: str) -> str:
    return octets.hex(between, 2)


def _short(octets: bytes) -> str:
    """Without leading zeros, the first of the longest runs of zero groups as ``::``.

    Exim writes the address of all zeros as one colon.
    """
    groups = [f"{int.from_bytes(octets[at : at + 2], 'big'):x}" for at in range(0, 16, 2)]
    runs = re.finditer(r"0+", "".join("0" if group == "0" else "x" for group in groups))
    longest = max(runs, key=lambda run: run.end() - run.start(), default=None)
    if longest is None:
        return ":".join(groups)
    start, end = longest.span()
    if end - start == 8:
        return ":"
    return f"{':'.join(groups[:start])}::{':'.join(groups[end:])}"
