"""``{yes}{no}``: what a string says about success and failure, at the end of many items.

    ${if …  {yes}{no}}     the one or the other
            {yes}          nothing on failure
            {yes}fail      on failure the whole expansion fails, on purpose
                           nothing at all: "true" for `if`, else what was found

Of the branch that is not taken only the form is looked at. Whatever was found is $value while {yes}
is expanded, and has its old value again in {no}.

Law: Exim specification, chapter 11, ``${if``, ``${lookup``, ``${extract``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from labmail.exim.errors import ExpansionFailed
from labmail.exim.text import EMPTY, Text

from .context import Context
from .tree import Failure, Node, evaluate

if TYPE_CHECKING:
    from .parser import Parser

TRUE = Text("true")


class Forced(Node):
    """The word ``fail`` in the place of a second branch."""

    __slots__ = ("failure", "kind")

    def __init__(self, kind: str, failure: Failure | None, start: int, end: int) -> None:
        self.kind = kind
        self.failure = failure
        self.start = start
        self.end = end

    async def value(self, context: Context) -> Text:
        if self.failure:
            self.failure.skip()
        message = f'"{self.kind}" failed and "fail" requested'
        raise ExpansionFailed(message, position=self.start, forced=True)

    def told(self) -> str:
        return "fail"


class Branches(Node):
    """Both branches, each of which may be missing; ``closing`` is a mistake behind them."""

    __slots__ = ("closing", "kind", "no", "yes")

    def __init__(
        self,
        kind: str,
        yes: Node | None,
        no: Node | None,
        closing: Failure | None,
        start: int,
        end: int,
    ) -> None:
        self.kind = kind
        self.yes = yes
        self.no = no
        self.closing = closing
        self.start = start
        self.end = end

    async def choose(self, context: Context, success: bool, before: Text | None) -> Text:
        """The text of the branch. ``before`` is the $value to which to return."""
        if self.yes is None:
            return self._bare(context, success, before)
        chosen = EMPTY
        if success:
            chosen = await evaluate(self.yes, context)
        else:
            self.yes.skip()
        context.value = before
        if self.no is not None:
            if success:
                self.no.skip()
            else:
                chosen = await evaluate(self.no, context)
        if self.closing:
            self.closing.skip()
        return chosen

    def _bare(self, context: Context, success: bool, before: Text | None) -> Text:
        if self.kind == "if":
            return TRUE if success else EMPTY
        found = context.value or EMPTY
        context.value = before
        return found if success else EMPTY

    def skip(self, success: bool = False) -> str:
        """Where nobody asks, it counts as a failure; for `run`, as a success."""
        texts = [node.skip() if node else "" for node in (self.yes, self.no)]
        if self.closing:
            self.closing.skip()
        return texts[not success]

    def below(self) -> tuple[Node, ...]:
        return tuple(node for node in (self.yes, self.no, self.closing) if node is not None)


def read(parser: Parser, kind: str) -> Branches:
    """The branches, and the brace that closes the item."""
    start = parser.at
    following = parser.space()
    if following == "}":
        parser.at += 1
        return Branches(kind, None, None, None, start, parser.at)
    if following != "{":
        wrong = _trouble(parser, "'yes' part did not start with '{'")
        return Branches(kind, wrong, None, None, start, parser.at)
    yes = parser.argument()
    following = parser.space()
    no: Node | None = None
    if following == "{":
        no = parser.argument()
    elif following != "}":
        no = _fail(parser, kind)
    closing = None
    if parser.space() == "}":
        parser.at += 1
    else:
        closing = _trouble(parser, "did not close with '}'")
    return Branches(kind, yes, no, closing, start, parser.at)


def _fail(parser: Parser, kind: str) -> Node:
    """The word ``fail``, or another word where it was expected."""
    start = parser.at
    if parser.word() != "fail":
        return parser.failed(f'syntax error in "{kind}" item - "fail" expected')
    end = parser.at
    failure = None
    if parser.space() != "}":
        failure = _trouble(parser, "did not close with '}' after forcedfail")
        parser.at = failure.stop
    return Forced(kind, failure, start, end)


def _trouble(parser: Parser, where: str) -> Failure:
    return parser.misplaced(
        f"curly-bracket problem in conditional yes/no parsing: {where}\n"
        f" remaining string is '{parser.text[parser.at :]}'"
    )
