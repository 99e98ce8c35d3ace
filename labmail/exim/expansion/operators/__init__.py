"""Operators: ``${lc:…}``, ``${md5:…}``, ``${substr_2_3:…}``. One text in, one text out.

    case        lc uc
    pieces      strlen length substr
    hashing     hash nhash
    digest      md5 sha1 sha2 sha3
    number      eval eval10 randint base32 base32d base62 base62d
    encoding    base64 base64d hex2b64
    quoting     quote quote_local_part quote_TYPE rxquote hexquote escape escape8bit
    address     address addresses domain local_part
    rfc2047     rfc2047 rfc2047d
    utf8        from_utf8 utf8clean
    alabel      utf8_domain_to_alabel utf8_domain_from_alabel, utf8_localpart_… likewise
    ip          mask ipv6norm ipv6denorm reverse_ip
    timing      time_eval time_interval
    naming      listcount listnamed
    file        stat

What they share: `operator` (what one is), `numbered` (numbers in a name), `charsets`.

One more, ``expand``, needs the evaluator and lives beside it, in `operation`.

A family is imported when one of its names is first met: a table below says where each lives. To add
an operator, write a function with ``@operator`` beside its siblings and its name into the table.

Try::

    >>> lc, argument = find("lc")
    >>> lc("ABC", argument, None)
    'abc'
    >>> find("substr_2_3")[1]
    '2_3'
"""

from __future__ import annotations

from importlib import import_module

from .operator import OPERATORS, Operator

__all__ = ["Operator", "find", "names"]

FAMILIES = {
    "case": "lc uc",
    "pieces": "strlen length l substr s",
    "hashing": "hash h nhash nh",
    "digest": "md5 sha1 sha2 sha256 sha3",
    "number": "eval eval10 randint base32 base32d base62 base62d",
    "encoding": "base64 str2b64 base64d hex2b64",
    "quoting": "quote quote_local_part rxquote hexquote escape escape8bit",
    "address": "address addresses domain local_part",
    "rfc2047": "rfc2047 rfc2047d",
    "utf8": "from_utf8 utf8clean",
    "alabel": "utf8_domain_to_alabel utf8_domain_from_alabel"
    " utf8_localpart_to_alabel utf8_localpart_from_alabel",
    "ip": "mask ipv6norm ipv6denorm reverse_ip",
    "timing": "time_eval time_interval",
    "naming": "listcount listnamed",
    "file": "stat",
}

_FAMILY = {name: family for family, names in FAMILIES.items() for name in names.split()}


def names() -> list[str]:
    """Every operator, by every name it has."""
    return list(_FAMILY)


def find(written: str) -> tuple[Operator, str | None] | None:
    """The operator that a name means, and what follows its underscore; None: there is none.

    A name with an underscore of its own is looked for first. `operator.py` tells what to do with
    the answer.
    """
    if written in _FAMILY:
        return _operator(written), None
    name, underscore, argument = written.partition("_")
    if not underscore or name not in _FAMILY:
        return None
    return _operator(name), argument


def _operator(name: str) -> Operator:
    if name not in OPERATORS:
        import_module(f"{__name__}.{_FAMILY[name]}")
    return OPERATORS[name]
