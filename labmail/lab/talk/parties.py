"""Who talks to whom: the names by which a notebook says so, made into lab addresses.

Try: ``source_of(site, "alice@example.com")``, the address of Alice's desk.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from .following import FOLLOWING

if TYPE_CHECKING:
    from ..site import Site
    from ..town import HostPlan


def check_service(plan: HostPlan, service: str) -> None:
    """Raises ValueError for a service that cannot be spoken by hand, or is not offered there."""
    spoken = ", ".join(FOLLOWING)
    if service not in FOLLOWING:
        raise ValueError(f"{service!r} cannot be spoken by hand; expected one of {spoken}")
    if service not in plan.services:
        offered = ", ".join(plan.services) or "none"
        raise ValueError(f"no service {service!r} on {plan.name}: it offers {offered}")


def source_of(site: Site, client: str | None) -> str:
    """The lab address of ``client``: a host's name, an address of the lab, or somebody's address.

    None is the town's visitor. Raises KeyError that names those there are.
    """
    town = site.town
    if client is None or client == town.visitor:
        return town.visitor
    if client in town.hosts:
        return town.hosts[client].address
    if client in town.users:
        return town.users[client].desk
    if town.host_at(client) is not None:
        return client
    known = ", ".join([*town.hosts, *town.users, town.visitor])
    raise KeyError(f"nobody called {client!r} in this town; it has {known}")
