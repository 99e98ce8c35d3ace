r"""``${sg{text}{pattern}{replacement}}``: every match is replaced, as Perl's ``s///g`` does.

The replacement is expanded anew for each match, with $0, $1 … from it; in a configuration it is
written ``\$1``, for it is expanded before as well.

Law: Exim specification, §11.5, ``sg``.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from labmail.exim.regex import Match, compile
from labmail.exim.text import Text

from ..context import Context
from ..evaluator import expand
from ..tree import Node, evaluate, joined
from .item import reads

if TYPE_CHECKING:
    from ..parser import Parser


SHARE = 8
"""Looking for a match costs this part of what making the text would."""


@reads("sg")
def read(parser: Parser, name: str, start: int) -> Node:
    return Substitution(tuple(parser.arguments(name, 3, 3)), start, parser.at)


class Substitution(Node):
    """The text, the pattern, what each match becomes."""

    __slots__ = ("given",)

    def __init__(self, given: tuple[Node, ...], start: int, end: int) -> None:
        self.given = given
        self.start = start
        self.end = end

    async def value(self, context: Context) -> Text:
        given = [await evaluate(node, context) for node in self.given]
        text, pattern, replacement = given
        before = context.numeric
        pieces: list[Text] = []
        at = 0
        for match in matches(pattern.text, text.text):
            context.budget.step()
            context.budget.grown(len(text.text) // SHARE)
            begin, end = match.span()
            context.numeric = captured(match, text.tainted)
            pieces.append(text.like(text.text[at:begin]))
            pieces.append(await expand(replacement, context))
            context.budget.grown(len(pieces[-1].text))
            at = end
        pieces.append(text.like(text.text[at:]))
        context.numeric = before
        return joined(pieces, context)

    def skip(self) -> str:
        given = [node.skip() for node in self.given]
        compile(given[1])
        return given[0]

    def below(self) -> tuple[Node, ...]:
        return self.given

    def told(self) -> str:
        return "item sg"


def matches(pattern: str, text: str) -> Iterator[Match]:
    """All matches from left to right. Where one is empty, a longer one is tried at the same place
    before going on by a character."""
    compiled = compile(pattern)
    match = compiled.search(text)
    while match is not None:
        yield match
        begin, at = match.span()
        if begin == at:
            match = compiled.search(text, at, anchored=True, not_empty=True)
            if match is not None:
                continue
            at += 1
        if at > len(text):
            break
        match = compiled.search(text, at)


def captured(match: Match, tainted: bool) -> tuple[Text, ...]:
    """$0, $1 … of a match."""
    return tuple(Text(match.group(n) or "", tainted) for n in range(match.groups + 1))
