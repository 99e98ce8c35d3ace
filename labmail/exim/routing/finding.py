"""Finding the addresses of hosts: by MX and SRV records, by address records, by name.

    ask.com ── MX ──▶ 10 mail.ask.com ── AAAA, A ──▶ 2001:db8::1, 192.0.2.1
                      20 backup.ask.com ───────────▶ 192.0.2.2

Hosts are put in the order in which they are tried: by preference, IPv6 before IPv4. If this host is
among them, it and all that are no better than it are left out: mail must come closer with each hop.
Where it is the best itself, the router's `self` decides.

Law: Exim specification, chapters 13.8 (local host), 17 (dnslookup); RFC 5321 §5.1, RFC 2782 (SRV),
RFC 7505 (null MX).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from labmail.exim.errors import Deferred
from labmail.exim.expansion.lists import match_domain, match_host
from labmail.exim.expansion.operators.ip import ip_octets
from labmail.exim.lookups.dnsask import ask, asks_for, text_of
from labmail.exim.text import Text

from .host import Host

if TYPE_CHECKING:
    from labmail.exim.config.configuration import Block

    from .desk import Desk

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


async def by_dns(desk: Desk, host: Host, manner: Manner) -> Finding:
    """The hosts for a domain (with ``mx`` or ``srv``), or the addresses of a host."""
    if desk.watch is None or not manner.mx:
        return await _by_dns(desk, host, manner)
    desk.watch.looks_for_hosts(host.name)
    found = await _by_dns(desk, host, manner)
    await desk.watch.found_hosts(host.name, found)
    return found


async def _by_dns(desk: Desk, host: Host, manner: Manner) -> Finding:
    if manner.srv:
        name = f"_{manner.srv}._tcp.{host.name}"
        answer = await _asked(desk, name, "SRV")
        insecure = _insecure(answer, manner)
        if answer.status == "ok" and not insecure:
            return await _with_records(desk, host, answer, "SRV", manner)
        if insecure:
            desk.log(f"dnssec fail on SRV for {host.name}", "host_lookup_failed MAIN")
        if (insecure or answer.status in ("again", "fail")) and not await _listed(
            desk, host.name, manner.srv_fail_domains
        ):
            return Finding(AGAIN, [host])
    if manner.mx:
        answer = await _asked(desk, host.name, "MX")
        if answer.status == "nxdomain":
            return _failed(desk, host)
        insecure = _insecure(answer, manner)
        if answer.status == "ok" and not insecure:
            return await _with_records(desk, host, answer, "MX", manner)
        if (insecure or answer.status in ("again", "fail")) and not await _listed(
            desk, host.name, manner.mx_fail_domains
        ):
            return Finding(INSECURE if insecure else AGAIN, [host])
        if not manner.addresses:
            return _failed(desk, host)
    status, hosts = await _addresses(desk, host, manner)
    if status in (FAILED, IGNORED):
        return _failed(desk, host)
    if status != FOUND:
        return Finding(status, [host])
    status, kept, removed = await without_this_host(desk, hosts)
    return Finding(status, kept, hosts[0].name, removed)


def _failed(desk: Desk, host: Host) -> Finding:
    return Finding(FAILED, [host], strange=not asks_for(desk.context.searches, host.name, "A"))


def _insecure(answer: Any, manner: Manner) -> bool:
    return manner.secure and answer.status == "ok" and not answer.authenticated


async def must_be_secure(desk: Desk, router: Block, name: str) -> bool:
    """Is this name in `dnssec_require_domains`?"""
    return await _listed(desk, name, router["dnssec_require_domains"])


async def _asked(desk: Desk, name: str, rdtype: str) -> Any:
    answer = await ask(desk.context.searches, name, rdtype)
    if answer.status == "again":
        listed = desk.context.settings.get("dns_again_means_nonexist")
        if listed and await _listed(desk, name, str(listed)):
            answer = answer._replace(status="nodata")
    if desk.thorough and desk.steps is not None:
        _note(desk, name, rdtype, answer)
    return answer


SILENCE = {
    "nxdomain": "there is no such name",
    "nodata": "the name has none",
    "again": "no name server answers",
    "fail": "the name server refuses",
}


def _note(desk: Desk, name: str, rdtype: str, answer: Any) -> None:
    """A question to the DNS and its answer, for whoever wants to know. That a host has no IPv6 is
    no news."""
    if desk.about is None or (rdtype == "AAAA" and answer.status != "ok"):
        return
    found = ", ".join(str(record.rdata).rstrip(".") for record in answer.of(rdtype))
    told, why = (found, "") if answer.status == "ok" else ("none", SILENCE[answer.status])
    desk.note(desk.about.router, f"what is the {rdtype} record of {name}?", told, why)


async def _listed(desk: Desk, domain: str, listed: str | None) -> bool:
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


async def _with_records(
    desk: Desk, asked: Host, answer: Any, rdtype: str, manner: Manner
) -> Finding:
    """Hosts named by MX or SRV records, with their addresses."""
    named = _named(answer.of(rdtype), rdtype)
    to_number = bool(desk.context.settings.get("allow_mx_to_ip"))
    worst, hosts = FAILED, []
    for host in named:
        if to_number and ip_octets(host.name):
            status, found = FOUND, [host.at(host.name, host.name)]
        else:
            status, found = await _addresses(desk, host, manner)
        if status == IGNORED:
            continue
        if status != FOUND:
            host.usable, found = False, [host]
            worst = status if status in (AGAIN, INSECURE) else worst
        hosts += found
    hosts = _ordered(hosts, manner.ipv4_first)
    status, kept, removed = await without_this_host(desk, hosts)
    numbers = not to_number and any(ip_octets(host.name) for host in named)
    if status == FAILED:
        status = worst
    strange = any(not asks_for(desk.context.searches, host.name, "A") for host in named)
    nothing, left = not named[0].name, kept or [named[0]]
    return Finding(status, left, asked.name, removed, nothing, numbers, True, strange)


def _named(records: Any, rdtype: str) -> list[Host]:
    """The hosts in the order of preference; a host that is named twice counts once."""
    hosts: dict[str, Host] = {}
    if rdtype == "MX":
        rows = [(record.rdata.preference, 0, record.rdata.exchange, None) for record in records]
    else:
        rows = [
            (record.rdata.priority, -record.rdata.weight, record.rdata.target, record.rdata.port)
            for record in records
        ]
    for preference, _, target, port in sorted(rows, key=lambda row: row[:2]):
        name = text_of(target)
        hosts.setdefault(name.lower(), Host(name, mx=preference, port=port))
    return list(hosts.values())


async def _addresses(desk: Desk, host: Host, manner: Manner) -> tuple[str, list[Host]]:
    """A host's addresses, a `Host` for each. The name becomes the one that the DNS has for it."""
    kinds = ["A"] if await _only_ipv4(desk, host.name, manner) else ["AAAA", "A"]
    if manner.ipv4_first:
        kinds.reverse()
    hosts: list[Host] = []
    again = passed_over = False
    for kind in kinds:
        answer = await _asked(desk, host.name, kind)
        again = again or answer.status in ("again", "fail")
        if answer.status != "ok":
            continue
        if _insecure(answer, manner):
            return INSECURE, []
        for record in answer.of(kind):
            if await ignored(desk, str(record.rdata.address), host.name, manner.ignore):
                passed_over = True
            elif all(other.address != str(record.rdata.address) for other in hosts):
                owner = record.owner.rstrip(".")
                name = host.name if owner.lower() == host.name.lower() else owner
                hosts.append(host.at(name, str(record.rdata.address)))
    if hosts:
        return FOUND, hosts
    return (AGAIN if again else IGNORED if passed_over else FAILED), []


async def _only_ipv4(desk: Desk, name: str, manner: Manner) -> bool:
    settings = desk.context.settings
    if manner.ipv4_only or settings.get("disable_ipv6"):
        return True
    listed = settings.get("dns_ipv4_lookup")
    return bool(listed) and await _listed(desk, name, str(listed))


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


def _ordered(hosts: list[Host], ipv4_first: bool) -> list[Host]:
    """By preference; of the same preference IPv6 goes first, or IPv4. Each address once."""
    hosts = sorted(
        hosts,
        key=lambda host: (host.mx or 0, bool(host.address and ":" in host.address) == ipv4_first),
    )
    seen: set[tuple[str, int | None]] = set()
    kept = []
    for host in hosts:
        if host.address is None or (host.address, host.port) not in seen:
            kept.append(host)
            seen.add((host.address or "", host.port))
    return kept


async def by_name(desk: Desk, host: Host, manner: Manner) -> Finding:
    """The addresses of a name as the system knows it: /etc/hosts, then the DNS; or an address."""
    if ip_octets(host.name):
        found = [host.at(host.name, host.name)]
        if ":" in host.name and await _only_ipv4(desk, host.name, Manner()):
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
    ipv4 = await _only_ipv4(desk, host.name, Manner())
    wanted = sorted((one for one in octets if len(one) == 4 or not ipv4), key=len, reverse=True)
    return [host.at(host.name, str(ip_address(one))) for one in wanted], False


async def without_this_host(desk: Desk, hosts: list[Host]) -> tuple[str, list[Host], bool]:
    """Leave out this host, and all that are no better: the status, the rest, was it among them."""
    from labmail.exim.expansion.lists.interfaces import own_addresses

    listed = desk.context.settings.get("hosts_treat_as_local")
    own = set(own_addresses(desk.context)) | {"0.0.0.0"}
    status, better = FAILED, 0
    for place, host in enumerate(hosts):
        if (host.address in own) or (listed and await _listed(desk, host.name, str(listed))):
            if not better:
                return LOCAL, hosts, False
            return status, hosts[:better], True
        if host.address is not None:
            status = FOUND
        if place + 1 == len(hosts) or hosts[place + 1].mx != host.mx:
            better = place + 1
    return status, hosts, False
