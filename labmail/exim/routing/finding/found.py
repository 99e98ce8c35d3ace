"""What is asked for when the addresses of a host are looked for, and what came of it.

Law: Exim specification, chapter 14 (`dns_ipv4_lookup`, `disable_ipv6`), chapter 15
(`ignore_target_hosts`).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from labmail.exim.errors import Deferred
from labmail.exim.expansion.lists import match_domain, match_host
from labmail.exim.text import Text

from ..host import Host

if TYPE_CHECKING:
    from ..desk import Desk

FOUND, LOCAL, FAILED, AGAIN = "found", "local", "failed", "again"
IGNORED = "ignored"
INSECURE = "insecure"
"""There is an answer, but nobody vouches for it, and somebody has to (`dnssec_require_domains`)."""


class Manner(NamedTuple):
    """What is asked for."""

    srv: str | None = None
    mx: bool = False
    addresses: bool = True
    """Without MX records, does the name's own address count?"""
    ipv4_only: bool = False
    ipv4_first: bool = False
    ignore: str | None = None
    """`ignore_target_hosts`: addresses that count as not there."""
    srv_fail_domains: str | None = None
    mx_fail_domains: str | None = None
    secure: bool = False
    """Only answers for which the name server vouches count (RFC 4035 §3.2.3)."""


class Finding(NamedTuple):
    """What came of it. ``name`` is the full name that the DNS has for the one that was asked;
    ``removed``: this host was among the hosts."""

    status: str
    hosts: list[Host]
    name: str = ""
    removed: bool = False
    nothing: bool = False
    """The domain says by its records that it takes no mail."""
    to_number: bool = False
    """A record names an address, where a name should stand."""
    records: bool = False
    """There were MX or SRV records."""
    strange: bool = False
    """The name does not look like one, so nobody was asked."""
    passed_over: tuple[str, ...] = ()
    """Addresses that `ignore_target_hosts` leaves out."""

    @property
    def against(self) -> str:
        """What the router has against some of the addresses, as a sentence; "" if nothing."""
        numbers = ", ".join(self.passed_over)
        return f"ignore_target_hosts passes over {numbers}" if numbers else ""


async def ignored(desk: Desk, address: str, name: str, listed: str | None) -> bool:
    """Is the address in `ignore_target_hosts`?"""
    if listed is None:
        return False
    try:
        found = await match_host(
            desk.context, Text(name, True), Text(address), Text(listed), expand=True
        )
    except Deferred as later:
        unreadable(desk, later)
        return False
    if found and desk.about is not None:
        option = "ignore_target_hosts"
        why = f"{found.why}: it counts as not there"
        desk.remark(desk.about.router, f"is {address} in `{option}`?", "yes", why, option)
    return bool(found)


async def only_ipv4(desk: Desk, name: str, manner: Manner) -> bool:
    settings = desk.context.settings
    if manner.ipv4_only or settings.get("disable_ipv6"):
        return True
    listed = settings.get("dns_ipv4_lookup")
    return bool(listed) and await listed_in(desk, name, str(listed))


async def listed_in(desk: Desk, domain: str, listed: str | None) -> bool:
    """A list that cannot be read is complained about, and nobody is in it."""
    if listed is None:
        return False
    try:
        found = await match_domain(desk.context, Text(domain, True), Text(listed), expand=True)
    except Deferred as later:
        unreadable(desk, later)
        return False
    return found.matched


def unreadable(desk: Desk, later: Deferred) -> None:
    """Into the log, where it is the administrator's mistake."""
    if later.help:
        desk.log(later.help, "MAIN PANIC")
