"""Items that reach outside: the environment, a file, a socket, a program.

What they reach is what the context hands them; a lab host hands its own files and its own network.
Text that a stranger chose may not name a file or a program.

Law: Exim specification, §11.5: ``env``, ``readfile``, ``readsocket``, ``run``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from labmail.exim.errors import ExpansionFailed
from labmail.exim.text import Text

from ..branches import Branches
from ..context import Context
from ..tree import Node, cut, evaluate
from .item import item, reads

if TYPE_CHECKING:
    from ..parser import Parser


@reads("env")
def read_env(parser: Parser, name: str, start: int) -> Node:
    if parser.space() != "{":
        return Environment(parser.failed(""), None, start, parser.at)
    asked = parser.argument()
    return Environment(asked, parser.branches("env"), start, parser.at)


class Environment(Node):
    """``${env{HOME}{yes}{no}}``: a variable of the environment, as far as Exim keeps it."""

    __slots__ = ("asked", "branches")

    def __init__(self, asked: Node, branches: Branches | None, start: int, end: int) -> None:
        self.asked = asked
        self.branches = branches
        self.start = start
        self.end = end

    async def value(self, context: Context) -> Text:
        name = (await evaluate(self.asked, context)).text
        assert self.branches is not None
        before = context.value
        found = context.environment.get(name)
        context.value = None if found is None else Text(found)
        return await self.branches.choose(context, found is not None, before)

    def skip(self) -> str:
        self.asked.skip()
        return self.branches.skip() if self.branches else ""

    def below(self) -> tuple[Node, ...]:
        return (self.asked, self.branches) if self.branches else (self.asked,)

    def told(self) -> str:
        return "item env"


@item(least=1, most=2)
def readfile(context: Context, name: Text, newline: Text | None) -> Text:
    """The contents of a file; each newline becomes the second argument, if there is one."""
    if name.tainted:
        raise ExpansionFailed(
            f"failed to open {name.text}: Permission denied",
            help="the name of the file was chosen by a stranger (tainted)",
        )
    if context.files is None:
        raise ExpansionFailed(f"failed to open {name.text}: No such file or directory")
    try:
        read = context.files.read_bytes(name.text)
    except IsADirectoryError:
        read = b""
    except OSError as failed:
        raise ExpansionFailed(f"failed to open {name.text}: {failed.strerror}") from None
    context.budget.grown(len(read))
    text = read.decode("latin-1")
    return Text(cut(text if newline is None else text.replace("\n", newline.text)))


@reads("readsocket")
def read_readsocket(parser: Parser, name: str, start: int) -> Node:
    given = parser.arguments(name, 2, 4, closed=False)
    otherwise = None
    if parser.space() == "{":
        otherwise = parser.argument()
    closing = None
    if parser.space() != "}":
        closing = parser.misplaced("missing '}' closing readsocket")
    else:
        parser.at += 1
    return ReadSocket(tuple(given), otherwise, closing, start, parser.at)


class ReadSocket(Node):
    """Where, what is sent, options, what newlines become; and a text for failure."""

    __slots__ = ("closing", "given", "otherwise")

    def __init__(
        self,
        given: tuple[Node, ...],
        otherwise: Node | None,
        closing: Node | None,
        start: int,
        end: int,
    ) -> None:
        self.given = given
        self.otherwise = otherwise
        self.closing = closing
        self.start = start
        self.end = end

    async def value(self, context: Context) -> Text:
        given = [await evaluate(node, context) for node in self.given]
        try:
            text = await self._asked(context, given)
            if self.otherwise:
                self.otherwise.skip()
        except ExpansionFailed:
            if self.otherwise is None:
                raise
            text = await evaluate(self.otherwise, context)
        if self.closing:
            self.closing.skip()
        return text

    async def _asked(self, context: Context, given: list[Text]) -> Text:
        where, request = given[0], given[1]
        options = given[2].text if len(given) > 2 else "5s"
        try:
            if context.connect is None:
                return _nobody(context, where.text)
            answer = await context.connect(where.text, request.octets, options)
        except OSError as failed:
            raise ExpansionFailed(
                f"failed to connect to socket {where.text}: {failed.strerror}"
            ) from None
        text = answer.decode("latin-1")
        if len(given) > 3:
            text = text.replace("\n", given[3].text)
        return Text(cut(text), True)

    def skip(self) -> str:
        for node in self.below():
            node.skip()
        if self.closing:
            self.closing.skip()
        return ""

    def below(self) -> tuple[Node, ...]:
        return (*self.given, self.otherwise) if self.otherwise else self.given

    def told(self) -> str:
        return "item readsocket"


def _nobody(context: Context, where: str) -> Text:
    """Nobody to open sockets was handed in: it is as if nobody listened there."""
    from ..conditions.form import is_ipv4, is_ipv6

    if where.startswith("inet:"):
        host, _, port = where[5:].rpartition(":")
        if not port.isdigit():
            raise ExpansionFailed("", help="a host and the number of a port: inet:127.0.0.1:25")
        if not is_ipv4(host) and not is_ipv6(host.strip("[]")):
            raise ExpansionFailed(f"no IP address found for host {host}")
        raise ExpansionFailed(f"failed to connect to any address for {host}: Connection refused")
    if context.files is not None:
        context.files.stat(where)
    raise ExpansionFailed(f"failed to connect to socket {where}: Connection refused")
