"""Where the DNS sends the mail of a domain: is it to this host?

The MX hosts are taken in the order of their preference. Those that have no address, or only ones
that are to be ignored, do not count::

    10 mail.ask.com.      ─▶ not us
    20 backup.test.       ─▶ us: for this domain we are a secondary

Law: Exim specification, §10.9 (``@mx_any``); RFC 5321 §5.1; RFC 7505 (a single dot: no mail).
"""

from __future__ import annotations

from typing import Any

from labmail.exim.errors import Deferred
from labmail.exim.expansion.lists.pattern import lower
from labmail.exim.expansion.lists.special import own_addresses
from labmail.exim.text import Text


async def standing(domain: str, ignored: str, context: Any) -> str | None:
    """What this host is for a domain: "primary", "secondary", or nothing. Raises Deferred."""
    best: int | None = None
    for preference, name in await _hosts(domain, context):
        usable = await _usable(name, ignored, context)
        if usable is None:
            continue
        if usable:
            return "primary" if best is None or best == preference else "secondary"
        best = preference if best is None else best
    return None


async def _hosts(domain: str, context: Any) -> list[tuple[int, str]]:
    """The MX records of a domain, the best first."""
    if context.names is None:
        return []
    answer = await context.names.query(domain, "MX")
    if answer.status == "again":
        raise Deferred(f'DNS lookup of "{domain}" deferred')
    records = [record[3] for record in answer.records if record[1] == "MX"]
    found = [(int(record.preference), str(record.exchange).rstrip(".")) for record in records]
    return sorted((preference, name) for preference, name in found if name)


async def _usable(name: str, ignored: str, context: Any) -> bool | None:
    """Is an MX host this one? None if it has no address that counts."""
    if await _treated_as_local(name, context):
        return True
    addresses = [
        address
        for rdtype in ("A", "AAAA")
        for address in await _addresses(name, rdtype, context)
        if not await _is_ignored(address, ignored, context)
    ]
    if not addresses:
        return None
    own = own_addresses(context)
    return any(address in own for address in addresses)


async def _addresses(name: str, rdtype: str, context: Any) -> list[str]:
    answer = await context.names.query(name, rdtype)
    if answer.status == "again":
        raise Deferred(f'DNS lookup of "{name}" deferred')
    return [str(record[3].address) for record in answer.records if record[1] == rdtype]


async def _treated_as_local(name: str, context: Any) -> bool:
    from labmail.exim.expansion.lists.names import match_domain

    listed = context.setting("hosts_treat_as_local")
    if not listed:
        return False
    return bool(await match_domain(context, Text(lower(name)), Text(listed), expand=True))


async def _is_ignored(address: str, ignored: str, context: Any) -> bool:
    from labmail.exim.expansion.lists.hosts import match_ip

    return bool(ignored) and bool(await match_ip(context, Text(address), Text(ignored)))
