"""Items that ask somebody else: an ACL, the results of checks, a certificate, a library, Perl.

A lab runs nobody's machine code and has no Perl inside: those two answer as an Exim does that was
built without them, or that finds nothing where it looks.

Law: Exim specification, §11.5.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from labmail.exim.errors import ExpansionFailed
from labmail.exim.text import EMPTY, Text

from ..branches import Branches
from ..context import Context
from ..tree import Failure, Node, evaluate
from ..variables import find
from ..variables.connection import CERTIFICATES
from .item import item, reads

if TYPE_CHECKING:
    from ..parser import Parser


@item(least=1, most=10)
async def acl(context: Context, name: Text, *given: Text | None) -> Text:
    """What an ACL says; its ``message``."""
    from ..acl import ask

    arguments = tuple(text for text in given if text is not None)
    verdict = await ask(context, name, arguments)
    if verdict.outcome in ("OK", "FAIL"):
        return verdict.message or EMPTY
    raise ExpansionFailed(
        f'{verdict.outcome} from acl "{name.text}"', forced=verdict.outcome == "DEFER"
    )


@item(least=1, most=1, checked=True)
def authresults(context: Context | None, host: Text) -> Text:
    """A header line with what was found out (RFC 8601); the checks put it into the context."""
    found = context.variables.get("authresults", EMPTY) if context else EMPTY
    return Text(f"Authentication-Results: {host.text}{found.text}", host.tainted or found.tainted)


@item(least=2, most=10)
def dlfunc(context: Context, library: Text, *given: Text | None) -> Text:
    """A function of a library: none is ever loaded here."""
    name = library.text
    reason = "cannot open shared object file: No such file or directory"
    if context.files is not None:
        try:
            context.files.stat(name)
            reason = "it is not loaded: labmail runs no machine code of others"
        except OSError:
            pass
    raise ExpansionFailed(f'dlopen "{name}" failed: {name}: {reason}')


@item(least=1, most=9)
def perl(context: Context, *given: Text | None) -> Text:
    """A function in Perl: there is no interpreter."""
    if not context.settings.get("perl_startup"):
        raise ExpansionFailed("A setting of perl_startup is needed when using the Perl interpreter")
    raise ExpansionFailed('"${perl" encountered, but this facility is not included in this binary')


_CERTIFICATE = re.compile(r"\$(\{?[^}]*)\}")


@reads("certextract")
def read_certextract(parser: Parser, name: str, start: int) -> Node:
    if parser.space() != "{":
        wrong = parser.misplaced("missing '{' for field arg of certextract")
        return Certificate(wrong, None, None, start, parser.at)
    field = parser.argument()
    if parser.space() != "{":
        wrong = parser.misplaced("missing '{' for cert variable arg of certextract")
        return Certificate(field, wrong, None, start, parser.at)
    parser.at += 1
    rest = parser.text[parser.at :]
    if rest.startswith("$") and "}" not in rest:
        parser.at = len(parser.text)
        return Certificate(field, parser.unfinished(), None, start, parser.at)
    found = _CERTIFICATE.match(parser.text, parser.at)
    if found is None:
        wrong = parser.failed('second argument of "certextract" must be a certificate variable')
        return Certificate(field, wrong, None, start, parser.at)
    if found[1] not in CERTIFICATES:
        said = (
            f'"{found[1]}" is not a certificate'
            if find(found[1])
            else f'no variable named "{found[1]}"'
        )
        wrong = parser.failed(said)
        wrong = NoCertificate(wrong.message, wrong.start, wrong.stop, wrong.end)
        return Certificate(field, wrong, None, start, parser.at)
    parser.at = found.end()
    return Certificate(field, None, parser.branches(name), start, parser.at)


class NoCertificate(Failure):
    """A variable that holds none: $value is empty after."""

    __slots__ = ()


class Certificate(Node):
    """A field of a certificate. A dialogue without TLS has none."""

    __slots__ = ("branches", "field", "wrong")

    def __init__(
        self, field: Node, wrong: Failure | None, branches: Branches | None, start: int, end: int
    ) -> None:
        self.field = field
        self.wrong = wrong
        self.branches = branches
        self.start = start
        self.end = end

    async def value(self, context: Context) -> Text:
        await evaluate(self.field, context)
        if isinstance(self.wrong, NoCertificate):
            context.value = None
        if self.wrong:
            self.wrong.skip()
        before, context.value = context.value, None
        assert self.branches is not None
        return await self.branches.choose(context, False, before)

    def skip(self) -> str:
        self.field.skip()
        if self.wrong:
            self.wrong.skip()
        return self.branches.skip() if self.branches else ""

    def below(self) -> tuple[Node, ...]:
        nodes = (self.field, self.wrong, self.branches)
        return tuple(node for node in nodes if node is not None)

    def told(self) -> str:
        return "item certextract"
