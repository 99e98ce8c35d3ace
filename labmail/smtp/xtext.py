"""xtext: any text inside a parameter, where a blank or an equals sign would end it.

``AUTH=``, ``ENVID=`` and ``ORCPT=`` carry addresses and names that somebody else has chosen. What
could be mistaken for the command's own syntax is written as ``+`` and two hex digits, in capitals::

    e=mc2@example.com   ⇄   e+3Dmc2@example.com

What is not ASCII travels as the octets of UTF-8, each written like that.

Law: RFC 3461 §4. Try: ``encode("a b")``.
"""

from __future__ import annotations

import re

_XTEXT = re.compile(r"(?:[!-*,-<>-~]|\+[0-9A-F]{2})*")
_HEX = re.compile(rb"\+([0-9A-F]{2})")
_ODD = re.compile(rb"[^!-*,-<>-~]")


def decode(text: str) -> str:
    """Undoes xtext. Raises ValueError where it is none.

    >>> decode("e+3Dmc2@example.com")
    'e=mc2@example.com'
    """
    if not _XTEXT.fullmatch(text):
        raise ValueError(f"{text!r} is not xtext: +XX in capitals, no blank, no = (RFC 3461 §4)")
    octets = _HEX.sub(lambda found: bytes.fromhex(found[1].decode()), text.encode("ascii"))
    return octets.decode("utf-8", "surrogateescape")


def encode(text: str) -> str:
    """``text`` as xtext.

    >>> encode("e=mc2@example.com")
    'e+3Dmc2@example.com'
    """
    octets = text.encode("utf-8", "surrogateescape")
    return _ODD.sub(lambda odd: b"+%02X" % odd[0][0], octets).decode("ascii")
