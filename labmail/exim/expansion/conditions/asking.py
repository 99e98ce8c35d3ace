"""Conditions that ask somebody else: an ACL, or a service that knows passwords.

The services are those of a machine with many users. A lab has none of them, and answers as an Exim
does that finds nobody there.

Law: Exim specification, §11.7: ``acl``, ``ldapauth``, ``pam``, ``pwcheck``, ``radius`` and
``saslauthd``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from labmail.exim.errors import ExpansionFailed
from labmail.exim.text import Text

from ..context import Context
from ..tree import Node, evaluate
from .condition import condition, reads

if TYPE_CHECKING:
    from ..parser import Parser


def _group(parser: Parser, name: str, least: int, most: int) -> list[Node]:
    """Arguments in braces inside of a pair of braces."""
    if parser.space() != "{":
        return [parser.failed(f'missing {{ after "{name}"')]
    parser.at += 1
    few = f"too few arguments or bracketing error for {name}"
    given: list[Node] = []
    while parser.space() == "{" and len(given) < most:
        given.append(parser.argument())
    if len(given) < least:
        return [*given, parser.failed(few)]
    if parser.space() == "{":
        return [*given, parser.failed(f"Too many arguments for '{name}' (max is {most})")]
    if parser.space() != "}":
        return [*given, parser.failed(few)]
    parser.at += 1
    return given


class Asked(Node):
    """Arguments for somebody else."""

    __slots__ = ("given", "name")

    def __init__(self, name: str, given: tuple[Node, ...], start: int, end: int) -> None:
        self.name = name
        self.given = given
        self.start = start
        self.end = end

    async def holds(self, context: Context) -> bool:
        """What they say."""
        given = [await evaluate(node, context) for node in self.given]
        if self.name == "acl":
            return await self._acl(context, given)
        raise ExpansionFailed(
            "cannot connect to saslauthd daemon at /var/run/saslauthd/mux: "
            "No such file or directory"
        )

    async def _acl(self, context: Context, given: list[Text]) -> bool:
        from ..acl import ask

        verdict = await ask(context, given[0], tuple(given[1:]))
        if verdict.outcome in ("OK", "FAIL"):
            context.value = verdict.message
            return verdict.outcome == "OK"
        raise ExpansionFailed(
            f'{verdict.outcome} from acl "{given[0].text}"', forced=verdict.outcome == "DEFER"
        )

    def skip(self) -> str:
        for node in self.given:
            node.skip()
        return ""

    def below(self) -> tuple[Node, ...]:
        return self.given

    def told(self) -> str:
        return f"condition {self.name}"


@reads("acl")
def read_acl(parser: Parser, name: str, start: int) -> Node:
    """``acl{{name}{argument}…}``: nine arguments at most."""
    return Asked(name, tuple(_group(parser, name, 1, 10)), start, parser.at)


@reads("saslauthd")
def read_saslauthd(parser: Parser, name: str, start: int) -> Node:
    """``saslauthd{{user}{password}{service}{realm}}``: the last two may be missing."""
    return Asked(name, tuple(_group(parser, name, 2, 4)), start, parser.at)


@condition()
def pam(context: Context, asked: Text) -> bool:
    """Nobody can log in by PAM here."""
    return False


@condition()
def ldapauth(context: Context, asked: Text) -> bool:
    """There is no LDAP server to ask."""
    raise ExpansionFailed("malformed parameter setting precedes LDAP URL")


@condition()
def pwcheck(context: Context, asked: Text) -> bool:
    """Debian's Exim is built without."""
    raise ExpansionFailed('support for "pwcheck" not compiled')


@condition()
def radius(context: Context, asked: Text) -> bool:
    """Debian's Exim is built without."""
    raise ExpansionFailed('support for "radius" not compiled')
