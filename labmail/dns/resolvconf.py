"""``/etc/resolv.conf``: which name servers a host asks, and how patiently.

>>> parse("nameserver 128.10.12.1\\noptions timeout:2 attempts:3")
ResolvConf(servers=('128.10.12.1',), timeout=2.0, attempts=3)

Law: resolv.conf(5). Names are always asked for in full: ``search`` and ``ndots`` are for people who
type short names, not for a mail system (RFC 1123 §6.1.4.3).
"""

from __future__ import annotations

from dataclasses import dataclass
from ipaddress import ip_address

from .ask import TIMEOUT
from .lookup import ATTEMPTS

MOST_SERVERS = 3
"""Servers that are used; further ones are ignored, as the C library does."""


@dataclass(frozen=True, slots=True)
class ResolvConf:
    """Name servers in the order to ask, seconds to wait for each, rounds through all."""

    servers: tuple[str, ...] = ()
    timeout: float = TIMEOUT
    attempts: int = ATTEMPTS


def parse(text: str) -> ResolvConf:
    """Reads a resolv.conf; what makes no sense is passed over, as the C library does."""
    servers: list[str] = []
    numbers = {"timeout": int(TIMEOUT), "attempts": ATTEMPTS}
    for line in text.splitlines():
        keyword, *values = line.partition("#")[0].partition(";")[0].split() or [""]
        if keyword == "nameserver" and values and _is_address(values[0]):
            servers.append(values[0])
        for option in values if keyword == "options" else ():
            name, _, number = option.partition(":")
            if name in numbers and number.isdecimal() and 0 < int(number[:9]) <= 30:
                numbers[name] = int(number)
    return ResolvConf(tuple(servers[:MOST_SERVERS]), float(numbers["timeout"]), numbers["attempts"])


def _is_address(text: str) -> bool:
    try:
        ip_address(text)
    except ValueError:
        return False
    return True
