"""``forall{list}{condition}`` and ``forany{list}{condition}``: of all members, or of one of them.

    forany{a:b:c}{eq{$item}{b}}            a list
    forany_json{["x","y"]}{…}              a JSON array; $item has its quotes
    forany_jsons{["x","y"]}{…}             and here it has not

No more members are asked than needed; of an empty list nothing is true.

Law: Exim specification, §11.7.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from labmail.exim.errors import Deferred, ExpansionFailed
from labmail.exim.text import Text

from ..context import Context
from ..tree import Failure, Node, evaluate
from . import holds
from .condition import reads
from .grouping import inside

if TYPE_CHECKING:
    from ..parser import Parser


@reads("forall", "forany", "forall_json", "forany_json", "forall_jsons", "forany_jsons")
def read(parser: Parser, name: str, start: int) -> Node:
    if parser.space() != "{":
        return Each(name, parser.failed(f'missing {{ after "{name}"'), None, None, start, parser.at)
    listed = parser.argument()
    if parser.space() != "{":
        wrong = parser.failed(f'missing {{ after "{name}"')
        return Each(name, listed, None, wrong, start, parser.at)
    parser.at += 1
    body = parser.condition()
    closing: Failure | None = None
    if parser.space() == "}":
        parser.at += 1
    else:
        closing = parser.failed(f'missing }} at end of condition inside "{name}"')
    return Each(name, listed, body, closing, start, parser.at)


class Each(Node):
    """A list, and a condition for its members."""

    __slots__ = ("body", "closing", "listed", "name")

    def __init__(
        self,
        name: str,
        listed: Node,
        body: Node | None,
        closing: Failure | None,
        start: int,
        end: int,
    ) -> None:
        self.name = name
        self.listed = listed
        self.body = body
        self.closing = closing
        self.start = start
        self.end = end

    async def holds(self, context: Context) -> bool:
        """Of all of them, or of one?"""
        listed = await evaluate(self.listed, context)
        self._form()
        assert self.body is not None
        settles = self.name.startswith("forany")
        before = context.item
        answer = False
        try:
            for member in self._members(listed.text):
                context.budget.step()
                context.item = Text(member, listed.tainted)
                answer = await self._ask(context)
                if answer is settles:
                    break
        finally:
            context.item = before
        return answer

    async def _ask(self, context: Context) -> bool:
        assert self.body is not None
        try:
            return await holds(self.body, context)
        except (ExpansionFailed, Deferred) as failed:
            raise inside(failed, f' inside "{self.name}" condition') from None

    def _members(self, listed: str) -> Iterator[str]:
        if "_json" not in self.name:
            from labmail.exim.config.split import split

            return split(listed)
        from ..items.json import members, result, unwrapped

        form = self.name.partition("_")[2]
        inner, _ = unwrapped(listed, "[]", "array for extract json")
        return (result(form, member, "extract") for member in members(inner))

    def _form(self) -> None:
        if self.body:
            try:
                self.body.skip()
            except (ExpansionFailed, Deferred) as failed:
                raise inside(failed, f' inside "{self.name}" condition') from None
        if self.closing:
            self.closing.skip()

    def skip(self) -> str:
        listed = self.listed.skip()
        self._form()
        if self.name.endswith("_jsons") and listed.lstrip().startswith("["):
            next(self._members(listed), "")
        return ""

    def below(self) -> tuple[Node, ...]:
        return (self.listed, self.body) if self.body else (self.listed,)

    def told(self) -> str:
        return f"condition {self.name}"
