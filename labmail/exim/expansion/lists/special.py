"""Items that mean this host, in lists of domains.

    @                 its name: primary_hostname
    @[]               a domain literal with one of its addresses: [192.0.2.1]
    @mx_any           a domain whose mail the DNS sends here
    @mx_primary       … with no better host than this one
    @mx_secondary     … with a better one: this host is a relay for it

``@mx_any/ignore=127.0.0.1`` looks away from MX hosts with such addresses: a domain that points its
MX to 127.0.0.1 would else be ours wherever it is asked.

Which addresses are this host's: `interfaces`. The names in ``hosts_treat_as_local`` count, too.

Law: Exim specification, §10.9; RFC 5321 §5.1 (MX).
"""

from __future__ import annotations

import re
from typing import Any

from labmail.exim.expansion.lists.interfaces import own_addresses
from labmail.exim.expansion.lists.pattern import Hit
from labmail.exim.text import Text

_MX = re.compile(r"@mx_(any|primary|secondary)(?:/ignore=(.*))?", re.I | re.S)


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
