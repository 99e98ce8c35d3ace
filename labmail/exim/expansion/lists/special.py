"""Items that mean this host, in lists of domains.

    @                 its name: primary_hostname
    @[]               a domain literal with one of its addresses: [192.0.2.1]
    @mx_any           a domain whose mail the DNS sends here
    @mx_primary       … with no better host than this one
    @mx_secondary     … with a better one: this host is a relay for it

``@mx_any/ignore=127.0.0.1`` looks away from MX hosts with such addresses: a domain that points its
MX to 127.0.0.1 would else be ours wherever it is asked.

"This host" are the addresses of ``local_interfaces`` and ``extra_local_interfaces``, with 0.0.0.0
and ::0 for all that the machine has, and the names in ``hosts_treat_as_local``.

Law: Exim specification, §10.9; chapter 13 (local interfaces); RFC 5321 §5.1 (MX).
"""

from __future__ import annotations

import re
from typing import Any

from labmail.exim.config.split import split
from labmail.exim.expansion.lists.pattern import Hit
from labmail.exim.text import Text

_MX = re.compile(r"@mx_(any|primary|secondary)(?:/ignore=(.*))?", re.I | re.S)
_EVERYTHING = ("0.0.0.0", "::0", "::")
_LOOPBACK = ("127.0.0.1", "::1")


def known(pattern: str) -> bool:
    """Is it such an item? Others that begin with ``@`` are plain strings."""
    return pattern == "@[]" or _MX.fullmatch(pattern) is not None


async def check(domain: Text, pattern: Text, context: Any) -> Hit | None:
    """What the item makes of a domain."""
    mx = _MX.fullmatch(pattern.text)
    if mx is None:
        return _literal(domain, pattern, context)
    from labmail.exim.expansion.lists import mx as asking

    standing = await asking.standing(domain.text, mx[2] or "", context)
    wanted = mx[1].lower()
    if standing is None or wanted not in ("any", standing):
        return None
    how = "a better host exists" if standing == "secondary" else "no host is better"
    return Hit(pattern, (domain,), f"an MX record of {domain.text} leads here; {how}")


def _literal(domain: Text, pattern: Text, context: Any) -> Hit | None:
    """``[192.0.2.1]``. One bracket is enough for Exim, whatever stands at the other end."""
    text = domain.text
    if not (text.startswith("[") or text.endswith("]")):
        return None
    if text[1:-1] not in own_addresses(context):
        return None
    return Hit(pattern, (domain,), f"{text} is an address of this host")


def own_addresses(context: Any) -> list[str]:
    """The addresses of this host, as the configuration sees them."""
    machine = list(getattr(context.host, "addresses", None) or _LOOPBACK)
    listed = context.setting("local_interfaces", "<; ::0 ; 0.0.0.0")
    found = []
    for item in [*split(listed), *split(context.setting("extra_local_interfaces"))]:
        address = _without_port(item)
        if address in _EVERYTHING:
            family = [own for own in machine if (":" in own) == (":" in address)]
            found += family
        else:
            found.append(address)
    return found


def _without_port(item: str) -> str:
    """``[192.0.2.1]:25`` and ``192.0.2.1.25`` name a port, too.

    >>> _without_port("[::1]:25"), _without_port("192.0.2.1.25"), _without_port("::1")
    ('::1', '192.0.2.1', '::1')
    """
    if item.startswith("["):
        return item[1:].partition("]")[0]
    parts = item.split(".")
    return ".".join(parts[:4]) if len(parts) == 5 else item
