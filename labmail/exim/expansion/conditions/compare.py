"""Two texts beside each other: equal, or which comes first in the order of their octets.

Law: Exim specification, §11.7: ``eq``, ``lt`` and their kin; with an ``i``, capitals are as small
letters.
"""

from __future__ import annotations

from labmail.exim.text import Text

from ..context import Context
from .condition import condition


def compared(one: str, other: str) -> int:
    """Which of two folded texts comes first: below 0, the left; 0, neither.

    Where one is the beginning of the other, Exim takes the left for the later one, whichever it is.
    """
    for here, there in zip(one, other, strict=False):
        if here != there:
            return -1 if here < there else 1
    return int(len(one) != len(other))


_LOWER = str.maketrans({letter: chr(letter + 32) for letter in range(65, 91)})


def folded(text: str) -> str:
    """Small letters for capitals, of ASCII only."""
    return text.translate(_LOWER)


@condition(arguments=2)
def eq(context: Context, left: Text, right: Text) -> bool:
    """The same octets."""
    return left.text == right.text


@condition(arguments=2)
def eqi(context: Context, left: Text, right: Text) -> bool:
    """The same but for capitals."""
    return folded(left.text) == folded(right.text)


@condition(arguments=2)
def lt(context: Context, left: Text, right: Text) -> bool:
    """The left comes first."""
    return left.text < right.text


@condition(arguments=2)
def lti(context: Context, left: Text, right: Text) -> bool:
    """The left comes first, capitals as small letters."""
    return compared(folded(left.text), folded(right.text)) < 0


@condition(arguments=2)
def le(context: Context, left: Text, right: Text) -> bool:
    """The left comes first, or they are the same."""
    return left.text <= right.text


@condition(arguments=2)
def lei(context: Context, left: Text, right: Text) -> bool:
    """As ``le``, capitals as small letters."""
    return compared(folded(left.text), folded(right.text)) <= 0


@condition(arguments=2)
def gt(context: Context, left: Text, right: Text) -> bool:
    """The left comes later."""
    return left.text > right.text


@condition(arguments=2)
def gti(context: Context, left: Text, right: Text) -> bool:
    """The left comes later, capitals as small letters."""
    return compared(folded(left.text), folded(right.text)) > 0


@condition(arguments=2)
def ge(context: Context, left: Text, right: Text) -> bool:
    """The left comes later, or they are the same."""
    return left.text >= right.text


@condition(arguments=2)
def gei(context: Context, left: Text, right: Text) -> bool:
    """As ``ge``, capitals as small letters."""
    return compared(folded(left.text), folded(right.text)) >= 0
