"""dnslookup: asks the DNS which hosts take mail for the domain.

    MX records    the hosts, best first         SRV records    the same, with ports (`check_srv`)
    address       without any: the host itself  MX 0 .         "no mail is taken here"

Law: Exim specification, chapter 17; RFC 5321 §5.1, RFC 7505.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from labmail.exim.config.split import split
from labmail.exim.errors import Deferred, ExpansionFailed
from labmail.exim.expansion.lists import match_domain
from labmail.exim.text import Text

from ..finding import AGAIN, FAILED, LOCAL, Finding, Manner, by_dns
from ..handing import find_transport, hand_on
from ..host import Host
from ..outcome import Decline, Defer, Outcome, Pass, Rerouted
from ..queueing import taken
from ..selfish import at_this_host, with_domain

if TYPE_CHECKING:
    from labmail.exim.config.configuration import Block
    from labmail.exim.config.people import Person

    from ..address import Address
    from ..desk import Desk

NO_MAIL = "an MX or SRV record indicated no SMTP service"
NO_HOSTS = "all relevant MX records point to non-existent hosts"


async def route(address: Address, router: Block, desk: Desk, person: Person | None) -> Outcome:
    manner = await _manner(desk, router, address)
    found, name = await _found(desk, router, address, manner)
    outcome = await _trouble(desk, router, address, found)
    if outcome is not None:
        return outcome
    if router["check_secondary_mx"] and not found.removed:
        return Decline("this host is not among the MX hosts of the domain")
    full = found.hosts[0].name if found.hosts and not found.records else ""
    if name != address.domain.text:
        return Rerouted(with_domain(address, name), f"its full name is {full or name}")
    address.hosts = found.hosts
    await hand_on(desk, router, address)
    transport = await find_transport(desk, router)
    return await taken(desk, router, address, transport, person, "the DNS names its hosts")


async def _manner(desk: Desk, router: Block, address: Address) -> Manner:
    srv = None
    given = router["check_srv"]
    if given is not None:
        told = await desk.expanded(
            given, lambda said: f'{router.name} router: failed to expand "{given}": {said}'
        )
        srv = told.text if told is not None and told.text else None
    listed = router["mx_domains"]
    must_have = listed is not None and bool(
        await match_domain(
            desk.context, address.domain, Text(listed), expand=True, cache=desk.cache
        )
    )
    return Manner(
        srv=srv,
        mx=True,
        addresses=not must_have,
        ipv4_only=await _switch(desk, router, "ipv4_only"),
        ipv4_first=await _switch(desk, router, "ipv4_prefer"),
        ignore=router["ignore_target_hosts"],
        srv_fail_domains=router["srv_fail_domains"],
        mx_fail_domains=router["mx_fail_domains"],
    )


async def _switch(desk: Desk, router: Block, option: str) -> bool:
    given = router[option]
    if given is None:
        return False
    try:
        told = (await desk.expand(given)).text
    except (ExpansionFailed, Deferred):
        return False
    return told not in ("", "0") and told.lower() not in ("no", "false")


async def _found(
    desk: Desk, router: Block, address: Address, manner: Manner
) -> tuple[Finding, str]:
    """What the DNS has, and the name under which it has it: widened, if it has to be."""
    domain = address.domain.text
    found = await by_dns(desk, Host(domain), manner)
    if found.status != FAILED or found.nothing or found.records:
        return found, domain
    if router["widen_domains"] is None or (desk.purpose == "sender" and router["rewrite_headers"]):
        return found, domain
    for end in split(router["widen_domains"]):
        wider = await by_dns(desk, Host(f"{domain}.{end}"), manner)
        if wider.status != FAILED:
            return wider, f"{domain}.{end}"
    return found, domain


async def _trouble(desk: Desk, router: Block, address: Address, found: Finding) -> Outcome | None:
    if found.status == LOCAL:
        return await at_this_host(desk, router, address, found.hosts[0])
    if found.status == AGAIN:
        if router["pass_on_timeout"]:
            return Pass("no name server answers, and pass_on_timeout is set")
        return Defer("host lookup did not complete", "no name server answers")
    if found.status != FAILED:
        return None
    listed = router["fail_defer_domains"]
    if listed is not None and await match_domain(
        desk.context, address.domain, Text(listed), expand=True
    ):
        return Defer("host lookup failed", "it is in fail_defer_domains")
    if found.nothing:
        address.message = NO_MAIL
    elif found.records:
        numbers = " or (invalidly) to IP addresses" if found.to_number else ""
        address.message = NO_HOSTS + numbers
    return Decline(address.message or "the DNS knows no host for this domain")
