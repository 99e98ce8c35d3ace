"""iplookup: asks a server of one's own over TCP or UDP. A lab has no such server.

Its settings are read and checked; an address that comes to it has to wait, as it would if the
server were silent, unless the router is `optional`.

Law: Exim specification, chapter 19.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..outcome import Decline, Defer

if TYPE_CHECKING:
    from labmail.exim.config.configuration import Block
    from labmail.exim.config.people import Person

    from ..address import Address
    from ..desk import Desk


async def route(
    address: Address, router: Block, desk: Desk, person: Person | None
) -> Decline | Defer:
    why = "labmail asks no servers for iplookup"
    if router["optional"]:
        return Decline(why)
    return Defer(f"{router.name} router: failed to get anything from any of the hosts", why)
