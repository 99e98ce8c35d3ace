"""``${lc:…}`` in the tree: an operator at work on what stands behind the colon.

What operators there are and what they do is in `operators/`; one of them, ``expand``, needs the
evaluator and is at home here.

Law: Exim specification, chapter 11, "Expansion operators".
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from labmail.exim.errors import Deferred, ExpansionFailed
from labmail.exim.text import Text

from .context import Context
from .tree import Node, cut, evaluate

if TYPE_CHECKING:
    from .operators import Operator


class Operation(Node):
    """An operator and its argument. ``whole``: its result is a text of its own, not a piece."""

    __slots__ = ("argument", "number", "operator", "quick", "whole")

    def __init__(
        self, operator: Operator, number: str | None, argument: Node, start: int, end: int
    ) -> None:
        self.operator = operator
        self.number = number
        self.argument = argument
        self.quick = argument.quick
        self.whole = False
        self.start = start
        self.end = end

    def now(self, context: Context) -> Text:
        return self._applied(self.argument.now(context), context)

    async def value(self, context: Context) -> Text:
        return self._applied(await evaluate(self.argument, context), context)

    def _applied(self, given: Text, context: Context) -> Text:
        operator = self.operator
        if operator.wants:
            text = operator(given.text, self.number, context)
        else:
            text = operator.function(given.text)
        if self.whole and "\0" in text:
            text = cut(text)
        return Text(text, given.tainted and not operator.fresh)

    def skip(self) -> str:
        self.argument.skip()
        return ""

    def below(self) -> tuple[Node, ...]:
        return (self.argument,)

    def told(self) -> str:
        return f"operator {self.operator.name}"


class Unknown(Node):
    """An operator that nobody knows: Exim says so after it has expanded the argument."""

    __slots__ = ("argument", "message", "quick")

    def __init__(self, argument: Node, message: str, start: int, end: int) -> None:
        self.argument = argument
        self.message = message
        self.quick = argument.quick
        self.start = start
        self.end = end

    def now(self, context: Context) -> Text:
        self.argument.now(context)
        raise ExpansionFailed(self.message, position=self.start)

    async def value(self, context: Context) -> Text:
        await evaluate(self.argument, context)
        raise ExpansionFailed(self.message, position=self.start)

    def skip(self) -> str:
        self.argument.skip()
        raise ExpansionFailed(self.message, position=self.end)

    def below(self) -> tuple[Node, ...]:
        return (self.argument,)


class Expand(Node):
    """``${expand:…}``: what comes out is expanded once more."""

    __slots__ = ("argument",)

    def __init__(self, argument: Node, start: int, end: int) -> None:
        self.argument = argument
        self.start = start
        self.end = end

    async def value(self, context: Context) -> Text:
        from .evaluator import expand

        given = await evaluate(self.argument, context)
        try:
            return await expand(given, context)
        except (ExpansionFailed, Deferred) as failed:
            told = f'internal expansion of "{given.text}" failed: {failed.message}'
            if isinstance(failed, Deferred):
                raise Deferred(told, help=failed.help) from None
            raise ExpansionFailed(told, position=self.start, forced=failed.forced) from None

    def skip(self) -> str:
        self.argument.skip()
        return ""

    def below(self) -> tuple[Node, ...]:
        return (self.argument,)

    def told(self) -> str:
        return "operator expand"
