"""``${lookup …}``: what stands under a key, in a file or a database.

    ${lookup {key} lsearch {/etc/aliases} {yes}{no}}      a key, in a file
    ${lookup dnsdb {mx=ask.com} {yes}{no}}                a question

What is found is $value in {yes}. Where parts of the key were matched by wildcards, they are $1 and
$2 until the closing brace.

Law: Exim specification, §11.5, ``lookup``; the kinds are told in `labmail.exim.lookups`.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from labmail.exim.errors import Deferred, ExpansionFailed
from labmail.exim.text import EMPTY, Text

from ..branches import Branches
from ..context import Context
from ..evaluator import expand
from ..tree import Failure, Node, evaluate
from .item import reads

if TYPE_CHECKING:
    from labmail.exim.lookups import Found, Kind

    from ..parser import Parser

_KIND = re.compile(r"[A-Za-z][^{ \t\n\v\f\r]*")


@reads("lookup")
def read(parser: Parser, name: str, start: int) -> Node:
    key = parser.argument() if parser.space() == "{" else None
    parser.space()
    kind = _kind(parser, key)
    if isinstance(kind, Failure):
        return Lookup(key, None, kind, None, start, parser.at)
    if parser.space() != "{":
        wrong = parser.misplaced("missing '{' for lookup file-or-query arg")
        return Lookup(key, None, wrong, None, start, parser.at)
    where = parser.argument()
    branches = parser.branches(name)
    return Lookup(key, kind, where, branches, start, parser.at)


def _kind(parser: Parser, key: Node | None) -> Kind | Failure:
    """The kind of lookup, and whether it fits what was said before."""
    from labmail.exim.lookups import parse

    found = _KIND.match(parser.text, parser.at)
    if found is None:
        return parser.failed("missing lookup type")
    parser.at = found.end()
    try:
        kind = parse(found[0])
    except ExpansionFailed as failed:
        wrong = parser.failed(failed.message)
        return Unknown(wrong.message, wrong.start, wrong.stop, wrong.end)
    if kind.style == "query" and key is not None:
        return parser.failed(
            f'a single key was given for lookup type "{kind.name}", '
            "which is not a single-key lookup type"
        )
    if kind.style != "query" and key is None:
        return parser.failed(f'missing {{key}} for single-key "{kind.name}" lookup')
    return kind


class Unknown(Failure):
    """A kind that there is not. The searches remember that it was asked for."""

    __slots__ = ()

    def now(self, context: Context) -> Text:
        if context.searches is not None:
            context.searches.complaint = self.message
        return super().now(context)


class Lookup(Node):
    """A key, a kind, a place. ``where`` is the question itself for a kind that takes one."""

    __slots__ = ("branches", "key", "kind", "where")

    def __init__(
        self,
        key: Node | None,
        kind: Kind | None,
        where: Node,
        branches: Branches | None,
        start: int,
        end: int,
    ) -> None:
        self.key = key
        self.kind = kind
        self.where = where
        self.branches = branches
        self.start = start
        self.end = end

    async def value(self, context: Context) -> Text:
        key = await evaluate(self.key, context) if self.key is not None else None
        where = await evaluate(self.where, context)
        assert self.kind is not None and self.branches is not None
        before, numeric = context.value, context.numeric
        found = await self._find(context, self.kind, where, key)
        if context.observer is not None:
            context.observer.why(self, found.why)
        context.value = found.value
        if found.wild is not None:
            context.numeric = (context.number(0), Text(found.wild), Text(found.fixed or ""))
        if found.authenticated is not None:
            told = "yes" if found.authenticated else "no"
            context.variables["lookup_dnssec_authenticated"] = Text(told)
        text = await self.branches.choose(context, found.value is not None, before)
        context.numeric = numeric
        return text

    async def _find(self, context: Context, kind: Kind, where: Text, key: Text | None) -> Found:
        async def within(text: str) -> str:
            return (await expand(text, context)).text

        if context.searches is None:
            raise ExpansionFailed(f"there is nothing to look up in: {kind.name}")
        try:
            if key is None:
                return await context.searches.find(kind, EMPTY, where, expand=within)
            return await context.searches.find(kind, where, key, expand=within)
        except Deferred as deferred:
            context.value = None
            asked = (where if key is None else key).text
            raise Deferred(
                f'lookup of "{printing(asked)}" gave DEFER: {deferred.message}', help=deferred.help
            ) from None

    def skip(self) -> str:
        if self.key is not None:
            self.key.skip()
        self.where.skip()
        return self.branches.skip() if self.branches else ""

    def below(self) -> tuple[Node, ...]:
        nodes = (self.key, self.where, self.branches)
        return tuple(node for node in nodes if node is not None)


def printing(text: str) -> str:
    r"""As in a log: what cannot be printed is written with a backslash."""
    return re.sub(r"[\\\x00-\x1f\x7f-\xff]", _escaped, text)


def _escaped(found: re.Match[str]) -> str:
    character = found[0]
    simple = {"\\": "\\\\", "\n": "\\n", "\r": "\\r", "\t": "\\t", "\b": "\\b", "\f": "\\f"}
    return simple.get(character, "\\v" if character == "\v" else f"\\{ord(character):03o}")
