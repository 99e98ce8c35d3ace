"""Addresses: who is meant by a line of a header.

How they are read is told in `labmail.exim.expansion.addresses`. What cannot be read is no error
here but gives nothing: a stranger wrote it.

Law: Exim specification, chapter 11; RFC 5322 §3.4.
"""

from __future__ import annotations

from typing import Any

from labmail.exim.errors import ExpansionFailed
from labmail.exim.expansion.addresses import (
    BadAddress,
    Extracted,
    Leniency,
    addresses,
    extract,
)

from .operator import operator


@operator
def address(text: str, context: Any) -> str:
    """The address itself, without a name and comments."""
    found = _extracted(text, context)
    return found.address if found else ""


@operator
def domain(text: str, context: Any) -> str:
    """What stands behind the @, or nothing."""
    found = _extracted(text, context)
    return found.domain if found else ""


@operator
def local_part(text: str, context: Any) -> str:
    """What stands before the @, or everything where there is none."""
    found = _extracted(text, context)
    return found.local_part if found else ""


@operator("addresses")
def addresses_(text: str, context: Any) -> str:
    """All addresses of a header line as a list, with colons or what follows a leading ``>``."""
    text = text.lstrip(" \t\n\r\v\f")
    separator = ":"
    if text.startswith(">"):
        separator, text = text[1:2], text[2:]
        if not separator:
            raise ExpansionFailed("output separator missing in expanding ${addresses:>}")
    answer = ""
    for found in addresses(text, lenient=leniency(context)):
        if isinstance(found, Extracted):
            answer += _member(found.address, separator, not answer)
    return answer


def _member(address: str, separator: str, first: bool) -> str:
    """An item of a list: its separators doubled, and a blank where it begins with one."""
    doubled = address.replace(separator, separator * 2)
    blank = " " if address.startswith(separator) else ""
    return doubled if first else f"{separator}{blank}{doubled}"


def leniency(context: Any) -> Leniency:
    """What the main options of a context allow."""
    options = context.settings
    return Leniency(
        bool(options.get("allow_utf8_domains")),
        bool(options.get("strip_excess_angle_brackets")),
        bool(options.get("strip_trailing_dot")),
        bool(options.get("allow_domain_literals")),
    )


def _extracted(text: str, context: Any) -> Extracted | None:
    try:
        return extract(text, lenient=leniency(context))
    except BadAddress:
        return None
