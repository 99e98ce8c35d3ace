"""By name: the addresses of a host as the system knows it, from /etc/hosts and then the DNS.

Law: Exim specification, chapter 20 (manualroute, ``byname``); gethostbyname(3), inet_aton(3).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from labmail.exim.errors import Deferred
from labmail.exim.expansion.operators.ip import ip_octets

from ..host import Host
from .found import AGAIN, FAILED, Finding, Manner, ignored, only_ipv4
from .here import without_this_host

if TYPE_CHECKING:
    from ..desk import Desk


async def by_name(desk: Desk, host: Host, manner: Manner) -> Finding:
    """The addresses of a name as the system knows it: /etc/hosts, then the DNS; or an address."""
    if ip_octets(host.name):
        found = [host.at(host.name, host.name)]
        if ":" in host.name and await only_ipv4(desk, host.name, Manner()):
            return Finding(FAILED, [host])
    else:
        found, again = await _by_system(desk, host)
        if not found:
            return Finding(AGAIN if again else FAILED, [host])
    kept = [
        one for one in found if not await ignored(desk, one.address or "", one.name, manner.ignore)
    ]
    if not kept:
        return Finding(FAILED, [host])
    status, hosts, removed = await without_this_host(desk, kept)
    return Finding(status, hosts, host.name, removed)


def as_number(name: str) -> str | None:
    """An IPv4 address in one of the ways that the C library reads one: 587 is 0.0.2.75.

    >>> as_number("587"), as_number("1.2"), as_number("mail.ask.com")
    ('0.0.2.75', '1.0.0.2', None)
    """
    parts = name.split(".")
    if len(parts) > 4 or not all(part.isdecimal() and part.isascii() for part in parts):
        return None
    try:
        *first, last = [int(part, 8 if part[0] == "0" else 10) for part in parts]
    except ValueError:  # 08 is no number in eights
        return None
    room = 4 - len(first)
    if any(number > 255 for number in first) or last >= 256**room:
        return None
    return ".".join(map(str, [*first, *last.to_bytes(room, "big")]))


async def _by_system(desk: Desk, host: Host) -> tuple[list[Host], bool]:
    from ipaddress import ip_address

    from labmail.exim.expansion.lists.asking import addresses
    from labmail.exim.expansion.lists.match import Unknown

    number = as_number(host.name)
    if number is not None:
        return [host.at(host.name, number)], False
    try:
        octets = await addresses(host.name, desk.context)
    except Unknown:
        return [], False
    except Deferred:
        return [], True
    ipv4 = await only_ipv4(desk, host.name, Manner())
    wanted = sorted((one for one in octets if len(one) == 4 or not ipv4), key=len, reverse=True)
    return [host.at(host.name, str(ip_address(one))) for one in wanted], False
