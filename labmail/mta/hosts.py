"""A host that a transport may try: name, address, and its preference if an MX record said one.

Try: ``str(Host("mail.ask.com", "128.10.30.2", 10))``.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from labmail.exim.routing.address import Address


@dataclass(frozen=True, slots=True)
class Host:
    """Where a letter can be taken next."""

    name: str
    address: str
    preference: int | None = None
    port: int | None = None

    def __str__(self) -> str:
        """As ``exim -bt`` shows it: ``mail.ask.com [128.10.30.2] MX=10``."""
        port = f":{self.port}" if self.port else ""
        preference = "" if self.preference is None else f" MX={self.preference}"
        return f"{self.name} [{self.address}]{port}{preference}"


def hosts_of(address: Address) -> tuple[Host, ...]:
    """The hosts that a router found for an address, in the order in which they are tried."""
    return tuple(
        Host(each.name, each.address, each.mx, each.port) for each in address.hosts if each.address
    )
