"""Rows of a database as the text of a lookup.

One column is its value as it stands; several are ``name=value`` with a blank behind each, in quotes
where a value is empty, has blanks in it or begins with a quote. Rows are joined by newlines, and a
NULL among several columns reads ``<NULL>``.

Law: Exim specification, §9.21.

Try: ``rows_as_text(["home", "name"], [["/home/x", "Mister X"]])``.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

NULL = "<NULL>"


def rows_as_text(names: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """The rows of one answer, whose columns have these names.

    >>> rows_as_text(["a", "b"], [["1", "x y"]])
    'a=1 b="x y" '
    """
    if len(names) == 1:
        return "\n".join(row[0] for row in rows)
    return "\n".join(
        "".join(f"{name}={quoted(value)} " for name, value in zip(names, row, strict=True))
        for row in rows
    )


def quoted(value: str) -> str:
    """A value among others: in quotes, with backslashes, where it needs them."""
    if value and value[0] != '"' and not re.search(r"[ \t\n\r]", value):
        return value
    return '"' + re.sub(r'(["\\])', r"\\\1", value) + '"'
