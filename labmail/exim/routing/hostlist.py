"""A list of hosts that somebody wrote down, and where they are.

    mail.ask.com : 192.0.2.1 : relay.ask.com::587 : ask.com/mx : + : backup.ask.com

A port stands behind two colons (one of a doubled pair is the item's own). ``/mx`` stands for the
hosts that the DNS names. ``+`` parts groups, inside which hosts may be put in any order.

Law: Exim specification, §20.4 to §20.7.

Try: ``build("mail.ask.com::587 : 192.0.2.1")``.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, NamedTuple

from labmail.exim.config.split import split
from labmail.exim.expansion.operators.ip import ip_octets

from .finding import (
    AGAIN,
    FAILED,
    FOUND,
    INSECURE,
    LOCAL,
    Finding,
    Manner,
    by_dns,
    by_name,
    must_be_secure,
)
from .host import Host
from .outcome import Decline, Defer, Fail, Outcome, Pass, Rerouted
from .selfish import at_this_host

if TYPE_CHECKING:
    from labmail.exim.config.configuration import Block

    from .address import Address
    from .desk import Desk

PORT = r"(?s)(?:\[(?P<number>[^\]]*)\]|(?P<name>.*)):(?P<port>\d+)"


class Way(NamedTuple):
    """How the addresses are found: "byname", "bydns", or "" for one after the other."""

    by: str = ""
    ipv4_only: bool = False
    ipv4_first: bool = False


def build(listed: str, chance: Any = None) -> list[Host]:
    """The hosts of a list; with ``chance``, each group in an order of its own.

    >>> [(host.name, host.port) for host in build("a::25 : + : [192.0.2.1]::26 : b/mx")]
    [('a', 25), ('192.0.2.1', 26), ('b/mx', None)]
    """
    groups: list[list[Host]] = [[]]
    for item in split(listed):
        if item == "+":
            groups.append([])
        elif item:
            groups[-1].append(_host(item))
    return [host for group in groups for host in _shuffled(group, chance)]


def _host(item: str) -> Host:
    found = re.fullmatch(PORT, item) if ":" in item else None
    if found is None or ip_octets(item):
        return Host(item)
    return Host(found["number"] or found["name"] or "", port=int(found["port"]))


def _shuffled(group: list[Host], chance: Any) -> list[Host]:
    if chance is None:
        return group
    rest, order = list(group), []
    while rest:
        order.append(rest.pop(chance.randrange(len(rest))))
    return order


async def locate(
    desk: Desk, router: Block, address: Address, way: Way, not_found: str
) -> Outcome | None:
    """Find the addresses of `address.hosts`. None: all is well, the list is complete.

    ``not_found`` says what is done about a host that nobody knows: `host_find_failed`.
    """
    located: list[Host] = []
    to_itself = False
    for host in address.hosts:
        found = await _find(desk, router, host, way)
        if found.status == AGAIN:
            return _no_answer(router, found.hosts[0])
        if found.status == INSECURE:
            return Defer(f"host lookup for {found.hosts[0].name} done insecurely")
        if found.status == FAILED:
            if not_found == "ignore":
                continue
            return _unknown(router, found, not_found)
        if found.status == LOCAL and not to_itself:
            if located:
                break
            outcome = await at_this_host(desk, router, address, found.hosts[0])
            if outcome is not None:
                if not isinstance(outcome, Pass):
                    address.hosts = []
                return outcome
            to_itself = True
        located += found.hosts
    address.hosts = located
    return None


async def _find(desk: Desk, router: Block, host: Host, way: Way) -> Finding:
    manner = Manner(
        ipv4_only=way.ipv4_only,
        ipv4_first=way.ipv4_first,
        ignore=router["ignore_target_hosts"],
    )
    by_mx = len(host.name) > len("/mx") and host.name.lower().endswith("/mx")
    host.name = host.name[:-3] if by_mx else host.name
    manner = manner._replace(secure=await must_be_secure(desk, router, host.name))
    if by_mx:
        return await by_dns(desk, host, manner._replace(mx=True, addresses=False))
    if way.by == "byname" or ip_octets(host.name):
        return await by_name(desk, host, manner)
    found = await by_dns(desk, host, manner)
    if found.status == FAILED and way.by != "bydns":
        return await by_name(desk, host, manner)
    return found


def _no_answer(router: Block, host: Host) -> Outcome:
    if router["pass_on_timeout"]:
        return Pass(f"no name server answers for {host.name}, and pass_on_timeout is set")
    return Defer(f"host lookup for {host.name} did not complete (DNS timeout?)")


def _unknown(router: Block, found: Finding, not_found: str) -> Outcome:
    name = found.hosts[0].name
    why = f"nobody knows {name}"
    if not_found == "pass":
        return Pass(why)
    if not_found == "decline":
        return Decline(why)
    text = f'lookup of host "{name}" failed in {router.name} router'
    text += ": syntax error in name" if found.strange else ""
    if not_found == "fail":
        return Fail(text, why)
    return Defer(text, why, freeze=not_found == "freeze")


__all__ = ["FOUND", "Rerouted", "Way", "build", "locate"]
