"""Coming to a router: may it see this address again, and what does it call its local part?

    bob@ask.com at a router that has made it out of bob@ask.com     in a circle: it is left out
    owner-list@ask.com, local_part_prefix = owner-                  the router sees "list"
    address_data = ${lookup…}                                       kept for whoever comes after

Law: Exim specification, chapter 15 (local_part_prefix, local_part_suffix, address_data), §22.8
(repeat_use).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from . import affixes
from .address import Address, Affix, lower
from .outcome import Defer, Settled
from .steps import FORCED

if TYPE_CHECKING:
    from labmail.exim.config.configuration import Block

    from .desk import Desk

NONE = Affix()
AFFIXES = (
    ("local_part_prefix", "prefix", affixes.prefix),
    ("local_part_suffix", "suffix", affixes.suffix),
)
PARENTS = 100
"""How many generations an address may have: a list that grows with each round ends somewhere."""


def in_a_circle(router: Block, address: Address, desk: Desk) -> bool:
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


def take_affixes(router: Block, address: Address, desk: Desk) -> bool:
    """Take prefix and suffix off the local part. False: there is none, and one is wanted."""
    part = address.caseful
    if not router["caseful_local_part"]:
        part = part.like(lower(part.text))
    address.prefix = address.suffix = NONE
    address.local_part = part
    for option, kind, find in AFFIXES:
        if router[option] is None:
            continue
        found = find(address.local_part.text, router[option])
        if found is None and not router[f"{option}_optional"]:
            desk.about = address
            whole = address.text.text
            end = "begin" if kind == "prefix" else "end"
            why = f"{address.local_part.text} does not {end} so"
            desk.note(router, f"has it one of the {option}es?", "no", why, option, about=whole)
            return False
        if found is not None:
            setattr(address, kind, found)
            text = address.local_part.text
            size = len(found.text)
            rest = text[size:] if kind == "prefix" else text[: len(text) - size]
            address.local_part = part.like(rest)
            _tell(desk, router, address, option, found)
    return True


def _tell(desk: Desk, router: Block, address: Address, option: str, found: Affix) -> None:
    desk.about = address
    why = f"{found.text}, which leaves {address.local_part.text}"
    desk.remark(router, f"has it one of the {option}es?", "yes", why, option)


async def address_data(desk: Desk, router: Block, address: Address) -> bool:
    """False: it was forced to fail, which is declining."""
    given = router["address_data"]
    if given is None:
        return True
    told = await desk.expanded(
        given, lambda said: f'expansion of "{given}" failed in {router.name} router: {said}'
    )
    question = "what is address_data?"
    if told is None:
        desk.note(router, question, FORCED, "so the router declines", "address_data")
        return False
    desk.remark(router, question, told.text, "", "address_data")
    address.address_data = told
    desk.context.variables["address_data"] = told
    return True
