"""The walk of one address: router after router, until one of them knows what to do.

    for each router
        has it seen this address already, as a parent of itself?   then it would go in a circle
        does the affix fit, do the preconditions hold?             otherwise the next one
        ask its driver
            accepted, become others, failed, waits                 the walk ends
            passed                                                 go on at pass_router
            declined                                               go on, if `more` allows it
    nobody                                                         Unrouteable address

A router that is `unseen` takes a copy only: the address goes on behind it, as a child of itself.

Law: Exim specification, §3.8 to §3.11, chapter 15.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from labmail.exim.errors import Deferred, ExpansionFailed

from . import affixes
from .address import Address, Affix, lower
from .desk import RECIPIENT, SENDER
from .drivers import driver
from .outcome import (
    Accept,
    Children,
    Decline,
    Defer,
    Discard,
    Fail,
    Outcome,
    Pass,
    Rerouted,
    Settled,
)
from .preconditions import stands
from .variables import set_variables

if TYPE_CHECKING:
    from labmail.exim.config.configuration import Block

    from .desk import Desk

PARENTS = 100
"""How many generations an address may have: a list that grows with each round ends somewhere."""


class Walked(NamedTuple):
    """How it ended: the last word, the address if a transport has it, and what is to be routed."""

    outcome: Outcome
    queued: Address | None
    new: list[Address]


async def walk(address: Address, desk: Desk) -> Walked:
    """Where an address goes."""
    desk.cache = {}
    try:
        return await _walked(address, desk)
    finally:
        desk.dismiss()


async def _walked(address: Address, desk: Desk) -> Walked:
    try:
        outcome = await _through(address, desk)
    except Settled as settled:
        return Walked(settled.outcome, None, [])
    new = _new(outcome)
    queued = address if isinstance(outcome, Accept) else None
    if isinstance(outcome, (Accept, Children, Discard)):
        try:
            if await _goes_on(address, desk):
                new.insert(0, _copy(address, desk))
        except Settled as settled:
            outcome = settled.outcome
    return Walked(outcome, queued, new)


def _new(outcome: Outcome) -> list[Address]:
    if isinstance(outcome, Children):
        return list(outcome.addresses)
    if isinstance(outcome, Fail):
        return list(outcome.children)
    return [outcome.address] if isinstance(outcome, Rerouted) else []


async def _through(address: Address, desk: Desk) -> Outcome:
    routers = desk.configuration.routers
    at = routers.index(address.start) if address.start in routers else 0
    while at < len(routers):
        router = routers[at]
        at += 1
        address.router = router
        outcome = await _at(router, address, desk)
        if outcome is None:
            continue
        if isinstance(outcome, Pass):
            at = _after_pass(router, at, desk)
        elif not isinstance(outcome, Decline):
            return outcome
        elif not await desk.switch(router, "more"):
            desk.note(router, "are more routers asked?", "no", "it declined", "more")
            break
    return await _unrouteable(address, desk)


def _after_pass(router: Block, at: int, desk: Desk) -> int:
    """Where the walk goes on when a router has passed."""
    named = router["pass_router"]
    for place, other in enumerate(desk.configuration.routers):
        if other.name == named:
            return place
    return at


async def _at(router: Block, address: Address, desk: Desk) -> Outcome | None:
    """One router. None: it is not asked."""
    if _in_a_circle(router, address, desk) or not _affixes(router, address, desk):
        return None
    desk.attend(address, router)
    standing = await stands(desk, router, address)
    if not standing.asked:
        return None
    if not await set_variables(desk, router, address):
        return None
    if not await _address_data(desk, router, address):
        return Decline("address_data was forced to fail")
    if desk.watch is not None:
        desk.watch.asks(router, address)
    try:
        outcome: Outcome = await driver(router.driver)(address, router, desk, standing.person)
    except Settled as settled:
        outcome = settled.outcome
    desk.note(router, f"what does the {router.driver} router say?", *_told(outcome))
    if isinstance(outcome, (Accept, Children, Pass)) and _bad_to_verify(router, desk):
        children = outcome.addresses if isinstance(outcome, Children) else ()
        return Fail(f"{router.name} router forced verify failure", "fail_verify", children)
    return outcome


def _told(outcome: Outcome) -> tuple[str, str, str]:
    """Answer, reason and deciding option for the notes."""
    text = getattr(outcome, "text", "")
    why = outcome.why or text
    return type(outcome).__name__.lower(), why, "transport" if isinstance(outcome, Accept) else ""


def _bad_to_verify(router: Block, desk: Desk) -> bool:
    return bool(
        (desk.purpose == SENDER and router["fail_verify_sender"])
        or (desk.purpose == RECIPIENT and router["fail_verify_recipient"])
    )


def _in_a_circle(router: Block, address: Address, desk: Desk) -> bool:
    """Has this router dealt with the same address, further up?"""
    for generation, parent in enumerate(address.ancestors):
        if generation >= PARENTS:
            raise Settled(Defer(f"routing loop for {address.text.text}"))
        if parent.router is not router:
            continue
        once = router.driver == "redirect" and not router["repeat_use"]
        if once or _same(parent, address, router):
            desk.about = address
            why = f"{parent.text.text}, an ancestor, was here: it would go in a circle"
            desk.note(router, "was it here before?", "yes", why, "repeat_use")
            return True
    return False


def _same(one: Address, other: Address, router: Block) -> bool:
    if router["caseful_local_part"] and one.caseful.text != other.caseful.text:
        return False
    return lower(one.text.text) == lower(other.text.text)


def _affixes(router: Block, address: Address, desk: Desk) -> bool:
    """Take prefix and suffix off the local part. False: there is none, and one is wanted."""
    part = address.caseful
    if not router["caseful_local_part"]:
        part = part._replace(text=lower(part.text))
    address.prefix = address.suffix = Affix()
    address.local_part = part
    for kind, find in (("prefix", affixes.prefix), ("suffix", affixes.suffix)):
        option = f"local_part_{kind}"
        if router[option] is None:
            continue
        found = find(address.local_part.text, router[option])
        if found is None and not router[f"{option}_optional"]:
            desk.about = address
            desk.note(router, f"has it one of the {option}es?", "no", "", option)
            return False
        if found is not None:
            setattr(address, kind, found)
            text = address.local_part.text
            size = len(found.text)
            rest = text[size:] if kind == "prefix" else text[: len(text) - size]
            address.local_part = part._replace(text=rest)
    return True


async def _address_data(desk: Desk, router: Block, address: Address) -> bool:
    """False: it was forced to fail, which is declining."""
    given = router["address_data"]
    if given is None:
        return True
    told = await desk.expanded(
        given, lambda said: f'expansion of "{given}" failed in {router.name} router: {said}'
    )
    if told is None:
        return False
    address.address_data = told
    desk.context.variables["address_data"] = told
    return True


async def _unrouteable(address: Address, desk: Desk) -> Outcome:
    """No router has taken it. The last one that was asked may have words for that."""
    if address.message is not None:
        return Fail(address.message)
    router = address.router
    text = "Unrouteable address"
    if router is not None and router["cannot_route_message"] is not None:
        try:
            text = (await desk.expand(router["cannot_route_message"])).text
        except (ExpansionFailed, Deferred) as failed:
            if not getattr(failed, "forced", False):
                words = f"failed to expand cannot_route_message in {router.name} router"
                desk.log(f"{words}: {failed.message}", "MAIN PANIC")
    address.router = None
    return Fail(text, "no router has taken it")


async def _goes_on(address: Address, desk: Desk) -> bool:
    """Is only a copy taken here, and is there a router behind?"""
    router = address.router
    last = router is desk.configuration.routers[-1]
    return await desk.switch(router, "unseen") and not last


def _copy(address: Address, desk: Desk) -> Address:
    """The address that goes on. Both it and the copy are children of a new parent."""
    routers = desk.configuration.routers
    above = Address(address.text, address.parent)
    above.local_part, above.router = address.local_part, address.router
    following = above.child(address.text)
    address.leave_to(following)
    following.start = routers[routers.index(address.router) + 1]
    address.parent = above
    address.unique = f"{address.unique}/{address.router.name}"
    return following


__all__ = ["Walked", "walk"]
