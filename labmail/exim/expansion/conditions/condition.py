"""What a condition is: a name in ``${if``, with arguments in braces, that is true or false.

Most are a function from texts to a bool, and are written as one; the decorator says how many
arguments there are. ``compare.py`` has the shortest.

    @condition(arguments=2)
    def eq(context, left, right):
        return left.text == right.text

A function may return ``(bool, "why")``: a sentence for `explain`. One that has to wait is
``async``. A condition with a form of its own (``def:``, ``and{…}``, ``forany``) is a class of nodes
with a reader, like an item.

Exim computes some conditions even where only the form is looked at: ``checked=True``.

Law: Exim specification, §11.7 and §11.8.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, TypeVar

from labmail.exim.text import Text

from ..context import Context
from ..tree import Node, evaluate

if TYPE_CHECKING:
    from ..parser import Parser

F = TypeVar("F", bound=Callable[..., Any])
Reader = Callable[["Parser", str, int], Node]

READERS: dict[str, Reader] = {}
"""Conditions that have been imported. Ask `conditions.find` instead."""

_COROUTINE = 0x80
"""The bit of a function that is ``async``."""


class Condition(Node):
    """A condition that is a function of its arguments. Its ``why`` goes to the observer."""

    __slots__ = ("checked", "convert", "function", "given", "name", "waits")

    def __init__(
        self,
        name: str,
        function: Callable[..., Any],
        given: tuple[Node, ...],
        waits: bool,
        checked: bool,
        convert: Callable[[Text], Any] | None,
    ) -> None:
        self.name = name
        self.function = function
        self.given = given
        self.waits = waits
        self.checked = checked
        self.convert = convert

    async def holds(self, context: Context) -> bool:
        """Is it true? ExpansionFailed or Deferred if that cannot be said."""
        given: list[Any] = []
        for node in self.given:
            text = await evaluate(node, context)
            given.append(self.convert(text) if self.convert else text)
        answer = self.function(context, *given)
        if self.waits:
            answer = await answer
        if isinstance(answer, tuple):
            answer, why = answer
            if context.observer is not None:
                context.observer.why(self, why)
        return bool(answer)

    def skip(self) -> str:
        given = [node.skip() for node in self.given]
        if self.checked:
            self.function(None, *map(Text, given))
        return ""

    def below(self) -> tuple[Node, ...]:
        return self.given

    def told(self) -> str:
        return f"condition {self.name}"


def condition(
    *names: str,
    arguments: int = 1,
    checked: bool = False,
    raw: bool = False,
    convert: Callable[[Text], Any] | None = None,
    few: str = "",
) -> Callable[[F], F]:
    """Makes a function a condition, under its own name or under those that are given.

    ``raw``: the second argument is handed over unexpanded, as lists are. ``convert``: what each
    argument is made into as soon as it is expanded. ``few``: what is said where one is missing, in
    other words than usual.
    """

    def register(function: F) -> F:
        waits = bool(function.__code__.co_flags & _COROUTINE)

        def reader(parser: Parser, name: str, start: int) -> Node:
            given = read_arguments(parser, name, arguments, raw, few)
            node = Condition(name, function, given, waits, checked, convert)
            node.start, node.end = start, parser.at
            return node

        for name in names or (function.__name__,):
            READERS[name] = reader
        return function

    return register


def reads(*names: str) -> Callable[[F], F]:
    """Registers a reader: a function that makes a node of its own class."""

    def register(function: F) -> F:
        for name in names:
            READERS[name] = function
        return function

    return register


def read_arguments(
    parser: Parser, name: str, count: int, raw: bool, few: str = ""
) -> tuple[Node, ...]:
    """So many arguments, neither more nor fewer; what is wrong is the last of them."""
    given: list[Node] = []
    for place in range(count):
        if parser.space() != "{":
            if few:
                given.append(parser.failed(few))
            elif place == 0:
                given.append(parser.failed(f'missing {{ after "{name}"'))
            else:
                given.append(parser.failed(f'missing 2nd string in {{}} after "{name}"'))
            break
        given.append(parser.unexpanded() if raw and place else parser.argument())
    return tuple(given)
