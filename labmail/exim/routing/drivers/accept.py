"""accept: takes every address that reaches it.

Law: Exim specification, chapter 16.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..handing import find_transport, hand_on
from ..outcome import Accept
from ..queueing import taken

if TYPE_CHECKING:
    from labmail.exim.config.configuration import Block
    from labmail.exim.config.people import Person

    from ..address import Address
    from ..desk import Desk


async def route(address: Address, router: Block, desk: Desk, person: Person | None) -> Accept:
    await hand_on(desk, router, address)
    transport = await find_transport(desk, router)
    return await taken(desk, router, address, transport, person)
