"""Who exists on the lab's network: the addresses that a town lists, and no others.

A real address that is not listed does not exist either, so that no letter of a lesson can leave the
lab. What may go wrong with those that exist is in faults.py.

Try: ``network.add_host("128.10.30.2", "2001:db8::25")``.
"""

from __future__ import annotations

import errno
import ipaddress
from functools import lru_cache


class Hosts:
    """The listed addresses."""

    def __init__(self) -> None:
        self._hosts: set[str] = set()

    def add_host(self, *addresses: str) -> None:
        """Lists addresses, IPv4 or IPv6, as existing. Raises ValueError for what is none."""
        self._hosts.update(str(ipaddress.ip_address(address)) for address in addresses)

    @property
    def hosts(self) -> frozenset[str]:
        """Every address that exists."""
        return frozenset(self._hosts)

    def exists(self, address: str) -> bool:
        return address in self._hosts

    def listed(self, address: str) -> str:
        """The address as it is listed. Raises ValueError for one that is not."""
        if (address := plain(address)) not in self._hosts:
            known = ", ".join(sorted(self._hosts)) or "none"
            raise ValueError(f"{address} is not an address of this lab; it has {known}")
        return address


def unreachable(address: str) -> OSError:
    """The error for an address that does not exist (ENETUNREACH)."""
    text = f"Network is unreachable: {address} is not an address of this lab"
    return OSError(errno.ENETUNREACH, text)


@lru_cache(4096)
def plain(address: str) -> str:
    """An address as it is listed: IPv6 has many spellings (RFC 5952). What is no address stays.

    >>> plain("2001:DB8:0:0::25")
    '2001:db8::25'
    """
    try:
        return str(ipaddress.ip_address(address))
    except ValueError:
        return address
