"""Two numbers beside each other. ``1K`` is 1024; nothing at all is 0.

Law: Exim specification, §11.7: ``=``, ``<`` and their kin.
"""

from __future__ import annotations

from labmail.exim.text import Text

from ..arithmetic import read_integer
from ..context import Context
from .condition import condition


def number(text: Text) -> int:
    """A number as it is read, before anything that follows it is looked at."""
    return read_integer(text.text) if text.text else 0


@condition("=", "==", arguments=2, convert=number)
def equal(context: Context, left: int, right: int) -> bool:
    """The same number."""
    return left == right


@condition("<", arguments=2, convert=number)
def less(context: Context, left: int, right: int) -> bool:
    """The left is the smaller."""
    return left < right


@condition("<=", arguments=2, convert=number)
def at_most(context: Context, left: int, right: int) -> bool:
    """The left is the smaller, or they are the same."""
    return left <= right


@condition(">", arguments=2, convert=number)
def more(context: Context, left: int, right: int) -> bool:
    """The left is the greater."""
    return left > right


@condition(">=", arguments=2, convert=number)
def at_least(context: Context, left: int, right: int) -> bool:
    """The left is the greater, or they are the same."""
    return left >= right
