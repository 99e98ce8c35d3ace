"""Two numbers beside each other. ``1K`` is 1024; nothing at all is 0.

Law: Exim specification, §11.7: ``=``, ``<`` and their kin.
"""

from __future__ import annotations

from labmail.exim.text import Text

from ..arithmetic import read_integer
from ..context import Context
from .condition import condition


def _number(text: Text) -> int:
    return read_integer(text.text) if text.text else 0


@condition("=", "==", arguments=2)
def equal(context: Context, left: Text, right: Text) -> bool:
    return _number(left) == _number(right)


@condition("<", arguments=2)
def less(context: Context, left: Text, right: Text) -> bool:
    return _number(left) < _number(right)


@condition("<=", arguments=2)
def at_most(context: Context, left: Text, right: Text) -> bool:
    return _number(left) <= _number(right)


@condition(">", arguments=2)
def more(context: Context, left: Text, right: Text) -> bool:
    return _number(left) > _number(right)


@condition(">=", arguments=2)
def at_least(context: Context, left: Text, right: Text) -> bool:
    return _number(left) >= _number(right)
