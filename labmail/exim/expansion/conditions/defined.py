"""``def:name``: has a variable a value that is not empty? Is there a header line of that name?

Law: Exim specification, §11.7: ``def``.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from ..context import Context
from ..tree import Header, Node, Variable
from ..variables import find, hint
from .condition import reads

if TYPE_CHECKING:
    from ..parser import Parser

_HEADER = re.compile(r"(h|rh|bh|lh|header|rheader|bheader|lheader)_")


@reads("def")
def read(parser: Parser, name: str, start: int) -> Node:
    if not parser.text.startswith(":", parser.at):
        return parser.failed('":" expected after "def"')
    parser.at += 1
    at = parser.at
    variable = parser.word()
    if not variable:
        return parser.failed('variable name omitted after "def:"')
    prefix = _HEADER.match(variable)
    if prefix:
        parser.at = at + prefix.end()
        return Defined(parser.header(prefix[1], at), start, parser.at)
    unknown = f'unknown variable "{variable}" after "def:"{hint(variable)}'
    function = find(variable)
    if function is None:
        return parser.failed(unknown)
    return Defined(Variable(variable, function, unknown, at, parser.at), start, parser.at)


class Defined(Node):
    """A variable or a header, and the question whether it is there."""

    __slots__ = ("asked",)

    def __init__(self, asked: Node, start: int, end: int) -> None:
        self.asked = asked
        self.start = start
        self.end = end

    async def holds(self, context: Context) -> bool:
        if isinstance(self.asked, Header):
            from ..headers import find as header

            kind, name = self.asked.kind, self.asked.name
            return header(context.message, kind, name, context) is not None
        return bool(self.asked.now(context).text)

    def below(self) -> tuple[Node, ...]:
        return (self.asked,)

    def told(self) -> str:
        return "condition def"
