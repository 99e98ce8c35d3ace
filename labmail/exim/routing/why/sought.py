"""What a router had looked for when it said its word, and what would make it say another.

    redirect       a list of addresses, in a lookup or a file
    dnslookup      hosts, in the DNS
    manualroute    a rule for the domain
    ipliteral      a number in brackets
    accept         nothing: it takes whatever reaches it

Asked only for an explanation, so a string may be computed a second time.

Law: Exim specification, chapters 16 to 22; the words are ours.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from labmail.exim.config.split import split

from ..outcome import Accept, Children, Decline, Defer, Fail, Pass, Rerouted
from .turning import Turn, because

if TYPE_CHECKING:
    from labmail.exim.config.configuration import Block

    from ..address import Address
    from ..desk import Desk
    from ..outcome import Outcome

SOURCES = {
    "redirect": ("file", "data"),
    "manualroute": ("route_list", "route_data"),
    "queryprogram": ("command",),
    "accept": ("transport",),
    "dnslookup": ("transport",),
    "ipliteral": ("transport",),
}
"""The options in which a driver's answer is written."""

NO_FILE = "`file` would have to get a value"


async def sought(desk: Desk, router: Block, address: Address, outcome: Outcome) -> Turn:
    """What would have to be otherwise: for a router that declined to take the address, for one that
    took it to let it go."""
    if isinstance(outcome, (Decline, Pass)):
        return Turn(await _to_take(desk, router, address, outcome.why))
    if isinstance(outcome, (Accept, Children, Rerouted)):
        return Turn(await _to_let_go(desk, router, address))
    if isinstance(outcome, (Fail, Defer)):
        return Turn(f"it would have to get another answer than {outcome.text!r}")
    return Turn("its list would have to say something else")


async def _to_take(desk: Desk, router: Block, address: Address, why: str) -> str:
    domain = address.domain.text
    if router.driver == "redirect":
        return await _list(desk, router, why)
    if router.driver == "dnslookup":
        return _hosts(router, domain)
    if router.driver == "manualroute":
        return await _rule(desk, router, domain, why)
    if router.driver == "ipliteral":
        local = address.text.text.rpartition("@")[0]
        return f"the address would have to be {local}@[192.0.2.1], or another number"
    if router.driver == "queryprogram":
        return "the program would have to say ACCEPT or REDIRECT"
    return ""


async def _list(desk: Desk, router: Block, why: str) -> str:
    """A list of addresses was looked for."""
    if router["file"] is not None:
        path = await desk.expanded(router["file"], str)
        return f"{path.text} would have to be there" if path is not None else NO_FILE
    if "filter" in why:
        return "the filter would have to do something with the letter"
    told = await desk.reasons(router["data"])
    return f"`data` would have to come to a list of addresses{because(told)}"


def _hosts(router: Block, domain: str) -> str:
    """Hosts were looked for."""
    kinds = "an MX record" if router["mx_domains"] else "an MX record or an address"
    if router["check_srv"]:
        kinds = f"an SRV record (`check_srv`), {kinds}"
    text = f"the DNS would have to have {kinds} for {domain}, with hosts that can be found"
    if router["check_secondary_mx"]:
        text += ", and this host among them, not as the first"
    if router["ignore_target_hosts"]:
        text += ", outside of `ignore_target_hosts`"
    return text


async def _rule(desk: Desk, router: Block, domain: str, why: str) -> str:
    """A rule for the domain was looked for."""
    if not why.startswith("no rule"):
        return f"another answer would have to come than: {why}"
    if router["route_list"] is None:
        told = await desk.reasons(router["route_data"])
        return f"`route_data` would have to come to hosts for {domain}{because(told)}"
    rules = [rule.split(None, 1)[0] for rule in split(router["route_list"], ";") if rule.strip()]
    return f"a rule of `route_list` would have to be for {domain}: they are for {', '.join(rules)}"


async def _to_let_go(desk: Desk, router: Block, address: Address) -> str:
    domain = address.domain.text
    if router.driver == "redirect":
        if router["file"] is not None:
            path = await desk.expanded(router["file"], str)
            return f"{path.text} would have to be away or empty" if path is not None else ""
        told = await desk.reasons(router["data"])
        return f"`data` would have to come to nothing{because(told)}"
    if router.driver == "dnslookup":
        return f"the DNS would have to have no hosts for {domain}"
    if router.driver == "manualroute":
        option = "route_list" if router["route_list"] is not None else "route_data"
        return f"`{option}` would have to have nothing for {domain}"
    if router.driver == "queryprogram":
        return "the program would have to say DECLINE"
    if router.driver == "ipliteral":
        return "the domain would have to be no number in brackets"
    return ""
