"""ipliteral: user@[192.0.2.1], mail for the host that has this number.

Law: Exim specification, chapter 18; RFC 5321 §4.1.3.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from labmail.exim.expansion.operators.ip import ip_octets

from ..finding import LOCAL, ignored, without_this_host
from ..handing import find_transport, hand_on
from ..host import Host
from ..outcome import Decline, Outcome
from ..queueing import taken
from ..selfish import at_this_host

if TYPE_CHECKING:
    from labmail.exim.config.configuration import Block
    from labmail.exim.config.people import Person

    from ..address import Address
    from ..desk import Desk


async def route(address: Address, router: Block, desk: Desk, person: Person | None) -> Outcome:
    number = _number(address.domain.text)
    if number is None:
        return Decline(f"{address.domain.text} is not an IP address in brackets")
    if await ignored(desk, number, address.domain.text, router["ignore_target_hosts"]):
        address.message = "IP literal host explicitly ignored"
        return Decline(f"{number} is in ignore_target_hosts")
    host = Host(address.domain.text, number)
    status, _, _ = await without_this_host(desk, [host])
    if status == LOCAL:
        outcome = await at_this_host(desk, router, address, host)
        if outcome is not None:
            return outcome
    address.hosts = [host]
    await hand_on(desk, router, address)
    transport = await find_transport(desk, router)
    return await taken(desk, router, address, transport, person)


def _number(domain: str) -> str | None:
    """The address between the brackets.

    >>> _number("[192.0.2.1]"), _number("[ipv6:::1]"), _number("ask.com")
    ('192.0.2.1', '::1', None)
    """
    if not (domain.startswith("[") and domain.endswith("]")):
        return None
    inside = domain[1:-1]
    for name in ("ipv6:", "ipv4:"):
        inside = inside[len(name) :] if inside.lower().startswith(name) else inside
    return inside if ip_octets(inside) else None
