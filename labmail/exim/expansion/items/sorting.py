"""``${sort{list}{comparator}{what of it}}``: the members of a list in order.

    ${sort{3:20:100}{<}{$item}}              by number
    ${sort{b2:a3}{lt}{${substr{1}{1}{$item}}}}    by a part of each

The comparator is the name of a condition that orders: ``<``, ``lt``, ``gti`` …. Each member goes
before the first one that it must come before; where members are equal, ``lt`` leaves them as they
were, ``le`` turns them round.

Law: Exim specification, §11.5, ``sort``.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TYPE_CHECKING

from labmail.exim.errors import ExpansionFailed
from labmail.exim.text import Text

from ..arithmetic import read_integer
from ..context import Context
from ..tree import Failure, Node, evaluate, joined
from .item import reads

if TYPE_CHECKING:
    from ..parser import Parser

_ORDERING = ["<", "<=", ">", ">=", "lt", "lti", "le", "lei", "gt", "gti", "ge", "gei"]
_COMPARATOR = re.compile(r"[=<>]=?|[A-Za-z0-9_]*")


@reads("sort")
def read(parser: Parser, name: str, start: int) -> Node:
    given: list[Node] = []
    for place in ("list", "comparator"):
        if parser.space() != "{":
            given.append(parser.misplaced(f"missing '{{' for {place} arg of sort"))
            return Sort(tuple(given), None, None, start, parser.at)
        given.append(parser.unexpanded() if given else parser.argument())
    if parser.space() != "{":
        wrong = parser.misplaced("missing '{' for extractor arg of sort")
        return Sort(tuple(given), wrong, None, start, parser.at)
    extractor = parser.argument()
    closing: Failure | None = None
    if parser.text.startswith("}", parser.at):
        parser.at += 1
    else:
        closing = parser.misplaced('missing } at end of "sort"')
    sort = Sort(tuple(given), extractor, closing, start, parser.at)
    sort.raw = parser.text[extractor.start : extractor.end]
    return sort


class Sort(Node):
    """The list and the comparator, and what is compared of each member."""

    __slots__ = ("closing", "extractor", "given", "raw")

    def __init__(
        self,
        given: tuple[Node, ...],
        extractor: Node | None,
        closing: Failure | None,
        start: int,
        end: int,
    ) -> None:
        self.given = given
        self.extractor = extractor
        self.closing = closing
        self.raw = ""
        self.start = start
        self.end = end

    async def value(self, context: Context) -> Text:
        from labmail.exim.config.split import separated, split

        listed, comparator = [await evaluate(node, context) for node in self.given]
        before = ordering(comparator.text)
        self._form()
        assert self.extractor is not None
        item = context.item
        ordered: list[tuple[str, Text]] = []
        for member in split(listed.text):
            context.budget.step()
            context.item = Text(member, listed.tainted)
            key = (await evaluate(self.extractor, context)).text
            if not key:
                raise ExpansionFailed(f'field-extract in sort: "{self.raw}"')
            place = 0
            while place < len(ordered) and not before(key, ordered[place][0]):
                place += 1
            ordered.insert(place, (key, context.item))
        context.item = item
        return appended([member for _, member in ordered], separated(listed.text)[0], context)

    def _form(self) -> None:
        if self.extractor:
            self.extractor.skip()
        if self.closing:
            self.closing.skip()

    def skip(self) -> str:
        texts = [node.skip() for node in self.given]
        ordering(texts[1])
        self._form()
        return ""

    def below(self) -> tuple[Node, ...]:
        return (*self.given, self.extractor) if self.extractor else self.given

    def told(self) -> str:
        return "item sort"


def ordering(written: str) -> Callable[[str, str], bool]:
    """Must the first of two come before the second? For the comparator that is named."""
    from ..conditions import find

    found = _COMPARATOR.match(written)
    name = found[0] if found else ""
    if not name:
        raise ExpansionFailed(f'condition name expected, but found "{written[:16]}"')
    if find(name) is None:
        raise ExpansionFailed("")
    if name not in _ORDERING:
        raise ExpansionFailed("comparator not handled for sort")
    if name[0] in "<>":
        return _by_number(name)
    function = _BY_TEXT[name[:2]]
    if name.endswith("i"):
        return lambda left, right: function(left.lower(), right.lower())
    return function


_BY_TEXT: dict[str, Callable[[str, str], bool]] = {
    "lt": lambda left, right: left < right,
    "le": lambda left, right: left <= right,
    "gt": lambda left, right: left > right,
    "ge": lambda left, right: left >= right,
}
_BY_NUMBER: dict[str, Callable[[int, int], bool]] = {
    "<": lambda left, right: left < right,
    "<=": lambda left, right: left <= right,
    ">": lambda left, right: left > right,
    ">=": lambda left, right: left >= right,
}


def _by_number(name: str) -> Callable[[str, str], bool]:
    """What is no number comes before nothing."""

    def before(left: str, right: str) -> bool:
        try:
            return _BY_NUMBER[name](read_integer(left), read_integer(right))
        except ExpansionFailed:
            return False

    return before


def appended(members: list[Text], separator: str, context: Context) -> Text:
    """A list; an empty member is a space."""
    pieces = [
        Text(member.replace(separator, separator * 2) or " ", tainted)
        for member, tainted in members
    ]
    between: list[Text] = []
    for piece in pieces:
        between += [Text(separator), piece]
    return joined(between[1:], context)
