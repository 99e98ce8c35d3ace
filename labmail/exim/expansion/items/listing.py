"""``${listextract{2}{a:b:c}}``: a member of a list, by number from the front or from the end.

Law: Exim specification, §11.5, ``listextract``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from labmail.exim.errors import ExpansionFailed
from labmail.exim.text import Text

from ..branches import Branches
from ..context import Context
from ..tree import Node, evaluate
from .extracting import NUMBER, SPACE, integer
from .item import reads

if TYPE_CHECKING:
    from ..parser import Parser


@reads("listextract")
def read_listextract(parser: Parser, name: str, start: int) -> Node:
    given: list[Node] = []
    branches = None
    for place in (1, 2):
        if parser.space() != "{":
            given.append(parser.misplaced(f"missing '{{' for arg {place} of listextract"))
            break
        given.append(parser.argument())
    else:
        branches = parser.branches("listextract")
    return ListExtract(tuple(given), branches, start, parser.at)


class ListExtract(Node):
    """A number, a list, the branches."""

    __slots__ = ("branches", "given")

    def __init__(
        self, given: tuple[Node, ...], branches: Branches | None, start: int, end: int
    ) -> None:
        self.given = given
        self.branches = branches
        self.start = start
        self.end = end

    async def value(self, context: Context) -> Text:
        number = self._number((await evaluate(self.given[0], context)).text)
        listed = await evaluate(self.given[1], context)
        before = context.value
        found = member_of(listed.text, number)
        context.value = None if found is None else Text(found, listed.tainted)
        assert self.branches is not None
        return await self.branches.choose(context, found is not None, before)

    def _number(self, text: str) -> int:
        key = text.strip(SPACE)
        if not key:
            raise ExpansionFailed('first argument of "listextract" must not be empty')
        if not NUMBER.fullmatch(key):
            raise ExpansionFailed('first argument of "listextract" must be numeric')
        return integer(key)

    def skip(self) -> str:
        number = self.given[0].skip().strip(SPACE)
        if number and not NUMBER.fullmatch(number):
            raise ExpansionFailed('first argument of "listextract" must be numeric')
        for node in self.given[1:]:
            node.skip()
        return self.branches.skip() if self.branches else ""

    def below(self) -> tuple[Node, ...]:
        return (*self.given, self.branches) if self.branches else self.given

    def told(self) -> str:
        return "item listextract"


def member_of(listed: str, number: int) -> str | None:
    """A member by number, from the front or from the end; far before the first one is the first.

    >>> member_of("a:b:c", -1)
    'c'
    """
    from labmail.exim.config.split import split

    members = list(split(listed))
    if not members and number > 1 and listed.lstrip(SPACE)[1:]:
        return "<"  # the separator is chosen, and the list ends: Exim reads it once more
    place = number - 1 if number > 0 else len(members) + number
    if members and place < -1:
        return members[0]
    return members[place] if number and 0 <= place < len(members) else None
