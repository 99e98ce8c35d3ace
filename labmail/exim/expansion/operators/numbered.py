"""The numbers in an operator's name: ``${substr_2_3:…}``, ``${hash_8_62:…}``.

Law: Exim specification, chapter 11: ``length_<n>``, ``substr_<n>_<m>``, ``hash_<n>_<m>``.

Try::

    >>> numbers("substr", "-2_3", signed=True, two=True)
    (-2, 3)
"""

from __future__ import annotations

import re

from labmail.exim.errors import ExpansionFailed
from labmail.exim.expansion.arithmetic import int32

_ONE = re.compile(r"(?P<minus>)(?P<first>[0-9]*)(?P<second>)")
_TWO = re.compile(r"(?P<minus>)(?P<first>[0-9]*)(?:(?<=[0-9])_(?P<second>[0-9]+))?")
_SIGNED = re.compile(r"(?P<minus>-?)(?P<first>[0-9]*)(?:(?<=[0-9])_(?P<second>[0-9]+))?")


def numbers(
    name: str, argument: str | None, *, signed: bool = False, two: bool = False
) -> tuple[int, int | None]:
    """The one or two numbers behind the underscore. A number left out is 0, the second one None.

    Raises ExpansionFailed where there is no underscore, or something else than digits behind it.
    """
    if argument is None:
        raise ExpansionFailed(f"missing values after {name}")
    found = (_SIGNED if signed else _TWO if two else _ONE).fullmatch(argument)
    if not found:
        raise ExpansionFailed(f'non-digit after underscore in "{name}_{argument}"')
    first = int32(_value(found["minus"], found["first"]))
    return first, int32(_value("", found["second"])) if found["second"] else None


def _value(minus: str, digits: str) -> int:
    """Only the last digits of a long number count: the others have turned over."""
    value = int(digits[-64:] or "0")
    return -value if minus else value
