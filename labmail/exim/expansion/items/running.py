"""``${run{program and its arguments}{yes}{no}}``: what a program prints.

Nothing is given to a shell: the line is cut at white space, quotes keep words together, and each
word is expanded after the cutting, so that a value with spaces in it stays one word. With
``,preexpand`` the line is expanded first and cut then, which is how it was before 4.96.

What the program printed is $value, how it ended is $runrc. The program is started by the context:
the caller's machine has all its programs, a lab host those of its town.

Law: Exim specification, §11.5, ``run``.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from labmail.exim.errors import Deferred, ExpansionFailed
from labmail.exim.text import Text

from ..branches import Branches
from ..context import Context, Ran
from ..escapes import understood
from ..evaluator import expand
from ..tree import Failure, Node, cut, evaluate
from .item import reads

if TYPE_CHECKING:
    from ..parser import Parser

SPACE = " \t\n\v\f\r"
NOT_STARTED = 127
TIMED_OUT = -256
PREEXPAND = "preexpand"
_OPTION = re.compile(r"(?:.[A-Za-z]*)?", re.S)


@reads("run")
def read(parser: Parser, name: str, start: int) -> Node:
    first = False
    while parser.text.startswith(",", parser.at):
        parser.at += 1
        if not parser.text.startswith(PREEXPAND, parser.at):
            found = _OPTION.match(parser.text, parser.at)
            assert found
            wrong = parser.failed(f"bad option '{found[0]}' for run")
            return Run(wrong, "", first, None, start, parser.at)
        first = True
        parser.at += len(PREEXPAND)
    if parser.space() != "{":
        wrong = parser.misplaced("missing '{' for command arg of run")
        return Run(wrong, "", first, None, start, parser.at)
    command, raw = (parser.argument(), "") if first else _unexpanded(parser)
    if raw is None:
        return Run(command, "", first, None, start, parser.at)
    return Run(command, raw, first, parser.branches(name), start, parser.at)


def _unexpanded(parser: Parser) -> tuple[Node, str | None]:
    """The line as it stands: it ends where an expansion of it would end, or would fail.

    None for the line: it has no end.
    """
    start = parser.at + 1
    depth = parser.header_unclosed
    command = parser.argument()
    end = parser.at - 1
    try:
        command.skip()
    except ExpansionFailed as failed:
        end = len(parser.text) if failed.position is None else failed.position
        if not parser.text.startswith("}", end):
            parser.at = end
            return parser.misplaced("missing '}' closing command arg of run"), None
        parser.header_unclosed = depth
    parser.at = end + 1
    return command, parser.text[start:end]


class Run(Node):
    """The line, as a tree and as it stands, and the branches."""

    __slots__ = ("branches", "command", "first", "raw")

    def __init__(
        self,
        command: Node,
        raw: str,
        first: bool,
        branches: Branches | None,
        start: int,
        end: int,
    ) -> None:
        self.command = command
        self.raw = raw
        self.first = first
        self.branches = branches
        self.start = start
        self.end = end

    async def value(self, context: Context) -> Text:
        if isinstance(self.command, Failure) and self.branches is None:
            self.command.skip()
        words = await self._words(context)
        ran = await _started(context, words)
        context.budget.grown(len(ran.output))
        if ran.status == TIMED_OUT:
            raise ExpansionFailed("command timed out")
        if ran.status < 0:
            raise ExpansionFailed(f"command killed by signal {-ran.status}")
        context.runrc = ran.status
        context.value = Text(cut(ran.output.decode("latin-1")))
        assert self.branches is not None
        return await self.branches.choose(context, ran.status == 0, context.value)

    async def _words(self, context: Context) -> list[Text]:
        if self.first:
            line = await evaluate(self.command, context)
            return [Text(word, line.tainted) for word in words(line.text)]
        expanded: list[Text] = []
        for word in words(self.raw):
            try:
                expanded.append(await expand(word, context))
            except (ExpansionFailed, Deferred) as failed:
                told = (
                    f'Expansion of "{word}" from command "{self.raw}" in ${{run}} expansion '
                    f"failed: {failed.message}"
                )
                if isinstance(failed, Deferred):
                    raise Deferred(told, help=failed.help) from None
                raise ExpansionFailed(told, forced=failed.forced) from None
        return expanded

    def skip(self) -> str:
        if self.first or self.branches is None:
            self.command.skip()
        return self.branches.skip(success=True) if self.branches is not None else ""

    def below(self) -> tuple[Node, ...]:
        return (self.command, self.branches) if self.branches else (self.command,)

    def told(self) -> str:
        return "item run"


async def _started(context: Context, given: list[Text]) -> Ran:
    """The program has run. What could not be started ends like a program that says so: 127."""
    if given and given[0].tainted:
        raise ExpansionFailed(
            "couldn't create child process: Operation not permitted",
            help="the name of the program was chosen by a stranger",
        )
    if context.run is None or not given:
        return Ran(b"", NOT_STARTED)
    try:
        return await context.run([word.text for word in given])
    except OSError:
        return Ran(b"", NOT_STARTED)


def words(line: str) -> list[str]:
    """The words of a line: quotes keep them together, double ones understand backslashes.

    >>> words('''/bin/echo 'a b' "c\\\\td" e''')
    ['/bin/echo', 'a b', 'c\\td', 'e']
    """
    found: list[str] = []
    at = 0
    while True:
        while at < len(line) and line[at] in SPACE:
            at += 1
        if at >= len(line):
            return found
        word, at = _word(line, at)
        found.append(word)


def _word(line: str, at: int) -> tuple[str, int]:
    if line[at] == "'":
        end = line.find("'", at + 1)
        end = len(line) if end < 0 else end
        return line[at + 1 : end], end + 1
    if line[at] == '"':
        return _quoted(line, at + 1)
    end = at
    while end < len(line) and line[end] not in SPACE:
        end += 1
    return line[at:end], end


def _quoted(line: str, at: int) -> tuple[str, int]:
    word = ""
    while at < len(line) and line[at] != '"':
        if line[at] == "\\" and at + 1 < len(line):
            meant, at = understood(line, at)
            word += meant
        else:
            word += line[at]
            at += 1
    return word, at + 1
