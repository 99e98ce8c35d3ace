"""A list that is a filter: a small program of the user's, which decides by the letter.

Law: Exim specification, §22.4 (allow_filter); the document "Exim's interfaces to mail filtering".
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..outcome import Defer, Outcome

if TYPE_CHECKING:
    from labmail.exim.config.configuration import Block
    from labmail.exim.text import Text

    from ..address import Address
    from ..desk import Desk
    from ..people import Identity


async def filtered(
    desk: Desk, router: Block, address: Address, listed: Text, kind: str, who: Identity
) -> Outcome:
    """What the filter makes of the address."""
    part = "file" if router["file"] is not None else "data"
    if not router["allow_filter"]:
        return Defer(f"error in filter {part}: filtering not enabled")
    if router[f"forbid_{kind}_filter"]:
        name = "Exim" if kind == "exim" else "Sieve"
        return Defer(f"error in filter {part}: {name} filtering not enabled")
    return Defer(f"error in filter {part}: this version of labmail runs no filters")
