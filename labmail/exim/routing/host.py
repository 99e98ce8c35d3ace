"""A host that an address can be sent to.

Law: Exim specification, chapter 17 (MX), chapter 20 (lists of hosts).
"""

from __future__ import annotations


class Host:
    """A name, with an address once it has been found.

    ``mx`` is None where no MX record said anything, ``port`` where the transport decides.
    """

    __slots__ = ("address", "ignored", "mx", "name", "port", "usable")

    def __init__(
        self,
        name: str,
        address: str | None = None,
        *,
        mx: int | None = None,
        port: int | None = None,
    ) -> None:
        self.name = name
        self.address = address
        self.mx = mx
        self.port = port
        self.usable = True
        self.ignored = False

    def at(self, name: str, address: str) -> Host:
        """The same host under another of its addresses."""
        return Host(name, address, mx=self.mx, port=self.port)

    def __repr__(self) -> str:
        return f"Host({self.name!r}, {self.address!r}, mx={self.mx}, port={self.port})"
