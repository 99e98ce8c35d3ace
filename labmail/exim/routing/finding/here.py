"""Which of the hosts is this one? It and all that are no better are left out: mail must come closer
with each hop. Where it is the best itself, the router's `self` decides.

Law: Exim specification, §13.8 (recognizing the local host); RFC 5321 §5.1.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..host import Host
from .found import FAILED, FOUND, LOCAL, listed_in

if TYPE_CHECKING:
    from ..desk import Desk


async def without_this_host(desk: Desk, hosts: list[Host]) -> tuple[str, list[Host], bool]:
    """Leave out this host, and all that are no better: the status, the rest, was it among them."""
    from labmail.exim.expansion.lists.interfaces import own_addresses

    listed = desk.context.settings.get("hosts_treat_as_local")
    own = set(own_addresses(desk.context)) | {"0.0.0.0"}
    status, better = FAILED, 0
    for place, host in enumerate(hosts):
        if (host.address in own) or (listed and await listed_in(desk, host.name, str(listed))):
            if not better:
                return LOCAL, hosts, False
            return status, hosts[:better], True
        if host.address is not None:
            status = FOUND
        if place + 1 == len(hosts) or hosts[place + 1].mx != host.mx:
            better = place + 1
    return status, hosts, False
