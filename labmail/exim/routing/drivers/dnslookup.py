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

from ..finding import AGAIN, FAILED, FOUND, INSECURE, LOCAL, Finding, Manner, by_dns, must_be_secure
from ..handing import find_transport, hand_on
from ..host import Host
from ..outcome import Decline, Defer, Outcome, Pass, Rerouted, Settled
from ..queueing import taken
from ..selfish import at_this_host, with_domain

if TYPE_CHECKING:
    from labmail.exim.config.configuration import Block
    from labmail.exim.config.people import Person

    from ..address import Address
    from ..desk import Desk

NO_MAIL = "an MX or SRV record indicated no SMTP service"
MISSING = "missing MX, or all MXs point to missing A records, and defer requested"
NO_HOSTS = "all relevant MX records point to non-existent hosts"


async def route(address: Address, router: Block, desk: Desk, person: Person | None) -> Outcome:
    manner = await _manner(desk, router)
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


async def _manner(desk: Desk, router: Block) -> Manner:
    srv = None
    given = router["check_srv"]
    if given is not None:
        told = await desk.expanded(
            given, lambda said: f'{router.name} router: failed to expand "{given}": {said}'
        )
        srv = told.text if told is not None and told.text else None
    return Manner(
        srv=srv,
        mx=True,
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
    first = found = await _by_name(desk, router, domain, manner)
    if found.status != FAILED or found.records or found.strange:
        return found, domain
    if router["widen_domains"] is None or (desk.purpose == "sender" and router["rewrite_headers"]):
        return found, domain
    for end in split(router["widen_domains"]):
        found = await _by_name(desk, router, f"{domain}.{end}", manner)
        if found.status != FAILED:
            return found, f"{domain}.{end}"
    return first, domain


async def _by_name(desk: Desk, router: Block, name: str, manner: Manner) -> Finding:
    """What the DNS has for one name. Settles the matter where the name has to wait."""
    secure = await must_be_secure(desk, router, name)
    found = await by_dns(desk, Host(name), manner._replace(secure=secure))
    bare = found.status in (FOUND, LOCAL) and not found.records
    if bare and await _listed(desk, router, "mx_domains", name):
        return Finding(FAILED, [Host(name)])
    if found.status == FAILED and await _listed(desk, router, "fail_defer_domains", name):
        raise Settled(Defer(MISSING, f"{name} is in fail_defer_domains"))
    return found


async def _listed(desk: Desk, router: Block, option: str, name: str) -> bool:
    listed = router[option]
    if listed is None:
        return False
    try:
        return bool(await match_domain(desk.context, Text(name, True), Text(listed), expand=True))
    except Deferred as later:
        if later.help:
            desk.log(later.help, "MAIN PANIC")
        text = f"lookup defer for {option}{' option' if option == 'fail_defer_domains' else ''}"
        raise Settled(Defer(text, later.message)) from None


async def _trouble(desk: Desk, router: Block, address: Address, found: Finding) -> Outcome | None:
    if found.status == LOCAL:
        return await at_this_host(desk, router, address, found.hosts[0])
    if found.status == INSECURE:
        return Defer("host lookup done insecurely", "no name server vouches for the answer")
    if found.status == AGAIN:
        if router["pass_on_timeout"]:
            return Pass("no name server answers, and pass_on_timeout is set")
        return Defer("host lookup did not complete", "no name server answers")
    if found.status != FAILED:
        return None
    if found.strange and not found.records:
        address.message = f'mail domain "{found.hosts[0].name}" is syntactically invalid'
    elif found.nothing:
        address.message = NO_MAIL
    elif found.records:
        numbers = " or (invalidly) to IP addresses" if found.to_number else ""
        address.message = NO_HOSTS + numbers
    why = address.message or "the DNS knows no host for this domain"
    return Decline(f"{why}: {found.against}" if found.against else why)
