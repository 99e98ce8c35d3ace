"""The name of an address and the addresses of a name, asked for while a list of hosts is read.

Whoever owns a net says in the DNS what its addresses are called, and could say anything. So a name
counts only if it leads back::

    192.0.2.7  ── PTR ──▶  mail.ask.com  ── A, AAAA ──▶  192.0.2.7    believed
                           mail.bank.test ─────────────▶ 198.51.100.1  not believed

``/etc/hosts`` is asked as well, as the system's own functions do; but whether a name leads back is
the DNS's to say.

Law: Exim specification, §10.12, §10.14; RFC 1035 §3.5, RFC 3596 §2.5 (reverse names).
"""

from __future__ import annotations

from typing import Any

from labmail.exim.errors import Deferred
from labmail.exim.expansion.lists import nets
from labmail.exim.expansion.lists.match import Unknown
from labmail.exim.expansion.lists.pattern import lower
from labmail.exim.expansion.operators.ip import ip_octets
from labmail.exim.text import Text


async def addresses(name: str, context: Any) -> list[bytes]:
    """The addresses of a name. Raises Unknown if there are none, Deferred if nobody answers."""
    found = [octets for octets, names in _hosts(context) if lower(name) in names]
    silent: Deferred | None = None
    for rdtype in ("A", "AAAA") if not found else ():
        try:
            found += await _addresses(name, rdtype, context)
        except Deferred as later:
            silent = later
    if not found:
        raise silent or Unknown(f"failed to find IP address for {name}")
    return found


async def names(address: Text, context: Any) -> list[Text]:
    """The names of a calling host that lead back to its address, the canonical one first.

    They are kept as ``$sender_host_name``. Raises Unknown if there are none, and also if no server
    answers: Exim makes no difference here.
    """
    octets = ip_octets(address.text) or b""
    candidates = await _candidates(octets, context)
    found = [name for name in candidates if await _leads_back(name, octets, context)]
    known = context.variables.get("sender_host_name")
    if known is not None and known.text:
        return [known, *(Text(name, True) for name in found if name != known.text)]
    if not found:
        raise Unknown(f"failed to find host name for {address.text}")
    context.variables["sender_host_name"] = Text(found[0], True)
    return [Text(name, True) for name in found]


async def _candidates(octets: bytes, context: Any) -> list[str]:
    """What an address is called: by the DNS, or else by the file of hosts."""
    if context.names is not None:
        answer = await context.names.query(_reverse(octets), "PTR")
        if answer.status == "ok":
            targets = [record for record in answer.records if record[1] == "PTR"]
            return [lower(str(record[3].target).rstrip(".")) for record in targets]
    return [name for known, called in _hosts(context) if known == octets for name in called]


async def _leads_back(name: str, octets: bytes, context: Any) -> bool:
    """Does the DNS, and nobody else, say that the name has the address?"""
    try:
        return any([octets in await _addresses(name, kind, context) for kind in ("A", "AAAA")])
    except Deferred:
        return False


async def _addresses(name: str, rdtype: str, context: Any) -> list[bytes]:
    """Deferred if nobody answers, and as the C library does it if an alias leads to none."""
    if context.names is None:
        return []
    answer = await context.names.query(name, rdtype)
    texts = [str(record[3].address) for record in answer.records if record[1] == rdtype]
    if answer.status in ("again", "fail") or (answer.records and not texts):
        raise Deferred(f'DNS lookup of "{name}" deferred')
    return [octets for octets in map(ip_octets, texts) if octets]


def _hosts(context: Any) -> list[tuple[bytes, list[str]]]:
    """The lines of ``/etc/hosts``: an address and its names."""
    try:
        text = context.files.read_bytes("/etc/hosts").decode("latin-1")
    except (OSError, AttributeError):
        return []
    lines = [line.partition("#")[0].split() for line in text.splitlines()]
    known = [(nets.host(words[0]), [lower(word) for word in words[1:]]) for words in lines if words]
    return [(octets, names) for octets, names in known if octets]


def _reverse(octets: bytes) -> str:
    """The name under which the DNS keeps an address.

    >>> _reverse(bytes([192, 0, 2, 7]))
    '7.2.0.192.in-addr.arpa'
    """
    if len(octets) == 4:
        return ".".join(map(str, reversed(octets))) + ".in-addr.arpa"
    return ".".join(reversed(octets.hex())) + ".ip6.arpa"
