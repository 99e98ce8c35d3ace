"""What a lookup brings home: the data, what the wildcards stood for, and how it came about."""

from __future__ import annotations

from typing import NamedTuple

from labmail.exim.text import Text


class Found(NamedTuple):
    """The answer of a lookup.

    ``value`` is None where nothing was found. ``wild`` and ``fixed`` are the parts of the key that
    a wildcard stood for and that it did not: they become ``$1`` and ``$2``. Where they are None,
    the numeric variables stay as they are. ``why`` is a sentence for the reader.
    ``authenticated`` is the new value of ``$lookup_dnssec_authenticated``, None where no name
    server was asked.
    """

    value: Text | None
    wild: str | None = None
    fixed: str | None = None
    why: str = ""
    authenticated: str | None = None
