"""Large letters and small ones.

Only the letters of ASCII have a case here, as in C's own locale: a name in Greek, or an é, passes
through untouched, octet by octet.
"""

from __future__ import annotations

from .operator import operator


@operator
def lc(text: str) -> str:
    """Capital letters made small.

    >>> lc("Postmaster@ASK.com")
    'postmaster@ask.com'
    """
    if text.isascii():
        return text.lower()
    return text.encode("latin-1").lower().decode("latin-1")


@operator
def uc(text: str) -> str:
    """Small letters made capital.

    >>> uc("bob")
    'BOB'
    """
    if text.isascii():
        return text.upper()
    return text.encode("latin-1").upper().decode("latin-1")
