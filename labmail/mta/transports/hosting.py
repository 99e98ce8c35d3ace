"""Which hosts an smtp transport calls, and how: what its options say, host by host.

    the router's hosts         unless there are none, or hosts_override is set
    hosts = a : b : +c         then these; their addresses are asked for here
    fallback_hosts = d         and these when nobody else would take it

Law: Exim specification, §30.3 and §30.4 (hosts, fallback_hosts, port, protocol, hosts_… options).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from labmail.exim.config.split import split
from labmail.exim.expansion.operators.ip import ip_octets
from labmail.exim.routing import Desk
from labmail.exim.routing.finding import AGAIN, FOUND, LOCAL, Finding, Manner, by_dns, by_name
from labmail.exim.routing.host import Host as Named
from labmail.exim.routing.hostlist import build
from labmail.message.outcome import Deferred

from ..hosts import Host
from ..told import words
from .asking import GENERAL, Asked, Hindered, hinder
from .calling import Call, Tls
from .demanding import secrecy_for

if TYPE_CHECKING:
    from .base import Assigned, Hands

PORTS = {"smtp": 25, "smtps": 465, "submission": 587, "submissions": 465, "lmtp": 24}
UNKNOWN_HOST = -32


async def hosts_for(asked: Asked, batch: Sequence[Assigned], hands: Hands) -> list[Host]:
    """The hosts to try, in order. Raises `Hindered` where there is none."""
    given = list(batch[0].hosts)
    named = asked["hosts"]
    name = asked.block.name
    if named and (asked["hosts_override"] or not given):
        given = await _listed(asked, hands, named)
    if not given:
        raise hinder(f"{name} transport called with no hosts set", GENERAL)
    return given


async def fallbacks(asked: Asked, batch: Sequence[Assigned], hands: Hands) -> list[Host]:
    """Those whose turn comes when all others have put it off, as the router or else the transport
    names them; none where nobody does."""
    router = batch[0].address.router
    named = router["fallback_hosts"] if router is not None else None
    if asked["hosts_override"] or not named:
        named = asked["fallback_hosts"]
    return await _listed(asked, hands, named) if named else []


async def _listed(asked: Asked, hands: Hands, named: str) -> list[Host]:
    """The hosts that an option names, with their addresses."""
    name = asked.block.name
    failing = f'failed to expand list of hosts "{named}" in {name} transport: '
    told = await asked.expanded(named, failing.__add__, GENERAL)
    if told is None or not told.text.strip():
        raise hinder(f"{name} transport called with no hosts set", GENERAL)
    chance = asked.context.chance if asked["hosts_randomize"] else None
    found: list[Host] = []
    for each in build(told.text, chance):
        found += await _located(asked, hands, each)
    if not found:
        raise Hindered(Deferred(f"all relevant hosts unknown for {name} transport", UNKNOWN_HOST))
    return found


async def _located(asked: Asked, hands: Hands, host: Named) -> list[Host]:
    """A name is one host for each of its addresses; nobody's name is skipped."""
    finding = await _find(asked, hands, host)
    if finding.status == AGAIN:
        why = f"host lookup for {host.name} did not complete (DNS timeout?)"
        raise Hindered(Deferred(why, GENERAL, code="4.4.3"))
    if finding.status == LOCAL and not asked["allow_localhost"]:
        why = f"{asked.block.name} transport found host {host.name} to be local"
        raise Hindered(Deferred(why, -50, code="4.4.6"))
    if finding.status not in (FOUND, LOCAL):
        return []
    return [
        Host(each.name, each.address, each.mx, host.port) for each in finding.hosts if each.address
    ]


async def _find(asked: Asked, hands: Hands, host: Named) -> Finding:
    desk = Desk(hands.configuration, asked.context)
    if host.name.lower().endswith("/mx"):
        host.name = host.name[:-3]
        return await by_dns(desk, host, Manner(mx=True))
    if asked["gethostbyname"] or ip_octets(host.name):
        return await by_name(desk, host, Manner())
    finding = await by_dns(desk, host, Manner())
    if finding.status in (FOUND, LOCAL, AGAIN):
        return finding
    return await by_name(desk, host, Manner())


async def call_for(asked: Asked, host: Host) -> Call:
    """How this host is to be called. Raises `Hindered`."""
    protocol = asked["protocol"].lower()
    return Call(
        transport=asked.block.name,
        port=host.port or await _port(asked, protocol),
        alone=await asked.for_host("serialize_hosts", host),
        interface=await _interface(asked, host),
        esmtp=not await asked.for_host("hosts_avoid_esmtp", host),
        lmtp=protocol == "lmtp",
        tls="at once" if protocol == "smtps" else await _tls(asked, host),
        secrecy=await secrecy_for(asked, host),
        connect_timeout=float(asked["connect_timeout"]),
        command_timeout=float(asked["command_timeout"]),
        final_timeout=float(asked["final_timeout"]),
        in_clear_after_failure=asked["tls_tempfail_tryclear"],
    )


async def _port(asked: Asked, protocol: str) -> int:
    word = await asked.words("port") or protocol
    if word.isdecimal() and 0 < int(word) < 65536:
        return int(word)
    if word in PORTS:
        return PORTS[word]
    name = asked.block.name
    raise hinder(f'TCP port "{word}" is not defined for {name} transport', GENERAL)


async def _interface(asked: Asked, host: Host) -> str:
    """The own address to call from: the first of the list that is of the host's family."""
    told = await asked.text("interface")
    family = len(ip_octets(host.address) or b"")
    for item in split(told.text) if told is not None else ():
        octets = ip_octets(item)
        if not octets:
            why = f'"{item}" is not a valid IP address for the "interface" option'
            raise hinder(f"{why} for {asked.block.name} transport", GENERAL)
        if len(octets) == family:
            return words(item)
    return ""


async def helo_for(asked: Asked) -> str:
    """The name that we give ourselves, once we know who is there. Raises `Hindered`."""
    told = await asked.expanded(asked["helo_data"], "failed to expand helo_data: ".__add__)
    return words(told.text) if told is not None else ""


async def _tls(asked: Asked, host: Host) -> Tls:
    if await asked.for_host("hosts_avoid_tls", host):
        return "never"
    return "required" if await asked.for_host("hosts_require_tls", host) else "offered"


__all__ = ["call_for", "fallbacks", "helo_for", "hosts_for"]
