"""``${if condition {yes}{no}}``: a condition decides which text it is.

Numeric variables that the condition sets ($1 of a match) are seen in both branches, and have their
old values again behind the closing brace; unless something fails in between.

Law: Exim specification, §11.5, ``if``; §11.7 for conditions.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from labmail.exim.text import Text

from ..branches import Branches
from ..conditions import holds
from ..context import Context
from ..tree import Node
from .item import reads

if TYPE_CHECKING:
    from ..parser import Parser


@reads("if")
def read(parser: Parser, name: str, start: int) -> Node:
    condition = parser.condition()
    branches = parser.branches(name)
    return If(condition, branches, start, parser.at)


class If(Node):
    """A condition, and the branches."""

    __slots__ = ("branches", "condition")

    def __init__(self, condition: Node, branches: Branches, start: int, end: int) -> None:
        self.condition = condition
        self.branches = branches
        self.start = start
        self.end = end

    async def value(self, context: Context) -> Text:
        numeric, value = context.numeric, context.value
        success = await holds(self.condition, context)
        text = await self.branches.choose(context, success, context.value)
        context.numeric, context.value = numeric, value
        return text

    def skip(self) -> str:
        self.condition.skip()
        return self.branches.skip()

    def below(self) -> tuple[Node, ...]:
        return (self.condition, *self.branches.below())
