"""An address that a router has accepted: with which transport, and as whom it would run.

Law: Exim specification, §3.9, chapter 23.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from .handing import is_local
from .outcome import Accept
from .people import identity

if TYPE_CHECKING:
    from labmail.exim.config.configuration import Block
    from labmail.exim.config.people import Person

    from .address import Address
    from .desk import Desk


async def taken(
    desk: Desk,
    router: Block,
    address: Address,
    transport: Block | None,
    person: Person | None,
    why: str = "",
) -> Accept:
    """The address goes to a transport."""
    address.transport, address.data = transport, desk.found()
    if transport is not None and is_local(transport):
        address.user = await identity(desk, router, person)
        home = router["transport_home_directory"]
        address.home = home if home is not None else (person.home if person else None)
    return Accept(transport, why or f"transport {transport.name}" if transport else why)
