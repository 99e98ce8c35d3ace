"""Where the DNS sends the mail of a domain: is it to this host?

The MX hosts are taken in the order of their preference, the best first. The first group with this
host in it tells what we are; hosts of a better preference count even if they have no address, but
not if all their addresses are to be ignored::

    10 mail.ask.com.      ─▶ not us
    20 backup.test.       ─▶ us: for this domain we are a secondary

A host whose address cannot be found now makes the answer uncertain only if nothing else is left.

Law: Exim specification, §10.9 (``@mx_any``); RFC 5321 §5.1; RFC 7505 (a single dot: no mail).
"""

from __future__ import annotations

from itertools import groupby
from typing import Any

from labmail.exim.errors import Deferred
from labmail.exim.expansion.lists.interfaces import own_addresses
from labmail.exim.expansion.lists.pattern import lower
from labmail.exim.lookups.dnsask import ask
from labmail.exim.text import Text

UNANSWERED = ("again", "fail")
LOCAL, REMOTE, SILENT, NOWHERE, IGNORED = "local", "remote", "silent", "nowhere", "ignored"


async def standing(domain: str, ignored: str, context: Any) -> str | None:
    """What this host is for a domain: "primary", "secondary", or nothing. Raises Deferred."""
    better: set[str] = set()
    hosts = await _hosts(domain, context)
    for _, group in groupby(hosts, key=lambda host: host[0]):
        kinds = {await _kind(name, ignored, context) for _, name in group} - {IGNORED}
        if LOCAL in kinds and not better:
            return "primary"
        if LOCAL in kinds:
            _settled(better, domain)
            return "secondary"
        better |= kinds
    _settled(better, domain)
    if hosts and not better and await _treated_as_local(hosts[-1][1], context):
        return "primary"  # all were ignored, but the name of the last one counts
    return None


def _settled(kinds: set[str], domain: str) -> None:
    """Raises Deferred if the hosts found so far may all be waiting to be found."""
    if SILENT in kinds and REMOTE not in kinds:
        raise _deferred(domain)


def _deferred(domain: str) -> Deferred:
    return Deferred(f'DNS lookup of "{domain}" deferred')


async def _hosts(domain: str, context: Any) -> list[tuple[int, str]]:
    """The MX records of a domain, the best first."""
    if context.names is None:
        return []
    answer = await ask(context.searches, domain, "MX")
    if answer.status in UNANSWERED:
        raise _deferred(domain)
    records = [record[3] for record in answer.records if record[1] == "MX"]
    found = [(int(record.preference), str(record.exchange).rstrip(".")) for record in records]
    return sorted(found)


async def _kind(name: str, ignored: str, context: Any) -> str:
    """What an MX host is to us."""
    addresses: list[str] = []
    silent = False
    for rdtype in ("AAAA", "A"):
        answer = await ask(context.searches, name, rdtype)
        silent = silent or answer.status in UNANSWERED
        addresses += [str(record[3].address) for record in answer.records if record[1] == rdtype]
    kept = [one for one in addresses if not await _is_ignored(one, ignored, context)]
    if addresses and not kept:
        return IGNORED
    if await _treated_as_local(name, context):
        return LOCAL
    if any(address in _ours(context) for address in kept):
        return LOCAL
    return REMOTE if kept else (SILENT if silent else NOWHERE)


def _ours(context: Any) -> list[str]:
    """This host's addresses. Many systems take 0.0.0.0 for themselves."""
    return [*own_addresses(context), "0.0.0.0"]


async def _treated_as_local(name: str, context: Any) -> bool:
    from labmail.exim.expansion.lists.names import match_domain

    listed = context.setting("hosts_treat_as_local")
    if not listed:
        return False
    return bool(await match_domain(context, Text(lower(name)), Text(listed), expand=True))


async def _is_ignored(address: str, ignored: str, context: Any) -> bool:
    from labmail.exim.expansion.lists.hosts import match_ip

    return bool(ignored) and bool(
        await match_ip(context, Text(address), Text(ignored), expand=False)
    )
