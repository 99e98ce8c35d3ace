"""Octets written in letters: base 64, as mail itself carries them.

Three octets are four letters; ``=`` fills what is missing at the end.

Law: RFC 4648 §4; Exim specification, chapter 11.
"""

from __future__ import annotations

import re

from labmail.exim.errors import ExpansionFailed

from .operator import operator


@operator("base64", "str2b64")
def base64(text: str) -> str:
    """Octets written in base 64, in one line.

    >>> base64("bob:secret")
    'Ym9iOnNlY3JldA=='
    """
    return _written(text.encode("latin-1"))


@operator
def base64d(text: str) -> str:
    """Base 64 read back, up to the first NUL. White space may stand anywhere, and nothing else may.

    >>> base64d("Ym9iOnNl Y3JldA==")
    'bob:secret'
    """
    octets = octets_of(text)
    if octets is None:
        raise ExpansionFailed(f'string "{text}" is not well-formed for "base64d" operator')
    return octets.partition("\0")[0]


def octets_of(text: str) -> str | None:
    """All that base 64 says, or None where it is none."""
    letters = _SPACE.sub("", text)
    if not _BASE_64.fullmatch(letters):
        return None
    from binascii import a2b_base64

    return a2b_base64(letters).decode("latin-1")


@operator
def hex2b64(text: str) -> str:
    """Hexadecimal, the way digests are written, turned into base 64, the way headers carry them.

    >>> hex2b64("900150983cd24fb0d6963f7d28e17f72")
    'kAFQmDzST7DWlj99KOF/cg=='
    """
    if not _HEX.fullmatch(text):
        raise ExpansionFailed(f'"{text}" is not a hex string')
    if len(text) % 2:
        raise ExpansionFailed(f'"{text}" contains an odd number of characters')
    return _written(bytes.fromhex(text))


_SPACE = re.compile(r"[ \t\n\r\v\f]+")
_BASE_64 = re.compile(r"(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}(?:[A-Za-z0-9+/]|=)=)?")
_HEX = re.compile(r"[0-9A-Fa-f]*")


def _written(octets: bytes) -> str:
    from binascii import b2a_base64

    return b2a_base64(octets, newline=False).decode("ascii")
