"""``and{{…}{…}}`` and ``or{{…}{…}}``: several conditions, from left to right, no more than needed.

Of those that need not be asked any more only the form is looked at.

Law: Exim specification, §11.8, "Combining expansion conditions".
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from labmail.exim.errors import Deferred, ExpansionFailed

from ..context import Context
from ..tree import Failure, Node
from . import holds
from .condition import reads

if TYPE_CHECKING:
    from ..parser import Parser


@reads("and", "or")
def read(parser: Parser, name: str, start: int) -> Node:
    members: list[Node] = []
    if parser.space() != "{":
        wrong = parser.failed(f'missing {{ after "{name}"')
        return Group(name, (), wrong, start, parser.at)
    parser.at += 1
    while (following := parser.space()) != "}":
        if following != "{":
            wrong = parser.failed(
                f'each subcondition inside an "{name}{{...}}" condition must be in its own {{}}'
            )
            return Group(name, tuple(members), wrong, start, parser.at)
        parser.at += 1
        members.append(parser.condition())
        if parser.space() != "}":
            wrong = parser.failed(f'missing }} at end of condition inside "{name}" group')
            return Group(name, tuple(members), wrong, start, parser.at)
        parser.at += 1
    parser.at += 1
    return Group(name, tuple(members), None, start, parser.at)


class Group(Node):
    """Conditions that count together; ``wrong``: a mistake behind them."""

    __slots__ = ("members", "name", "wrong")

    def __init__(
        self, name: str, members: tuple[Node, ...], wrong: Failure | None, start: int, end: int
    ) -> None:
        self.name = name
        self.members = members
        self.wrong = wrong
        self.start = start
        self.end = end

    async def holds(self, context: Context) -> bool:
        """All of them, or one of them."""
        decided: bool | None = None
        settles = self.name == "or"
        for member in self.members:
            if decided is not None:
                self._look(member)
            elif await self._ask(member, context) is settles:
                decided = settles
        if self.wrong:
            self.wrong.skip()
        return (not settles) if decided is None else decided

    async def _ask(self, member: Node, context: Context) -> bool:
        try:
            return await holds(member, context)
        except (ExpansionFailed, Deferred) as failed:
            raise inside(failed, f' inside "{self.name}{{...}}" condition') from None

    def _look(self, member: Node) -> None:
        try:
            member.skip()
        except (ExpansionFailed, Deferred) as failed:
            raise inside(failed, f' inside "{self.name}{{...}}" condition') from None

    def skip(self) -> str:
        for member in self.members:
            self._look(member)
        if self.wrong:
            self.wrong.skip()
        return ""

    def below(self) -> tuple[Node, ...]:
        return (*self.members, self.wrong) if self.wrong else self.members

    def told(self) -> str:
        return f"condition {self.name}"


def inside(failed: ExpansionFailed | Deferred, where: str) -> ExpansionFailed | Deferred:
    """The same failure, with a word about where it was met."""
    if isinstance(failed, Deferred):
        return Deferred(failed.message + where, help=failed.help)
    return ExpansionFailed(
        failed.message + where, position=failed.position, forced=failed.forced, help=failed.help
    )
