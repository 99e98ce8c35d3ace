"""Options that may be set more than once: each setting adds to what was there.

    headers_add = X-One: 1
    headers_add = X-Two: 2          both lines are added

Law: Exim specification, §6.13; `condition` and `headers_add` in chapter 15.

Try: ``all_conditions("${if …}", "yes")``.
"""

from __future__ import annotations

from labmail.exim.config.split import split


def all_conditions(before: str | None, after: str) -> str:
    """Conditions: each must hold, and they are asked in turn until one does not."""
    if before is None:
        return after
    return f"${{if and{{{{bool_lax{{{before}}}}}{{bool_lax{{{after}}}}}}}}}"


def as_lines(before: str | None, after: str) -> str | None:
    r"""Header lines, one below the other.

    >>> as_lines("X-One: 1", "X-Two: 2")
    'X-One: 1\nX-Two: 2'
    """
    return _joined(before, after, "\n")


def as_list(before: str | None, after: str) -> str | None:
    """Items of a list with colons, whatever the separator of the second setting is.

    >>> as_list("a", "<; b; c:d")
    'a:b:c::d'
    """
    return _joined(before, after, ":")


def as_variables(before: str | None, after: str) -> str | None:
    """Settings of variables, with semicolons between them."""
    return _joined(before, after, ";")


def _joined(before: str | None, after: str, separator: str) -> str | None:
    items = [item.replace(separator, separator * 2) for item in split(after, separator)]
    return separator.join([*([] if before is None else [before]), *items]) if items else before
