"""manualroute: the administrator says which hosts take mail for which domains.

    route_list = *.ask.com  mail.ask.com : 192.0.2.7  randomize ; *  smarthost.example
    route_data = ${lookup{$domain}lsearch{/etc/exim4/hubbed_hosts}}

A rule is a domain pattern, a list of hosts, and words about them.

Law: Exim specification, chapter 20.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from labmail.exim.config.split import SPACE, split
from labmail.exim.config.words import QUOTED, unescape
from labmail.exim.errors import Deferred, ExpansionFailed
from labmail.exim.expansion.lists.names import Domain
from labmail.exim.expansion.lists.scan import scan

from ..handing import find_transport, hand_on, is_local
from ..host import Host
from ..hostlist import Way, build, locate
from ..outcome import Decline, Defer, Fail, Outcome, Pass, Settled
from ..queueing import taken

if TYPE_CHECKING:
    from labmail.exim.config.configuration import Block
    from labmail.exim.config.people import Person

    from ..address import Address
    from ..desk import Desk


class Rule(NamedTuple):
    """A rule of `route_list`; ``domain`` is None in `route_data`."""

    domain: str | None
    hosts: str
    options: str


class Chosen(NamedTuple):
    """What the words behind the hosts say."""

    way: Way
    randomize: bool
    transport: Block | None


async def route(address: Address, router: Block, desk: Desk, person: Person | None) -> Outcome:
    rule = await _rule(desk, router, address)
    if rule is None:
        return Decline("no rule is for this domain")
    given = rule.hosts
    hosts = await desk.expanded(
        given, lambda said: f'{router.name} router: failed to expand "{given}": {said}'
    )
    desk.context.value = None
    if hosts is None:
        return Decline("the list of hosts was forced to fail")
    chosen = _choose(desk, router, rule.options)
    await hand_on(desk, router, address)
    transport = chosen.transport or await find_transport(desk, router)
    if transport is not None and is_local(transport):
        address.hosts = [Host(hosts.text)] if hosts.text else []
        return await taken(desk, router, address, transport, person)
    if not hosts.text:
        if desk.verifying:
            return await taken(desk, router, address, transport, person)
        text = f"error in {router.name} router: no host(s) specified for domain"
        desk.log(f"{text} {address.domain.text}", "MAIN")
        return Defer(f"{text} {address.domain.text}")
    address.hosts = build(hosts.text, desk.context.chance if chosen.randomize else None)
    outcome = await locate(desk, router, address, chosen.way, router["host_find_failed"])
    if outcome is None and not address.hosts:
        outcome = _all_ignored(router)
    if outcome is None and transport is None and not desk.verifying:
        desk.log(f"Error in {router.name} router: no transport defined", "MAIN")
        outcome = Defer("error in router: transport missing")
    return outcome or await taken(desk, router, address, transport, person)


def _all_ignored(router: Block) -> Outcome:
    wish = router["host_all_ignored"]
    why = "all its hosts are ignored"
    if wish == "decline":
        return Decline(why)
    if wish == "pass":
        return Pass(why)
    told = f"host_find_failed=ignore host_all_ignored={wish}"
    text = f"lookup failed for all hosts in {router.name} router: {told}"
    return Fail(text, why) if wish == "fail" else Defer(text, why, freeze=wish == "freeze")


async def _rule(desk: Desk, router: Block, address: Address) -> Rule | None:
    """The rule for the address's domain."""
    if router["route_list"] is None:
        given = router["route_data"]
        told = await desk.expanded(given, lambda said: f'failed to expand "{given}": {said}')
        if told is None:
            return None
        rule = parse(told.text, with_domain=False)
        return rule if rule is not None and rule.hosts else None
    for item in split(router["route_list"], ";"):
        rule = parse(item)
        if rule is not None and await _is_for(desk, router, rule, address):
            return rule
    return None


async def _is_for(desk: Desk, router: Block, rule: Rule, address: Address) -> bool:
    domain = Domain(address.domain)
    try:
        pattern = await desk.expand(rule.domain or "")
        found = await scan(domain, pattern, desk.context, cache=desk.cache, single=True)
    except ExpansionFailed as failed:
        if failed.forced:
            return False
        text = f'failed to expand "{rule.domain}" while checking a list: {failed.message}'
        desk.log(text, "MAIN PANIC")
        raise Settled(Defer("lookup defer in route_list", failed.message)) from None
    except Deferred as later:
        if later.help:
            desk.log(later.help, "MAIN PANIC")
        raise Settled(Defer("lookup defer in route_list", later.message)) from None
    if found:
        found.leave(desk.context)
        desk.note(router, "which rule fits the domain?", rule.domain or "", found.why, "route_list")
    return found.matched


def parse(text: str, *, with_domain: bool = True) -> Rule | None:
    """A rule, taken apart. None for an empty one.

    >>> parse('*.ask.com "a : b" byname')
    Rule(domain='*.ask.com', hosts='a : b', options='byname')
    """
    domain, rest = None, text.lstrip(SPACE)
    if with_domain:
        if not rest:
            return None
        domain, rest = _word(rest)
    hosts, rest = _word(rest)
    return Rule(domain, hosts, rest)


def _word(text: str) -> tuple[str, str]:
    """The first word, which may be in quotes, and the rest. Quotes may stay open: a semicolon ends
    a rule even within them."""
    quoted = QUOTED.match(text)
    if quoted:
        return unescape(quoted.group(1)), text[quoted.end() :].lstrip(SPACE)
    end = next((at for at, sign in enumerate(text) if sign in SPACE), len(text))
    return text[:end], text[end:].lstrip(SPACE)


WORDS = ("randomize", "no_randomize", "byname", "bydns", "ipv4_only", "ipv4_prefer")


def _choose(desk: Desk, router: Block, options: str) -> Chosen:
    """The words behind the hosts; each may be shortened, as Exim allows."""
    said: set[str] = set()
    transport = None
    for found in re.finditer(r"\S+", options):
        option = found.group()
        word = next((word for word in WORDS if word.startswith(option)), None)
        named = next(
            (one for one in desk.configuration.transports if one.name.startswith(option)), None
        )
        if word is not None:
            said -= {"randomize", "no_randomize"} if "random" in word else set()
            said -= {"byname", "bydns"} if word.startswith("by") else set()
            said.add(word)
        elif named is not None:
            transport = named
        else:
            wrong = f'unknown routing option or transport name "{options[found.start() :]}"'
            desk.log(f"Error in {router.name} router: {wrong}", "MAIN")
            raise Settled(Defer(f"error in router: {wrong}"))
    by = "byname" if "byname" in said else "bydns" if "bydns" in said else ""
    way = Way(by, "ipv4_only" in said, "ipv4_prefer" in said)
    randomize = "no_randomize" not in said and (
        "randomize" in said or bool(router["hosts_randomize"])
    )
    return Chosen(way, randomize, transport)
