"""Who shares one copy: addresses of one letter, where a local transport may serve several at once.

``batch_max`` says how many; they must agree in all that shows in the copy: the sender, header lines
that a router adds or removes, the user and home directory, the host list; and, if the transport's
path is made of ``$local_part`` or ``$domain``, in those. ``batch_id`` decides instead of the last.

Law: Exim specification, chapter 25 (address batching in local transports).
"""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Hashable, Iterable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from labmail.message.outcome import Delivered, Outcome

from .asking import Hindered

if TYPE_CHECKING:
    from ..letter import Letter
    from .base import Assigned, Hands, Transport

WHERE = ("command", "socket", "file", "directory", "message_prefix")
"""Options that may speak of an address."""


async def share(
    transport: Transport,
    letter: Letter,
    body: bytes,
    batch: Sequence[Assigned],
    hands: Hands,
    *,
    in_order: bool = False,
) -> list[Outcome]:
    """Serves those together who may share a copy, and gives the outcomes in the batch's order.
    ``in_order``: one copy after the other, since what one finds depends on the one before."""
    outcomes: dict[int, Outcome] = {}
    try:
        groups = await groups_of(transport, batch, hands)
    except Hindered as hindered:
        return [hindered.outcome] * len(batch)

    async def serve(numbers: Sequence[int]) -> None:
        part = [batch[number] for number in numbers]
        served = await alone(transport, letter, body, part, hands)
        outcomes.update(zip(numbers, marked(served), strict=True))

    if in_order:
        for numbers in groups:
            await serve(numbers)
    else:
        await asyncio.gather(*(serve(numbers) for numbers in groups))
    return [outcomes[number] for number in range(len(batch))]


def marked(outcomes: Sequence[Outcome]) -> list[Outcome]:
    """Those behind the first are told to have shared its copy."""
    return [
        replace(each, again=True) if number and isinstance(each, Delivered) else each
        for number, each in enumerate(outcomes)
    ]


def grouped(transport: Transport, assigned: Sequence[Assigned]) -> list[list[Assigned]]:
    """Batches to begin with: everybody, where some may share; else one by one."""
    if transport["batch_max"] > 1:
        return [list(assigned)]
    return [[each] for each in assigned]


async def alone(
    transport: Transport, letter: Letter, body: bytes, part: Sequence[Assigned], hands: Hands
) -> list[Outcome]:
    """One copy for all of ``part``."""
    from .base import Transport

    return await Transport.deliver(transport, letter, body, part, hands)


async def groups_of(
    transport: Transport, batch: Sequence[Assigned], hands: Hands
) -> list[list[int]]:
    """The numbers of those who share a copy, in the order of the first of each."""
    most = transport["batch_max"]
    if most <= 1:
        return [[number] for number in range(len(batch))]
    alike: defaultdict[Hashable, list[int]] = defaultdict(list)
    for number, each in enumerate(batch):
        alike[await _likeness(transport, each, hands)].append(number)
    return [part for numbers in alike.values() for part in parts(numbers, most)]


def parts(numbers: Sequence[int], most: int) -> Iterable[list[int]]:
    """Cut into pieces of at most that many.

    >>> list(parts([1, 2, 3], 2))
    [[1, 2], [3]]
    """
    return (list(numbers[at : at + most]) for at in range(0, len(numbers), most))


async def _likeness(transport: Transport, each: Assigned, hands: Hands) -> Hashable:
    """What two addresses must have in common to share a copy."""
    address = each.address
    common: tuple[Hashable, ...] = (
        address.errors_to,
        tuple(address.headers_add),
        tuple(address.headers_remove),
        address.user,
        address.home,
        each.hosts,
        each.recipient.address if each.recipient.made else "",
    )
    if transport["batch_id"] is not None:
        asked = transport.asked([each], hands)
        return (*common, await asked.words("batch_id"))
    said = "".join(str(transport[name]) for name in WHERE if name in transport.block.options)
    local_part = address.local_part.text if "$local_part" in said or "${local" in said else ""
    domain = each.recipient.domain if "$domain" in said or "${domain" in said else ""
    return (*common, local_part, domain)
