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

from .address import Address
from .approach import address_data, in_a_circle, take_affixes
from .desk import RECIPIENT, SENDER
from .drivers import driver
from .outcome import (
    Accept,
    Children,
    Decline,
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


class Walked(NamedTuple):
    """How it ended: the last word, the address if a transport has it, and what is to be routed."""

    outcome: Outcome
    queued: Address | None
    new: list[Address]


async def walk(address: Address, desk: Desk) -> Walked:
    """Where an address goes."""
    desk.cache = {}
    try:
        walked = await _walked(address, desk)
    finally:
        desk.dismiss()
    desk.passed(address, walked.outcome)
    return walked


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
        outcome = await at_router(router, address, desk)
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


async def at_router(router: Block, address: Address, desk: Desk) -> Outcome | None:
    """One router. None: it is not asked."""
    if in_a_circle(router, address, desk) or not take_affixes(router, address, desk):
        return None
    desk.attend(address, router)
    standing = await stands(desk, router, address)
    if not standing.asked:
        return None
    if not await set_variables(desk, router, address):
        return None
    if not await address_data(desk, router, address):
        return Decline("address_data was forced to fail")
    if desk.watch is not None:
        desk.watch.asks(router, address)
    try:
        outcome: Outcome = await driver(router.driver)(address, router, desk, standing.person)
    except Settled as settled:
        outcome = settled.outcome
    if desk.steps is not None:
        await _note(router, address, desk, outcome)
    if isinstance(outcome, (Accept, Children, Pass)) and _bad_to_verify(router, desk):
        children = outcome.addresses if isinstance(outcome, Children) else ()
        return Fail(f"{router.name} router forced verify failure", "fail_verify", children)
    return outcome


async def _note(router: Block, address: Address, desk: Desk, outcome: Outcome) -> None:
    """What the driver says, why, and what would make it say something else."""
    from .why.sought import SOURCES, sought

    answer, why = type(outcome).__name__.lower(), outcome.why or getattr(outcome, "text", "")
    places = SOURCES.get(router.driver, ())
    if answer in ("decline", "pass"):  # no transport was asked for
        places = tuple(name for name in places if name != "transport")
    option = next((name for name in places if router.set(name)), "")
    about = await sought(desk, router, address, outcome) if desk.thorough else None
    question = f"what does the {router.driver} router say?"
    if desk.thorough:
        _goes_where(router, desk, outcome)
    desk.note(router, question, answer, why, option, about=about)


def _goes_where(router: Block, desk: Desk, outcome: Outcome) -> None:
    """Where an address goes on that does not go on at the next router, or from the top."""
    if isinstance(outcome, Pass) and router["pass_router"]:
        desk.remark(router, "where does it go on?", router["pass_router"], "", "pass_router")
    if isinstance(outcome, Children) and router["redirect_router"]:
        named = router["redirect_router"]
        desk.remark(router, "where do they begin?", named, "", "redirect_router")
    if isinstance(outcome, (Accept, Children)) and router.set("unseen"):
        why = "the address goes on to the next router"
        desk.remark(router, "does it take a copy only?", "yes", why, "unseen")


def _bad_to_verify(router: Block, desk: Desk) -> bool:
    return bool(
        (desk.purpose == SENDER and router["fail_verify_sender"])
        or (desk.purpose == RECIPIENT and router["fail_verify_recipient"])
    )


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


__all__ = ["Walked", "at_router", "walk"]
