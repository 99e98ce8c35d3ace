"""Variables that a router sets for those after it: `set = r_quota = ${lookup…}`, then $r_quota.

Law: Exim specification, chapter 15 (set).
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from labmail.exim.config.split import SPACE, split
from labmail.exim.errors import Deferred, ExpansionFailed

from .outcome import Discard, Settled

if TYPE_CHECKING:
    from labmail.exim.config.configuration import Block

    from .address import Address
    from .desk import Desk

NAME = r"r_[A-Za-z0-9_]*"


async def set_variables(desk: Desk, router: Block, address: Address) -> bool:
    """False: one was forced to fail, so this router is left out."""
    for item in split(router["set"] or "", ";"):
        name, _, value = item.partition("=")
        name = name.rstrip(SPACE)
        if not re.fullmatch(NAME, name):
            words = f"bad router variable name '{name}' in router '{router.name}'\n"
            desk.log(words, "MAIN PANIC")
            raise Settled(Discard(words))
        try:
            told = await desk.expand(value.lstrip(SPACE))
        except ExpansionFailed as failed:
            if failed.forced:
                desk.note(router, f"what is {name}?", "forced to fail", "so it is left out", "set")
                return await _next_one(desk, router)
            raise Settled(Discard(failed.message)) from None
        except Deferred as later:
            raise Settled(Discard(later.message)) from None
        address.variables[name] = told
        desk.context.variables[name] = told
        desk.known(name)
        desk.note(router, f"what is {name}?", told.text, "", "set")
    return True


async def _next_one(desk: Desk, router: Block) -> bool:
    """A router that is left out leads to the next, if there may be one. Exim loses the address
    where `more` forbids that."""
    try:
        more = await desk.switch(router, "more")
    except Settled as settled:
        raise Settled(Discard(settled.outcome.why)) from None
    if not more:
        raise Settled(Discard("a variable was forced to fail, and `more` is false"))
    return False
