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
from contextlib import suppress
from itertools import pairwise
from operator import attrgetter
from typing import TYPE_CHECKING, Any, NamedTuple

from labmail.exim.errors import Deferred, ExpansionFailed
from labmail.exim.text import Text

from ..arithmetic import read_integer
from ..conditions.compare import compared, folded
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
        closing = parser.failed('missing } at end of "sort"')
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
        order = ordering(comparator.text)
        self._form()
        assert self.extractor is not None
        item = context.item
        members: list[Keyed] = []
        for member in split(listed.text):
            context.budget.step()
            context.item = Text(member, listed.tainted)
            key = await self._key(self.extractor, context)
            members.append(Keyed(order.key(key), context.item))
        context.item = item
        return appended(arranged(members, order, context), separated(listed.text)[0], context)

    async def _key(self, extractor: Node, context: Context) -> str:
        """What is compared. Why there is none, Exim does not say."""
        with suppress(ExpansionFailed, Deferred):
            key = (await evaluate(extractor, context)).text
            if key:
                return key
        raise ExpansionFailed(f'field-extract in sort: "{self.raw}"')

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


class Keyed(NamedTuple):
    """A member, and what is compared of it: None is a number that is none."""

    key: Any
    member: Text


class Order(NamedTuple):
    """What a comparator says: upwards or not, and whether an equal one goes before."""

    key: Callable[[str], Any]
    upwards: bool
    equal: bool
    caseless: bool = False


def ordering(written: str) -> Order:
    """What the comparator that is named means."""
    from ..conditions import find

    found = _COMPARATOR.match(written)
    name = found[0] if found else ""
    if not name:
        raise ExpansionFailed(f'condition name expected, but found "{written[:16]}"')
    if find(name) is None:
        raise ExpansionFailed("")
    if name not in _ORDERING:
        raise ExpansionFailed("comparator not handled for sort")
    equal = name.endswith("=") or name.startswith(("le", "ge"))
    if name[0] in "<>":
        return Order(_number, name[0] == "<", equal)
    if name.endswith("i"):
        return Order(folded, name[0] == "l", equal, True)
    return Order(str, name[0] == "l", equal)


def _number(text: str) -> int | None:
    try:
        return read_integer(text)
    except ExpansionFailed:
        return None


def arranged(members: list[Keyed], order: Order, context: Context) -> list[Text]:
    """In order. Where each can be compared with each, that is what `sorted` does."""
    if _odd([keyed.key for keyed in members], order):
        return _inserted(members, order, context)
    if order.equal == order.upwards:
        members = members[::-1]
    ordered = sorted(members, key=attrgetter("key"))
    return [keyed.member for keyed in (ordered if order.upwards else reversed(ordered))]


def _odd(keys: list[Any], order: Order) -> bool:
    """Is there one that cannot be compared as usual: a number that is none, or, where capitals
    are as small letters, a beginning of another one?"""
    if not order.caseless:
        return None in keys
    keys = sorted(set(keys))
    return any(after.startswith(key) for key, after in pairwise(keys))


def _inserted(members: list[Keyed], order: Order, context: Context) -> list[Text]:
    """One after another, each before the first that it must come before."""
    ordered: list[Keyed] = []
    for one in members:
        place = 0
        while place < len(ordered) and not _before(one.key, ordered[place].key, order):
            if place % 20 == 0:
                context.budget.step()
            place += 1
        ordered.insert(place, one)
    return [keyed.member for keyed in ordered]


def _before(one: Any, other: Any, order: Order) -> bool:
    """Nothing comes before a number that is none, nor after it."""
    if one is None or other is None:
        return False
    if one == other:
        return order.equal
    first = compared(one, other) < 0 if order.caseless else one < other
    return first == order.upwards


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
