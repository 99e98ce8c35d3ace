"""What an item is: a name in ``${…}`` with arguments in braces of their own.

Most items are a function from some texts to a text, like an operator with several arguments, and
are written as one. `pieces.py` has the shortest: the decorator says how many arguments there are at
least and at most, those that are left out are None.

    @item(least=2, most=3)
    def substr(context, start, count, text): …

A function that has to wait is ``async``. Items with branches, conditions or loops are classes of
nodes with a ``read`` of their own; they have a file each.

``checked=True``: Exim computes this item even where only the form is looked at, in a branch that is
not taken, and so its mistakes are found there too.

Law: Exim specification, §11.5, "Expansion items".
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, TypeVar

from labmail.exim.text import Text

from ..context import Context
from ..tree import Node, evaluate

if TYPE_CHECKING:
    from ..parser import Parser

Reader = Callable[["Parser", str, int], Node]
F = TypeVar("F", bound=Callable[..., Any])

_COROUTINE = 0x80
"""The bit of a function that is ``async``."""

READERS: dict[str, Reader] = {}
"""Items that have been imported. Ask `items.find` instead."""


class Item(Node):
    """An item that is a function of its arguments."""

    __slots__ = ("checked", "function", "given", "most", "name", "quick", "waits")

    def __init__(
        self, name: str, function: Callable[..., Any], most: int, waits: bool, checked: bool
    ) -> None:
        self.name = name
        self.function = function
        self.most = most
        self.waits = waits
        self.checked = checked

    def read(self, parser: Parser, least: int, start: int) -> Item:
        """Reads the arguments."""
        self.given = tuple(parser.arguments(self.name, least, self.most))
        self.quick = not self.waits and all(node.quick for node in self.given)
        self.start = start
        self.end = parser.at
        return self

    def now(self, context: Context) -> Text:
        return self._applied(context, [node.now(context) for node in self.given])

    async def value(self, context: Context) -> Text:
        given = [await evaluate(node, context) for node in self.given]
        if self.waits:
            return await self._applied(context, given)
        return self._applied(context, given)

    def _applied(self, context: Context | None, given: list[Any]) -> Any:
        return self.function(context, *given, *[None] * (self.most - len(given)))

    def skip(self) -> str:
        given = [Text(node.skip()) for node in self.given]
        return self._applied(None, given).text if self.checked else ""

    def below(self) -> tuple[Node, ...]:
        return self.given

    def told(self) -> str:
        return f"item {self.name}"


def item(name: str = "", *, least: int, most: int, checked: bool = False) -> Callable[[F], F]:
    """Makes a function an item, under its own name or under the one that is given."""

    def register(function: F) -> F:
        waits = bool(function.__code__.co_flags & _COROUTINE)

        def reader(parser: Parser, written: str, start: int) -> Node:
            return Item(written, function, most, waits, checked).read(parser, least, start)

        READERS[name or function.__name__] = reader
        return function

    return register


def reads(name: str) -> Callable[[F], F]:
    """Registers a reader: a function that makes a node of its own class."""

    def register(function: F) -> F:
        READERS[name] = function
        return function

    return register
