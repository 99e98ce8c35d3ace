"""A town: the hosts, people and names that a lab is made of, written down in a TOML file.

Anybody can write one; ``docs/towns.md`` tells each word of it, and the ready-made ones lie beside
this module in ``towns/``. A town says what exists; `labmail.lab.Lab` makes it run::

    [hosts."mail.example.com"]
    address  = "128.10.12.4"
    services = ["smtp", "submission", "pop3"]
    domains  = ["example.com"]

    [users."alice@example.com"]
    name = "Alice"

A mistake in the file is answered with the place, what was found, what was expected and what to do.

Try: ``load_town("two_companies").hosts``.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from ipaddress import IPv4Network, IPv6Network

SERVICES = {"smtp": 25, "submission": 587, "pop3": 110, "dns": 53}
"""What a host can offer, and the port of the lab where it is found (IANA's numbers)."""

STORES = ("maildir", "mbox")

Net = IPv4Network | IPv6Network


class TownError(ValueError):
    """A town file that cannot be used: says where, what was found and what was expected."""


@dataclass(frozen=True)
class Debian:
    """What the administrator of a host has answered Debian, as `labmail.exim.debian` has it."""

    answers: tuple[tuple[str, str], ...] = ()
    """``dc_…`` and their values; an answer that is missing follows from the plain words."""
    mailname: str = ""
    """The text of ``/etc/mailname``: the domain of people without one."""
    localmacros: str = ""
    """A text that Exim reads before everything else."""


@dataclass(frozen=True)
class HostPlan:
    """One host of a town. Addresses are the lab's; paths in ``files`` are the host's own."""

    name: str
    addresses: tuple[str, ...]
    company: str
    title: str = ""
    services: tuple[str, ...] = ()
    domains: tuple[str, ...] = ()
    """Mail domains that are delivered here."""
    relay_domains: tuple[str, ...] = ()
    """Mail domains that this host takes mail for and passes on (a backup or a gateway)."""
    relay_nets: tuple[Net, ...] = ()
    """Networks whose hosts may send mail anywhere through this one."""
    routes: tuple[tuple[str, str], ...] = ()
    """Domain and host: mail for the domain goes to that host, whatever the name server says."""
    smarthost: str | None = None
    nameservers: tuple[str, ...] = ()
    store: str = "maildir"
    message_size_limit: int = 52_428_800
    aliases: str = ""
    debian: Debian = Debian()
    files: tuple[tuple[str, str], ...] = ()

    @property
    def address(self) -> str:
        """The first address, which the host uses when it speaks first."""
        return self.addresses[0]


@dataclass(frozen=True)
class UserPlan:
    """One person: a mailbox on ``host``, a mail program at the lab address ``desk``."""

    address: str
    name: str
    login: str
    host: str
    desk: str
    store: str
    password: str | None = None


@dataclass(frozen=True)
class ZonePlan:
    """One zone and the host that answers for it; without ``text`` it is made from the hosts.

    ``secondaries`` are hosts that answer for it too, from copies that they fetch.
    """

    name: str
    server: str
    text: str | None = None
    secondaries: tuple[str, ...] = ()


@dataclass(frozen=True)
class Town:
    """Everything that a lab needs to know before it starts."""

    name: str
    title: str
    hosts: dict[str, HostPlan]
    users: dict[str, UserPlan]
    zones: dict[str, ZonePlan] = field(default_factory=dict)
    visitor: str = "192.0.2.1"
    latency: float = 0.0
    start: datetime | None = None
    seed: str = "labmail"
    programs: tuple[str, ...] = ()
    """Programs of this machine that its hosts may run, by their paths; a host's own need not be
    listed."""
    source: str = ""
    """The text of the file, so that a lab's folder knows what it was made from."""

    def host_at(self, address: str) -> HostPlan | None:
        """The host that has this lab address."""
        return next((h for h in self.hosts.values() if address in h.addresses), None)
