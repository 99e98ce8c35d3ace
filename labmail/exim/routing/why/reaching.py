"""What would have to change for router X to take it?

    took it        nothing
    declined       it was asked; the driver found nothing
    could not say  a list is unknown, or a lookup is put off: the address waits
    stood aside    a precondition did not hold; the others are asked as well, to tell all of them
    not reached    an earlier router took the address, or ended the walk

A router that was not reached is asked now, as if the address had come to it. What is in the way is
a list of `Step`s, each with file and line and with what would have to be otherwise (`turn`).

Law: Exim specification, §3.10, chapter 15; the words are ours.

Try: ``print(explain("bob@ask.com", desk, router="local_user"))``.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, NamedTuple

from ..address import Address
from ..approach import in_a_circle, take_affixes
from ..desk import Desk
from ..outcome import Decline, Pass, Settled
from ..preconditions import stands
from ..steps import FORCED, UNTOLD, Passed, Step
from ..walk import at_router

if TYPE_CHECKING:
    from labmail.exim.config.configuration import Block

TOOK, DECLINED, UNSURE = "took it", "declined", "could not say"
ASIDE, UNREACHED = "stood aside", "was not reached"
ORDER = (TOOK, DECLINED, UNSURE, ASIDE, UNREACHED)
"""An address that goes through the routers twice (a copy was taken) came nearest once."""

MOST = 50
"""Addresses of one walk that are told of."""

DEPENDS = {
    "check_local_user": ("home", "local_part_data", "local_user_uid", "local_user_gid"),
    "local_parts": ("local_part_data",),
    "domains": ("domain_data",),
    "senders": ("sender_data",),
}
"""Variables that have no value before a precondition holds."""


class Reach(NamedTuple):
    """One address and the router in question."""

    address: str
    router: str
    verdict: str
    why: str
    """Why it was not reached, as a sentence."""
    before: tuple[Step, ...]
    """Answers of the router that was in the way; the other answer to any of them opens it."""
    steps: tuple[Step, ...]
    """What the router in question was asked, or would be."""
    then: tuple[str, ...] = ()
    """Routers between the two that would take the address next."""

    @property
    def changes(self) -> list[Step]:
        """What stands in the way at the router itself: all of it would have to change."""
        if self.verdict == TOOK:
            return []
        return [step for step in self.steps if in_the_way(step)]

    def data(self) -> dict[str, Any]:
        """Plain data, for JSON."""
        return {
            "address": self.address,
            "router": self.router,
            "verdict": self.verdict,
            "why": self.why,
            "before": [step.data() for step in self.before],
            "then": list(self.then),
            "changes": [step.data() for step in self.changes],
        }

    def __str__(self) -> str:
        return "".join(f"{line}\n" for line in _lines(self))


def in_the_way(step: Step) -> bool:
    """Does this answer keep the router from taking the address?"""
    if step.option == "repeat_use" or _says(step):
        return step.answer not in ("accept", "children", "rerouted")
    if step.option in ("set", "address_data"):
        return step.answer == FORCED
    return step.answer == "no" or step.option == "verify_only"


async def reaches(desk: Desk, name: str) -> list[Reach]:
    """For each address of the walks at this desk: what of the router ``name``? ValueError if there
    is no such router."""
    routers = desk.configuration.routers
    router = next((one for one in routers if one.name == name), None)
    if router is None:
        there = ", ".join(one.name for one in routers) or "none"
        raise ValueError(f"there is no router {name}; the routers are {there}")
    told: dict[str, Reach] = {}
    for passed in list(desk.passes)[:MOST]:
        reach = await _reach(desk, router, passed)
        known = told.get(reach.address)
        if known is None or ORDER.index(reach.verdict) < ORDER.index(known.verdict):
            told[reach.address] = reach
    return list(told.values())


async def _reach(desk: Desk, router: Block, passed: Passed) -> Reach:
    address = passed.address.text.text
    own = tuple(step for step in passed.steps if step.router == router.name)
    final = passed.address.router is router and not isinstance(passed.outcome, (Decline, Pass))
    if own and final and own[-1].option != "more":
        taken = own[-1].answer in ("accept", "children", "rerouted")
        verdict = TOOK if taken else UNSURE if own[-1].answer == UNTOLD else DECLINED
        return Reach(address, router.name, verdict, "", (), own)
    if own:
        asked = any(_says(step) for step in own)
        if not asked:
            own = await _as_if(desk, router, passed.address)
        return Reach(address, router.name, DECLINED if asked else ASIDE, "", (), own)
    why, before = _blocked(desk, router, passed)
    steps = await _as_if(desk, router, passed.address)
    then = await _then(desk, router, passed.address, before)
    return Reach(address, router.name, UNREACHED if why else ASIDE, why, before, steps, then)


async def _then(
    desk: Desk, router: Block, address: Address, before: tuple[Step, ...]
) -> tuple[str, ...]:
    """Those that would take the address if the one in the way let it go."""
    names = [one.name for one in desk.configuration.routers]
    first = names.index(before[0].router) + 1 if before else len(names)
    between = desk.configuration.routers[first : names.index(router.name)]
    taking = []
    for one in between:
        steps = await _as_if(desk, one, address)
        if steps and _says(steps[-1]) and steps[-1].answer not in ("decline", "pass"):
            taking.append(one.name)
    return tuple(taking)


def _says(step: Step) -> bool:
    return step.question.startswith("what does the ")


def _blocked(desk: Desk, router: Block, passed: Passed) -> tuple[str, tuple[Step, ...]]:
    """Why the walk never came here, and the answers of whoever was in the way. Nothing: it did
    come, and there was nothing to ask."""
    routers = desk.configuration.routers
    start, place = passed.address.start, routers.index(router)
    if start in routers and place < routers.index(start):
        return f"this address began its way at {start.name} ({_place(start)}), which is later", ()
    last = passed.steps[-1] if passed.steps else None
    blocker = next((one for one in routers if last and one.name == last.router), None)
    if blocker is None or last is None:
        return "", ()
    before = tuple(step for step in passed.steps if step.router == blocker.name)
    if last.option == "more":
        return f"{blocker.name} declined, and `more` ends the walk there ({last.place})", before
    if place > routers.index(blocker):
        return f"{blocker.name} ({_place(blocker)}) {_did(last)} first", before
    passing = [step for step in passed.steps if step.answer == "pass"]
    if passing:
        return f"{passing[-1].router} passed the address on, beyond it (`pass_router`)", ()
    return "", ()


def _did(step: Step) -> str:
    words = {"accept": "took it", "children": "made other addresses of it"}
    words |= {"rerouted": "made another address of it", "discard": "threw it away"}
    words |= {"fail": "refused it", "defer": "could not say"}
    return words.get(step.answer, "settled the matter")


def _place(block: Block) -> str:
    return f"{block.file}:{block.line}"


async def _as_if(desk: Desk, router: Block, address: Address) -> tuple[Step, ...]:
    """What the router would be asked if the address came to it: all of it, even after a "no"."""
    context = desk.context
    known, numeric, value = dict(context.variables), context.numeric, context.value
    here = Desk(desk.configuration, context, purpose=desk.purpose, testing=desk.testing)
    here.steps, here.thorough, here.origins = [], True, desk.origins
    fresh = Address(address.text, address.parent)
    address.leave_to(fresh)
    fresh.router = router
    try:
        circle, affixed = in_a_circle(router, fresh, here), take_affixes(router, fresh, here)
        here.attend(fresh, router)
        try:
            standing = await stands(here, router, fresh, to_the_end=True)
        except Settled as settled:
            _undecided(here, router, settled)
        else:
            if standing.asked and affixed and not circle:
                here.steps = []
                await at_router(router, fresh, here)
    except Settled as settled:
        _undecided(here, router, settled)
    finally:
        here.dismiss()
        context.variables, context.numeric, context.value = known, numeric, value
    return tuple(_sure(here.steps or []))


def _undecided(desk: Desk, router: Block, settled: Settled) -> None:
    text = getattr(settled.outcome, "text", "") or settled.outcome.why
    desk.note(router, "can it be told?", "no", text)


def _sure(steps: list[Step]) -> Iterator[Step]:
    """An answer that depends on a variable which only an earlier precondition sets is none."""
    unset: dict[str, str] = {}
    for step in steps:
        names = re.findall(r"\$\{?(\w+)", step.value)
        missing = next((name for name in names if name in unset), "")
        if missing and step.option not in ("domains", "local_parts"):
            why = f"it speaks of ${missing}, which has a value once {unset[missing]} holds"
            step = step._replace(answer=UNTOLD, why=why, turn="")
        elif step.answer == "no":
            unset |= dict.fromkeys(DEPENDS.get(step.option, ()), step.option)
        yield step


# ── in words ─────────────────────────────────────────────────────────────────────────────────────


def _lines(reach: Reach) -> Iterator[str]:
    name = reach.router
    if reach.verdict == TOOK:
        yield f"{reach.address}: {name} took it"
        return
    yield f"{reach.address}: {name} {reach.verdict}{reach.why and f': {reach.why}'}"
    turns = [step for step in reach.before if step.turn]
    if reach.why and turns:
        yield "  for the address to come as far, one of these:"
        for step in turns:
            yield from _turn(step, "    ")
        yield f"    {name} would have to stand before {turns[0].router}"
    elif reach.before:
        blocker = reach.before[0].router
        yield f"  for the address to come as far, {name} would have to stand before {blocker}"
    if reach.then:
        yield f"  then {', '.join(reach.then)} would have to let it go as well"
    own = reach.changes
    if not own:
        held = reach.why and "it would take the address if it came to it"
        yield f"  {name} itself: {held or 'nothing that can be told'}"
    else:
        yield f"  {name} itself, {'all of these' if len(own) > 1 else 'this'}:"
    for step in own:
        yield from _turn(step, "    ")
    for step in reach.steps:
        if step.answer == UNTOLD:
            yield f"    {step.option}: {step.why}"


def _turn(step: Step, indent: str) -> Iterator[str]:
    speaks = _says(step)
    label = step.router if speaks else step.option or step.router
    yield f"{indent}{label}: {step.turn or step.why}"
    if step.written and not (speaks and step.option == "transport"):
        yield f"{indent}  {step.written}  ({step.place})"
    for written in step.lists:
        yield f"{indent}  {written}"
