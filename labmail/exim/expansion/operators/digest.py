"""Digests: a text of any length, boiled down to a number of fixed length, written in hexadecimal.

The same text gives the same digest on every machine, and nobody can go back; so digests make keys
for greylisting and names for files. MD5 and SHA-1 are known to be weak against somebody who chooses
the text: use SHA-2 or SHA-3 where that matters.

Exim writes MD5 in small letters and all others in capitals.

Law: RFC 1321 (MD5), FIPS 180-4 (SHA-1, SHA-2), FIPS 202 (SHA-3).
"""

from __future__ import annotations

from labmail.exim.errors import ExpansionFailed

from .operator import operator


@operator(fresh=True)
def md5(text: str) -> str:
    """MD5, 32 digits.

    >>> md5("abc")
    '900150983cd24fb0d6963f7d28e17f72'
    """
    return _digest("md5", text)


@operator(fresh=True)
def sha1(text: str) -> str:
    """SHA-1, 40 digits.

    >>> sha1("abc")
    'A9993E364706816ABA3E25717850C26C9CD0D89D'
    """
    return _digest("sha1", text).upper()


@operator("sha2", "sha256", fresh=True)
def sha2(text: str, argument: str | None) -> str:
    """SHA-2, of 256 bits, or as many as stand behind an underscore: 256, 384, 512.

    >>> sha2("abc", None)[:16], len(sha2("abc", "512"))
    ('BA7816BF8F01CFEA', 128)
    """
    if argument not in (None, "256", "384", "512"):
        raise ExpansionFailed("unrecognised sha2 variant")
    return _digest(f"sha{argument or 256}", text).upper()


@operator(fresh=True)
def sha3(text: str, argument: str | None) -> str:
    """SHA-3, of 256 bits, or as many as stand behind an underscore: 224, 256, 384, 512.

    >>> sha3("abc", "224")[:16]
    'E642824C3F8CF24A'
    """
    if argument not in (None, "224", "256", "384", "512"):
        raise ExpansionFailed("unrecognised sha3 variant")
    return _digest(f"sha3_{argument or 256}", text).upper()


def _digest(kind: str, text: str) -> str:
    import hashlib  # 2 ms that most lines need not pay

    return hashlib.new(kind, text.encode("latin-1")).hexdigest()
