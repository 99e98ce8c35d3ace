"""Items that cut, hash and translate: what `operators.pieces` and `operators.hashing` do, with
arguments that are expanded.

    ${length{3}{$local_part}}      ${substr{1}{2}{bob}}     ${tr{bob}{o}{u}}
    ${hash{3}{26}{bob}}            ${nhash{8}{64}{bob}}

Law: Exim specification, §11.5.
"""

from __future__ import annotations

from labmail.exim.text import Text

from ..arithmetic import read_argument
from ..context import Context
from ..operators.hashing import hashed, numeric
from ..operators.pieces import leading, piece
from .item import item


@item(least=2, most=2, checked=True)
def length(context: Context, count: Text, text: Text) -> Text:
    """The first so many octets."""
    return Text(leading(text.text, read_argument(count.text, "length")), text.tainted)


@item(least=2, most=3, checked=True)
def substr(context: Context, start: Text, second: Text, third: Text | None) -> Text:
    """From a place, of a length that may be left out."""
    text = third or second
    first = read_argument(start.text, "substr", signed=True)
    count = read_argument(second.text, "substr") if third is not None else None
    return Text(piece(text.text, first, count), text.tainted)


@item("hash", least=2, most=3, checked=True)
def hash_(context: Context, first: Text, second: Text, third: Text | None) -> Text:
    """So many letters that stand for the text; of how many, may be left out."""
    text = third or second
    size = read_argument(first.text, "hash", signed=True)
    letters = read_argument(second.text, "hash") if third is not None else None
    return Text(hashed(text.text, size, letters), text.tainted)


@item(least=2, most=3, checked=True)
def nhash(context: Context, first: Text, second: Text, third: Text | None) -> Text:
    """A number that stands for the text, or two."""
    text = third or second
    modulus = read_argument(first.text, "nhash", signed=True)
    other = read_argument(second.text, "nhash") if third is not None else None
    return Text(numeric(text.text, modulus, other))


@item(least=3, most=3, checked=True)
def tr(context: Context, text: Text, old: Text, new: Text) -> Text:
    """Each character that stands in ``old`` becomes the one at the same place of ``new``.

    Where ``new`` is shorter its last character serves for the rest; where it is empty, nothing
    changes.
    """
    if not new.text:
        return text
    last = len(new.text) - 1
    table = {ord(letter): new.text[min(place, last)] for place, letter in enumerate(old.text)}
    return Text(text.text.translate(table), text.tainted)
