"""Spreading names evenly: an old pair of hashes for directories and buckets.

    ${hash_1:$local_part}        one letter, so that /home/q/bob lies in one of 26 directories
    ${nhash_8_64:$local_part}    two numbers, "3/17": a directory of 8 and one of 64 in it

Neither is a digest: whoever knows the rule can find names that fall together. For that there are
`md5` and its kin.

Law: Exim specification, chapter 11, ``hash`` and ``nhash``. `hashed` and `numeric` also serve the
items ``${hash{n}{m}{string}}`` and ``${nhash{n}{m}{string}}``.
"""

from __future__ import annotations

from labmail.exim.errors import ExpansionFailed

from .numbered import numbers
from .operator import operator

LETTERS = "abcdefghijklmnopqrtsuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
"""What a hash is written in. Exim has always had t before s."""

_PRIMES = "3 5 7 11 13 17 19 23 29 31 37 41 43 47 53 59 61 67 71 73 79 83 89 97 101 103 107 109 113"
PRIMES = tuple(map(int, _PRIMES.split()))
"""The weights of octets in a numeric hash: the first octet has the last one, and round again."""


@operator("hash", "h")
def hash_(text: str, argument: str | None, name: str) -> str:
    """So many letters that stand for the text, of the first 26 of `LETTERS` or as many as asked.

    >>> hash_("bob", "1", "hash"), hash_("postmaster", "5_62", "hash")
    ('r', 'OnwEg')
    """
    length, letters = numbers(name, argument, two=True)
    return hashed(text, length, letters)


@operator("nhash", "nh", fresh=True)
def nhash(text: str, argument: str | None, name: str) -> str:
    """A number below n; with a second one, two numbers and a slash between them.

    >>> nhash("bob", "8", "nhash"), nhash("bob", "8_64", "nhash")
    ('3', '5/59')
    """
    first, second = numbers(name, argument, two=True)
    return numeric(text, first, second)


def hashed(text: str, length: int, letters: int | None = None) -> str:
    """The text itself where it is short enough; else its octets, folded onto ``length`` letters."""
    count = 26 if letters is None or letters < 0 else letters
    if count > len(LETTERS):
        raise ExpansionFailed(f'hash count "{count}" too big')
    if length >= len(text):
        return text
    if length < 0 or (count == 0 and length):
        raise ExpansionFailed(f"hash of {length} characters out of {count}: neither can be")
    octets = text.encode("latin-1")
    folded = bytearray(octets[:length])
    for place, octet in enumerate(octets[length:] if length else b"", length):
        shift = (octet + place) & 7
        folded[place % length] ^= (octet << shift | octet >> (8 - shift)) & 255
    return "".join(LETTERS[octet % count] for octet in folded)


def numeric(text: str, first: int, second: int | None = None) -> str:
    """The sum of all octets, each times a prime number, taken modulo one number or two."""
    if first == 0 or second == 0:
        raise ExpansionFailed("nhash modulo zero: the numbers must be 1 or more")
    size = len(PRIMES)
    total = sum(
        octet * PRIMES[-1 - place % size] for place, octet in enumerate(text.encode("latin-1"))
    )
    if second is None or second < 0:
        return str(total % (first % 2**32))
    total %= (first * second) % 2**32 or 2**32
    return f"{total // (second % 2**32)}/{total % (second % 2**32)}"
