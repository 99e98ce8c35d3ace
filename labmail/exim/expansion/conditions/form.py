"""``isip``, ``isip4``, ``isip6``: is a text an IP address?

Law: Exim specification, §11.7.
"""

from __future__ import annotations

import re

from labmail.exim.text import Text

from ..context import Context
from .condition import condition

_OCTET = "(?:25[0-5]|2[0-4][0-9]|1[0-9][0-9]|[1-9]?[0-9])"
_IPV4 = re.compile(rf"{_OCTET}(?:\.{_OCTET}){{3}}")


def is_ipv4(text: str) -> bool:
    """Four numbers with dots."""
    return _IPV4.fullmatch(text) is not None


def is_ipv6(text: str) -> bool:
    """Eight groups of hexadecimal digits, or fewer and ``::`` (RFC 4291 §2.2)."""
    from ipaddress import AddressValueError, IPv6Address

    if "%" in text:
        text, _, scope = text.partition("%")
        if not scope:
            return False
    try:
        IPv6Address(text)
    except AddressValueError:
        return False
    return True


@condition()
def isip(context: Context, text: Text) -> bool:
    """An IP address of either kind."""
    return is_ipv4(text.text) or is_ipv6(text.text)


@condition()
def isip4(context: Context, text: Text) -> bool:
    """An IPv4 address."""
    return is_ipv4(text.text)


@condition()
def isip6(context: Context, text: Text) -> bool:
    """An IPv6 address."""
    return is_ipv6(text.text)
