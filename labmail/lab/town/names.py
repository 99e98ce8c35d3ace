"""The names of a town: zone files and the statements that hand them to a name server.

A town that gives no text for a zone gets one made from its hosts: their addresses, a name server,
an MX for the mail domain. Every name server knows its own zones, those that it keeps a copy of, and
by a ``forward`` statement whom to ask about each other zone of the town, so that the lab needs no
root server. A root zone of its own, which is empty, says of other names that they do not exist.

Law: RFC 1035 §5 (zone files), RFC 2317 (reverse zones); BIND 9's ``zone`` statement.
Try: ``print(zone_text(town, town.zones["ask.com"]))``.
"""

from __future__ import annotations

import ipaddress

from .plan import HostPlan, Town, ZonePlan


def zone_file(zone: str) -> str:
    """Where a zone's file lies on the name server: ``/etc/bind/db.ask.com``."""
    return f"/etc/bind/db.{zone}"


def copy_file(zone: str) -> str:
    """Where a secondary keeps its copy, as on Debian: ``/var/cache/bind/db.ask.com``."""
    return f"/var/cache/bind/db.{zone}"


def zone_statement(zone: str, file: str, secondaries: tuple[str, ...] = ()) -> str:
    """The statement of named.conf by which a server answers for a zone of its own.

    ``secondaries`` are addresses: they may fetch the zone, and are told when it changes.
    """
    others = "".join(f" {address};" for address in secondaries)
    shared = f"\tallow-transfer {{{others} }};\n\talso-notify {{{others} }};\n" if others else ""
    return f'zone "{zone}" {{\n\ttype primary;\n\tfile "{file}";\n{shared}}};\n'


def copy_statement(zone: str, server: str) -> str:
    """The statement by which a server keeps a copy of a zone of another."""
    return (
        f'zone "{zone}" {{\n\ttype secondary;\n\tprimaries {{ {server}; }};\n'
        f'\tfile "{copy_file(zone)}";\n}};\n'
    )


def root_text(server: str, address: str) -> str:
    """The lab's root zone, as each name server has it: it delegates to nobody."""
    kind = "AAAA" if ":" in address else "A"
    return (
        f"; The root of the lab: what is in no zone of the town does not exist.\n"
        f"$TTL 1h\n. IN SOA {server}. hostmaster.{server}. ( 1 3h 1h 1w 5m )\n"
        f". IN NS {server}.\n{server}. IN {kind} {address}\n"
    )


def forward_statement(zone: str, server: str) -> str:
    """The statement by which a server passes questions about a zone on to another."""
    return (
        f'zone "{zone}" {{\n\ttype forward;\n\tforward only;\n\tforwarders {{ {server}; }};\n}};\n'
    )


def zone_text(town: Town, zone: ZonePlan) -> str:
    """A zone file made from the hosts of the town, forward or reverse by the zone's name."""
    server = f"{zone.server}."
    lines = [
        "$TTL 1h",
        f"$ORIGIN {zone.name}.",
        f"@\tIN SOA {server} hostmaster.{_soa_domain(town, zone)}. ( 1 3h 1h 1w 5m )",
        *(f"\tIN NS  {name}." for name in (zone.server, *zone.secondaries)),
    ]
    reverse = zone.name.endswith(".arpa")
    lines += _pointers(town, zone) if reverse else _forward_records(town, zone)
    return "\n".join(lines) + "\n"


def _soa_domain(town: Town, zone: ZonePlan) -> str:
    return town.hosts[zone.server].company if zone.name.endswith(".arpa") else zone.name


def _forward_records(town: Town, zone: ZonePlan) -> list[str]:
    lines = []
    takers = [h for h in town.hosts.values() if zone.name in h.domains + h.relay_domains]
    for host in takers:
        preference = 10 if zone.name in host.domains else 20
        lines.append(f"\tIN MX  {preference} {host.name}.")
    for host in town.hosts.values():
        if host.name == zone.name or host.name.endswith(f".{zone.name}"):
            lines += _addresses(host)
    return lines


def _addresses(host: HostPlan) -> list[str]:
    kinds = {4: "A   ", 6: "AAAA"}
    return [
        f"{host.name}.\tIN {kinds[ipaddress.ip_address(address).version]} {address}"
        for address in host.addresses
    ]


def _pointers(town: Town, zone: ZonePlan) -> list[str]:
    lines = []
    for host in town.hosts.values():
        for address in host.addresses:
            name = ipaddress.ip_address(address).reverse_pointer
            if name.endswith(f".{zone.name}"):
                lines.append(f"{name}.\tIN PTR {host.name}.")
    return lines
