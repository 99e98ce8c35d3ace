r"""Quoting: making a text safe to stand where another reader will take it apart.

    quote              a word of Exim's own: in double quotes unless it is plain
    quote_local_part   the left side of an address: in double quotes where RFC 5322 asks for it
    quote_pgsql, …     a value in a query: each kind of lookup knows its own rules
    rxquote            a literal within a regular expression
    escape, hexquote   for the eye: what does not print is written in digits

Forgetting it is how a sender's name becomes a part of somebody's SQL.

Law: Exim specification, chapter 11; RFC 5322 §3.2.3 for what an atom may hold.
"""

from __future__ import annotations

import re
from typing import Any

from labmail.exim.errors import ExpansionFailed

from .operator import operator

_PLAIN = re.compile(r"[A-Za-z0-9_.-]+")
_DOTTED = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(?:\.+[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*")
_OCTETS = [chr(octet) for octet in range(256)]
_IN_PATTERN = {ord(one): f"\\{one}" for one in _OCTETS if not (one.isascii() and one.isalnum())}
_IN_HEX = {ord(one): f"\\x{ord(one):02x}" for one in _OCTETS if not "!" <= one <= "~"}
_IN_QUOTES = str.maketrans({"\n": "\\n", "\r": "\\r", '"': '\\"', "\\": "\\\\"})


@operator
def quote(text: str, argument: str | None, context: Any = None) -> str:
    r"""In double quotes, unless it is letters, digits, ``_``, ``.`` and ``-``.

    >>> print(quote('ab"*"cd', None), quote("bob", None))
    "ab\"*\"cd" bob
    >>> print(quote("O'Hara", "pgsql"))
    O''Hara
    """
    if argument is None:
        return text if _PLAIN.fullmatch(text) else _quoted(text)
    from labmail.exim.lookups.quoting import quote as quote_for
    from labmail.exim.lookups.table import KINDS

    kind, underscore, option = argument.partition("_")
    try:
        return quote_for(kind, text, option if underscore else None)
    except ExpansionFailed as failed:
        if kind not in KINDS and context is not None and context.searches is not None:
            context.searches.complaint = failed.message
        raise


@operator
def quote_local_part(text: str) -> str:
    """In double quotes, unless it is a dot-atom. Doubled dots pass, a first or last one does not.

    >>> print(quote_local_part("bob+lists"), quote_local_part("bob@home"), quote_local_part("b."))
    bob+lists "bob@home" "b."
    """
    return text if _DOTTED.fullmatch(text) else _quoted(text)


@operator
def rxquote(text: str) -> str:
    r"""A backslash before all but letters and digits: what stands for itself in a pattern.

    >>> print(rxquote("ask.com"))
    ask\.com
    """
    return text.translate(_IN_PATTERN)


@operator
def hexquote(text: str) -> str:
    r"""All but visible ASCII as ``\x`` and two digits; a backslash stays as it is.

    >>> print(hexquote("caf\xe9 au lait"))
    caf\xe9\x20au\x20lait
    """
    return text.translate(_IN_HEX)


@operator
def escape(text: str, context: Any) -> str:
    r"""What does not print, as a name or three octal digits: ``\n``, ``\033``. Tabs stay.

    Octets above 127 print only where ``print_topbitchars`` says so.
    """
    return printing(text, topbit=bool(context.settings.get("print_topbitchars")))


@operator
def escape8bit(text: str) -> str:
    r"""Octets above 126 and backslashes in three octal digits: what a log in ASCII can hold.

    >>> print(escape8bit("caf\xe9\\"))
    caf\351\134
    """
    return re.sub(r"[\\\x7f-\xff]", _octal, text)


_ESCAPES = {"\b": "\\b", "\n": "\\n", "\v": "\\v", "\f": "\\f", "\r": "\\r"}


def printing(text: str, *, topbit: bool = False) -> str:
    r"""The text as Exim shows it in messages and logs.

    >>> print(printing("a\n\x1b[1m\xe9"))
    a\n\033[1m\351
    """
    hidden = r"[\x00-\x08\n-\x1f\x7f]" if topbit else r"[\x00-\x08\n-\x1f\x7f-\xff]"
    return re.sub(hidden, lambda one: _ESCAPES.get(one[0]) or _octal(one), text)


def _octal(one: re.Match[str]) -> str:
    return f"\\{ord(one[0]):03o}"


def _quoted(text: str) -> str:
    return f'"{text.translate(_IN_QUOTES)}"'
