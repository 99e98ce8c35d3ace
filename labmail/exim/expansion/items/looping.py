"""``${map…}``, ``${filter…}``, ``${reduce…}``: something is done with every member of a list.

    ${map{a:b:c}{<$item>}}                 a list again: <a>:<b>:<c>
    ${filter{a:b:c}{!eq{$item}{b}}}        those for which a condition is true: a:c
    ${reduce{1:2:3}{0}{${eval:$value+$item}}}   one text, which is $value on the way: 6

Before the first round Exim looks over the form of what is to be done; so do we, or the errors would
be other ones.

Law: Exim specification, §11.5.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from labmail.exim.errors import Deferred, ExpansionFailed
from labmail.exim.text import EMPTY, Text

from ..conditions import holds
from ..conditions.grouping import inside
from ..context import Context
from ..tree import Failure, Node, evaluate, joined
from .item import reads

if TYPE_CHECKING:
    from ..parser import Parser


@reads("map")
@reads("filter")
@reads("reduce")
def read(parser: Parser, name: str, start: int) -> Node:
    given: list[Node] = []
    for place in ("first", "second") if name == "reduce" else ("first",):
        if parser.space() != "{":
            given.append(parser.misplaced(f"missing '{{' for {place} arg of {name}"))
            return Loop(name, tuple(given), None, None, start, parser.at)
        given.append(parser.argument())
    if parser.space() != "{":
        given.append(parser.misplaced(f"missing '{{' for last arg of {name}"))
        return Loop(name, tuple(given), None, None, start, parser.at)
    body, wrong = _body(parser, name)
    return Loop(name, tuple(given), body, wrong, start, parser.at)


def _body(parser: Parser, name: str) -> tuple[Node, Failure | None]:
    """What is done in each round, and what is wrong behind it."""
    parser.at += 1
    if name == "filter":
        body = parser.condition()
        if parser.space() != "}":
            return body, parser.failed(
                f'missing }} at end of condition or expression inside "{name}"; '
                "could be an unquoted } in the content"
            )
        parser.at += 1
    else:
        body = parser.inner()
    if parser.space() != "}":
        return body, parser.failed(f'missing }} at end of "{name}"')
    parser.at += 1
    return body, None


class Loop(Node):
    """A list (and a beginning, for `reduce`), and what is done with each member."""

    __slots__ = ("body", "given", "name", "wrong")

    def __init__(
        self,
        name: str,
        given: tuple[Node, ...],
        body: Node | None,
        wrong: Failure | None,
        start: int,
        end: int,
    ) -> None:
        self.name = name
        self.given = given
        self.body = body
        self.wrong = wrong
        self.start = start
        self.end = end

    async def value(self, context: Context) -> Text:
        from labmail.exim.config.split import separated, split

        given = [await evaluate(node, context) for node in self.given]
        listed = given[0]
        before, value = context.item, context.value
        if len(given) > 1:
            context.value = given[1]
        self._form()
        kept: list[Text] = []
        for member in split(listed.text):
            context.budget.step()
            context.item = Text(member, listed.tainted)
            try:
                await self._round(context, kept)
            except (ExpansionFailed, Deferred) as failed:
                context.item = before
                where = "condition" if self.name == "filter" else "item"
                raise inside(failed, f' inside "{self.name}" {where}') from None
        if self.name == "reduce":
            kept = [context.value or EMPTY]
            context.value = value
            context.item = before
            return kept[0]
        context.item = before
        return together(kept, separated(listed.text)[0], context)

    async def _round(self, context: Context, kept: list[Text]) -> None:
        assert self.body is not None
        if self.name == "filter":
            if await holds(self.body, context):
                kept.append(context.item or EMPTY)
        elif self.name == "map":
            kept.append(await evaluate(self.body, context))
            context.budget.grown(len(kept[-1].text))
        else:
            context.value = await evaluate(self.body, context)

    def _form(self) -> None:
        assert self.body is not None
        try:
            self.body.skip()
        except (ExpansionFailed, Deferred) as failed:
            raise inside(failed, f' inside "{self.name}" item') from None
        if self.wrong:
            self.wrong.skip()

    def skip(self) -> str:
        for node in self.given:
            node.skip()
        self._form()
        return ""

    def below(self) -> tuple[Node, ...]:
        return (*self.given, self.body) if self.body else self.given

    def told(self) -> str:
        return f"item {self.name}"


def together(members: list[Text], separator: str, context: Context) -> Text:
    """A list: a separator that belongs to a member is doubled, and a member that is empty, or
    begins with one, is kept apart by a space."""
    pieces: list[Text] = []
    for member, tainted in members:
        text = member.replace(separator, separator * 2)
        if pieces and (not member or member[0] == separator):
            text = " " + text
        pieces.append(Text(text + separator, tainted))
    if pieces:
        pieces[-1] = pieces[-1].like(pieces[-1].text[:-1])
    return joined(pieces, context)
