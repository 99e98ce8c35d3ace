"""Lists: which domains end here, whom we relay for, who is refused. They are one idea four times.

    split       (in `config`) one string, taken apart into items
    scan        from left to right until an item decides; ``!``, ``/file``, ``+name``
    match       the answer: yes or no, by which item, why, and what it was worth
    pattern     one item against one string: equal, ``*end``, ``^regex``, ``lookup;…``
    names       lists of domains, of local parts, of plain strings
    special     items for this host: ``@``, ``@[]``, ``@mx_any``
    interfaces  the addresses of this host
    mx          where the DNS sends a domain's mail
    addresses   lists of addresses: two halves, ``@@`` lookups
    hosts       lists of hosts: nets, names, lookups by either
    nets        addresses and masks
    asking      the name of an address, the addresses of a name

Strings ask with ``${if match_domain{…}{…}}`` and its kin; routers and ACLs with ``domains = …``.

Law: Exim specification, chapter 10.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from labmail.exim.expansion.lists.addresses import match_address
    from labmail.exim.expansion.lists.hosts import match_host, match_ip
    from labmail.exim.expansion.lists.match import Match
    from labmail.exim.expansion.lists.names import in_list, match_domain, match_local_part

__all__ = [
    "Match",
    "in_list",
    "match_address",
    "match_domain",
    "match_host",
    "match_ip",
    "match_local_part",
]

_HOME = {
    "match_address": "addresses",
    "match_host": "hosts",
    "match_ip": "hosts",
    "Match": "match",
}


def __getattr__(name: str) -> Any:
    """Loaded when named: most strings contain no list."""
    if name not in __all__:
        raise AttributeError(name)
    from importlib import import_module

    value = getattr(import_module(f"{__name__}.{_HOME.get(name, 'names')}"), name)
    globals()[name] = value  # the next one need not ask
    return value
