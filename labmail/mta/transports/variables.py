"""What a transport's strings know of the addresses that it serves.

``$local_part`` and ``$domain`` are those of the address; of several, only what they have in common.
A file or a program has none: it has those of the address that it was made of, and is itself called
``$address_file`` or ``$address_pipe``.

Law: Exim specification, §11.9, and chapter 25 on batches.

Try: ``about(batch, "alice@example.com")["local_part"]``.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from labmail.exim.text import EMPTY, Text

from ..told import octets

if TYPE_CHECKING:
    from labmail.exim.routing.address import Address

    from .base import Assigned


def about(batch: Sequence[Assigned], sender: str) -> dict[str, Text]:
    """Variables for one address, or for several that share a copy."""
    known = of_one(batch[0].address)
    bounces = batch[0].address.errors_to
    known["return_path"] = Text(octets(sender) if bounces is None else bounces, True)
    known["router_name"] = Text(batch[0].router)
    for each in batch[1:]:
        other = of_one(each.address)
        differ = [name for name, value in known.items() if name in SHARED and other[name] != value]
        known.update(dict.fromkeys(differ, EMPTY))
    return known


SHARED = ("domain", "local_part", "original_domain", "original_local_part")


def of_one(address: Address) -> dict[str, Text]:
    """Variables for one address."""
    named = address.parent if address.made and address.parent is not None else address
    first, parent = address.origin, address.parent
    user = address.user
    known = {
        "domain": named.domain,
        "local_part": named.local_part if named.local_part.text else named.caseful,
        "local_part_prefix": Text(named.prefix.text),
        "local_part_prefix_v": Text(named.prefix.wild),
        "local_part_suffix": Text(named.suffix.text),
        "local_part_suffix_v": Text(named.suffix.wild),
        "original_domain": first.domain,
        "original_local_part": first.local_part,
        "parent_domain": parent.domain if parent is not None else EMPTY,
        "parent_local_part": parent.local_part if parent is not None else EMPTY,
        "self_hostname": Text(named.self_hostname),
        "address_data": address.address_data or EMPTY,
        "home": Text(address.home or ""),
        "local_user_uid": Text(_number(user.uid if user else None)),
        "local_user_gid": Text(_number(user.gid if user else None)),
        "host_data": EMPTY,
    }
    known.update(address.variables)
    known.update({name: value for name, value in address.data.items() if name != "home"})
    if address.made:
        what = "address_pipe" if address.text.text.startswith("|") else "address_file"
        known[what] = address.text
    return known


def _number(number: int | None) -> str:
    return "" if number is None else str(number)
