"""By the DNS: the hosts of a domain by MX or SRV records, the addresses of a host by AAAA and A.

Hosts are put in the order in which they are tried: by preference, IPv6 before IPv4. A domain that
has no such records may be a host itself.

Law: Exim specification, chapter 17 (dnslookup); RFC 5321 §5.1, RFC 2782 (SRV), RFC 7505 (null MX).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from labmail.exim.expansion.operators.ip import ip_octets
from labmail.exim.lookups.dnsask import ask, asks_for, text_of

from ..host import Host
from .found import (
    AGAIN,
    FAILED,
    FOUND,
    IGNORED,
    INSECURE,
    Finding,
    Manner,
    ignored,
    listed_in,
    only_ipv4,
)
from .here import without_this_host

if TYPE_CHECKING:
    from labmail.exim.config.configuration import Block

    from ..desk import Desk


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
        if (insecure or answer.status in ("again", "fail")) and not await listed_in(
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
        if (insecure or answer.status in ("again", "fail")) and not await listed_in(
            desk, host.name, manner.mx_fail_domains
        ):
            return Finding(INSECURE if insecure else AGAIN, [host])
        if not manner.addresses:
            return _failed(desk, host)
    status, hosts = await _addresses(desk, host, manner)
    if status in (FAILED, IGNORED):
        return _failed(desk, host)._replace(passed_over=_numbers(hosts))
    if status != FOUND:
        return Finding(status, [host])
    status, kept, removed = await without_this_host(desk, hosts)
    return Finding(status, kept, hosts[0].name, removed)


def _failed(desk: Desk, host: Host) -> Finding:
    return Finding(FAILED, [host], strange=not asks_for(desk.context.searches, host.name, "A"))


def _numbers(hosts: list[Host]) -> tuple[str, ...]:
    return tuple(host.address or "" for host in hosts)


def _insecure(answer: Any, manner: Manner) -> bool:
    return manner.secure and answer.status == "ok" and not answer.authenticated


async def must_be_secure(desk: Desk, router: Block, name: str) -> bool:
    """Is this name in `dnssec_require_domains`?"""
    return await listed_in(desk, name, router["dnssec_require_domains"])


async def _asked(desk: Desk, name: str, rdtype: str) -> Any:
    answer = await ask(desk.context.searches, name, rdtype)
    if answer.status == "again":
        listed = desk.context.settings.get("dns_again_means_nonexist")
        if listed and await listed_in(desk, name, str(listed)):
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


async def _with_records(
    desk: Desk, asked: Host, answer: Any, rdtype: str, manner: Manner
) -> Finding:
    """Hosts named by MX or SRV records, with their addresses."""
    named = _named(answer.of(rdtype), rdtype)
    to_number = bool(desk.context.settings.get("allow_mx_to_ip"))
    worst = FAILED
    hosts: list[Host] = []
    over: list[Host] = []
    for host in named:
        if to_number and ip_octets(host.name):
            status, found = FOUND, [host.at(host.name, host.name)]
        else:
            status, found = await _addresses(desk, host, manner)
        if status == IGNORED:
            over += found
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
    passed_over = _numbers(over)
    return Finding(status, left, asked.name, removed, nothing, numbers, True, strange, passed_over)


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
    """A host's addresses, a `Host` for each; where it has none but those that are passed over,
    these. The name becomes the one that the DNS has for it. If there is none to go to, the answer
    to the last question decides what that means."""
    kinds = ["A"] if await only_ipv4(desk, host.name, manner) else ["AAAA", "A"]
    hosts: list[Host] = []
    over: list[Host] = []
    again = insecure = False
    for kind in kinds:
        answer = await _asked(desk, host.name, kind)
        again = again or answer.status in ("again", "fail")
        if answer.status != "ok":
            continue
        if _insecure(answer, manner):
            insecure = True
            continue
        for record in answer.of(kind):
            number, owner = str(record.rdata.address), record.owner.rstrip(".")
            name = host.name if owner.lower() == host.name.lower() else owner
            if await ignored(desk, number, host.name, manner.ignore):
                over.append(host.at(name, number))
            elif all(other.address != number for other in hosts):
                hosts.append(host.at(name, number))
    if hosts:
        hosts.sort(key=lambda host: manner.ipv4_first and ":" in (host.address or ""))
        return FOUND, hosts
    if answer.status != "ok":
        return (AGAIN if again else FAILED), over
    return (INSECURE if insecure else IGNORED), over


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
