"""The tree of a string: what the parser makes, and what every evaluation walks.

    ${if eq{$local_part}{bob}{yes}{no}}@ask.com

    Words ─┬─ If ─┬─ Condition eq ─┬─ Variable local_part
           │      │                └─ Literal "bob"
           │      └─ Branches ─┬─ Literal "yes"
           │                   └─ Literal "no"
           └─ Literal "@ask.com"

Exim has no tree: it reads and computes in one go, and so the rest of a string that failed is never
looked at, and of the branch that is not taken only the form is checked. Both are seen from outside,
in the error that one gets. The tree keeps to it in two ways. A mistake in the form is a node of its
own, a `Failure`, at the place where the reading stopped: it is an error for whoever comes there.
And every node can do two things:

    value   its text, for somebody who wants it
    skip    what Exim does with it where it only looks for the end

A node that needs nobody to be waited for is ``quick``: it has ``now``, the same without a
coroutine.

Law: Exim specification, chapter 11. The grammar is told in `parser`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from labmail.exim.errors import ExpansionFailed
from labmail.exim.text import EMPTY, Text

from .context import Context

if TYPE_CHECKING:
    from collections.abc import Callable

LONG = 4096
"""From this size on, text that is put together counts against the budget."""


class Node:
    """A piece of a string, ``text[start:end]``."""

    __slots__ = ("end", "start")

    quick = False
    start: int
    end: int

    def now(self, context: Context) -> Text:
        """The value, if nobody has to be waited for."""
        raise NotImplementedError

    async def value(self, context: Context) -> Text:
        """The value. ExpansionFailed or Deferred if there is none."""
        return self.now(context)

    def skip(self) -> str:
        """The form only: what the text is where it stands for itself, and variables are empty."""
        return ""

    def below(self) -> tuple[Node, ...]:
        """The nodes that this one is made of, in the order in which they are met."""
        return ()

    def told(self) -> str:
        """What kind of thing this is, in a word or two."""
        return type(self).__name__.lower()


async def evaluate(node: Node, context: Context) -> Text:
    """The value of a node, seen by the observer if there is one."""
    if context.observer is not None:
        return await context.observer.watch(node, context)
    return node.now(context) if node.quick else await node.value(context)


class Literal(Node):
    """Text that stands for itself; backslashes are already understood."""

    __slots__ = ("text",)
    quick = True

    def __init__(self, text: str, start: int, end: int) -> None:
        self.text = Text(text)
        self.start = start
        self.end = end

    def now(self, context: Context) -> Text:
        return self.text

    def skip(self) -> str:
        return self.text.text

    def told(self) -> str:
        return "text"


class Failure(Node):
    """A mistake in the form. It has no value for anybody. ``stop``: so far the reading came."""

    __slots__ = ("message", "stop")
    quick = True

    def __init__(self, message: str, start: int, stop: int, end: int) -> None:
        self.message = message
        self.start = start
        self.stop = stop
        self.end = end

    def now(self, context: Context) -> Text:
        raise ExpansionFailed(self.message, position=self.start)

    def skip(self) -> str:
        raise ExpansionFailed(self.message, position=self.stop)

    def told(self) -> str:
        return "mistake"


class Number(Node):
    """``$1``: what a match or a lookup left."""

    __slots__ = ("number",)
    quick = True

    def __init__(self, number: int, start: int, end: int) -> None:
        self.number = number
        self.start = start
        self.end = end

    def now(self, context: Context) -> Text:
        return context.number(self.number)

    def told(self) -> str:
        return f"variable ${self.number}"


class Variable(Node):
    """``$domain``, ``${domain}``: whatever the context knows by that name.

    ``unknown`` is what is said where it turns out that there is no such variable.
    """

    __slots__ = ("function", "name", "unknown")
    quick = True

    def __init__(
        self,
        name: str,
        function: Callable[[Context], Text | None],
        unknown: str,
        start: int,
        end: int,
    ) -> None:
        self.name = name
        self.function = function
        self.unknown = unknown
        self.start = start
        self.end = end

    def now(self, context: Context) -> Text:
        value = self.function(context)
        if value is None:
            raise ExpansionFailed(self.unknown, position=self.start)
        return value

    def told(self) -> str:
        return f"variable ${self.name}"


class Header(Node):
    """``$h_subject:``: the header lines of that name. ``kind`` is one of h, rh, bh, lh."""

    __slots__ = ("kind", "name")
    quick = True

    def __init__(self, kind: str, name: str, start: int, end: int) -> None:
        self.kind = kind
        self.name = name
        self.start = start
        self.end = end

    def now(self, context: Context) -> Text:
        from .headers import find

        return find(context.message, self.kind, self.name, context) or EMPTY

    def told(self) -> str:
        return f"header {self.name}"


class Words(Node):
    """Pieces one after another, put together."""

    __slots__ = ("pieces", "quick")

    def __init__(self, pieces: tuple[Node, ...], start: int, end: int) -> None:
        self.pieces = pieces
        self.quick = all(piece.quick for piece in pieces)
        self.start = start
        self.end = end

    def now(self, context: Context) -> Text:
        return joined([piece.now(context) for piece in self.pieces], context)

    async def value(self, context: Context) -> Text:
        texts = []
        for piece in self.pieces:
            texts.append(await evaluate(piece, context))
        return joined(texts, context)

    def skip(self) -> str:
        return cut("".join([piece.skip() for piece in self.pieces]))

    def below(self) -> tuple[Node, ...]:
        return self.pieces

    def told(self) -> str:
        return "text"


def joined(texts: list[Text], context: Context) -> Text:
    """One after another, up to the first NUL; tainted if any of them is, and is not empty."""
    together = "".join([text for text, _ in texts])
    if len(together) > LONG:
        context.budget.grown(len(together))
    if "\0" in together:
        together = cut(together)
    for text, tainted in texts:
        if tainted and text:
            return Text(together, True)
    return Text(together)


def cut(text: str) -> str:
    """Up to the first NUL, which ends a string in C, and so in Exim."""
    return text.partition("\0")[0]
