"""Who exists on the lab's network, who is switched off, and who refuses.

Only addresses that were listed exist. A host that is *down* says nothing, whatever is sent to it; a
port that is *refused* answers at once that nobody is there. The difference is what a mail system
lives by: it waits minutes for the first and knows the second in a moment.

Try: ``network.down("128.10.30.2")``, send a letter, and look at the queue.
"""

from __future__ import annotations

import errno
import ipaddress
from functools import lru_cache

from .link import Endpoint


class Hosts:
    """The listed addresses and their faults. `changed` is called when a fault comes or goes."""

    def __init__(self) -> None:
        self._hosts: set[str] = set()
        self._down: set[str] = set()
        self._refused: set[Endpoint] = set()

    def changed(self) -> None:
        """A fault has come or gone."""

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

    # -- faults

    def down(self, address: str) -> None:
        """Switches a host off: datagrams to it or from it are lost, connections stand still."""
        self._down.add(self.listed(address))
        self.changed()

    def up(self, address: str) -> None:
        """Switches it on again; what TCP still held for it arrives now."""
        self._down.discard(self.listed(address))
        self.changed()

    def refuse(self, address: str, port: int) -> None:
        """Lets a host refuse new connections to a port, as if nothing listened there."""
        self._refused.add((self.listed(address), port))
        self.changed()

    def allow(self, address: str, port: int) -> None:
        """Takes `refuse` back."""
        self._refused.discard((self.listed(address), port))
        self.changed()

    def is_down(self, *addresses: str) -> bool:
        """Whether one of these hosts is switched off."""
        return not self._down.isdisjoint(addresses)

    def is_refused(self, address: str, port: int) -> bool:
        return (address, port) in self._refused


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
