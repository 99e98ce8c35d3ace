"""``${extract…}``: one part of a text that has parts.

    ${extract{shell}{uid=1001 shell=/bin/sh}}    by name
    ${extract{2}{:}{a:b:c}}                      by number, with the separators between
    ${extract json{name}{…}}                     from a JSON object or array: `json`

Whether the first argument is a number is known when it is expanded; so the tree keeps the arguments
as they stand, and the branches for both readings.

Law: Exim specification, §11.5, ``extract``.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from labmail.exim.errors import ExpansionFailed
from labmail.exim.text import Text

from ..arithmetic import int32
from ..branches import Branches
from ..context import Context
from ..tree import Failure, Literal, Node, evaluate
from .item import reads

if TYPE_CHECKING:
    from ..parser import Parser

SPACE = " \t\n\v\f\r"
NUMBER = re.compile(r"-?[0-9]*")
_FAIL = re.compile(r"fail(?=[} \t]|\Z)")
_MOST = 5


@reads("extract")
def read_extract(parser: Parser, name: str, start: int) -> Node:
    form = ""
    if parser.space() != "{" and parser.text.startswith("json", parser.at):
        form = "jsons" if parser.text.startswith("jsons", parser.at) else "json"
        parser.at += len(form)
    given: list[Node] = []
    marks = [parser.at]
    while parser.space() == "{" and len(given) < _MOST:
        at = parser.at + 1
        given.append(parser.argument())
        marks.append(parser.at)
        parser.known[at] = given[-1], parser.at
    unwanted = _unwanted(parser)
    end = parser.at
    counts = _counts(form, given)
    readings = {count: _reading(parser, count, given, marks) for count in counts}
    parser.at = end
    return Extract(form, tuple(given), readings, unwanted, start, end)


def _unwanted(parser: Parser) -> Failure | None:
    """The end of the item where only the form is looked at; None: all is well."""
    fail = _FAIL.match(parser.text, parser.at)
    if fail:
        parser.at = fail.end()
    if parser.space() != "}":
        return parser.misplaced("missing '}' closing extract")
    parser.at += 1
    return None


def _counts(form: str, given: list[Node]) -> tuple[int, ...]:
    """How many arguments come before the branches, as far as it is known already."""
    if form:
        return (2,)
    if given and type(given[0]) is Literal:
        return (3,) if NUMBER.fullmatch(given[0].text.text.strip(SPACE)) else (2,)
    return (2, 3)


def _reading(parser: Parser, count: int, given: list[Node], marks: list[int]) -> Failure | Branches:
    """What follows so many arguments."""
    if len(given) < count:
        parser.at = marks[-1]
        parser.space()
        return parser.misplaced(f"missing '{{' for arg {len(given) + 1} of extract")
    parser.at = marks[count]
    return parser.branches("extract")


class Extract(Node):
    """The arguments as they stand, and what follows two or three of them."""

    __slots__ = ("form", "given", "readings", "unwanted")

    def __init__(
        self,
        form: str,
        given: tuple[Node, ...],
        readings: dict[int, Failure | Branches],
        unwanted: Failure | None,
        start: int,
        end: int,
    ) -> None:
        self.form = form
        self.given = given
        self.readings = readings
        self.unwanted = unwanted
        self.start = start
        self.end = end

    async def value(self, context: Context) -> Text:
        if not self.given:
            self._missing(2)
        key = (await evaluate(self.given[0], context)).text.strip(SPACE)
        if not key:
            raise ExpansionFailed('first argument of "extract" must not be empty')
        numbered = NUMBER.fullmatch(key) is not None
        count = 3 if numbered and not self.form else 2
        rest = [await evaluate(node, context) for node in self.given[1:count]]
        branches = self._missing(count)
        before, context.value = context.value, self._kept(context, key, numbered, rest)
        return await branches.choose(context, context.value is not None, before)

    def _missing(self, count: int) -> Branches:
        """The branches after so many arguments; a failure if there were not so many."""
        reading = self.readings.get(count) or next(iter(self.readings.values()))
        if isinstance(reading, Failure):
            reading.skip()
        assert isinstance(reading, Branches)
        return reading

    def _kept(self, context: Context, key: str, numbered: bool, rest: list[Text]) -> Text | None:
        """What is extracted. Where a value was found that cannot be had, $value is empty after."""
        try:
            return self._extracted(key, numbered, rest)
        except ExpansionFailed as failed:
            from .json import Unquoted

            if isinstance(failed, Unquoted):
                context.value = None
            raise

    def _extracted(self, key: str, numbered: bool, rest: list[Text]) -> Text | None:
        data = rest[-1]
        if self.form:
            from .json import element, member

            found = element(self.form, integer(key), data.text) if numbered else None
            if not numbered:
                found = member(self.form, key, data.text)
        elif numbered:
            found = field(data.text, integer(key), rest[0].text)
        else:
            found = named(data.text, key)
        return None if found is None else Text(found, data.tainted)

    def skip(self) -> str:
        for node in self.given:
            node.skip()
        if self.unwanted:
            self.unwanted.skip()
        return ""

    def below(self) -> tuple[Node, ...]:
        given = self.given
        for reading in self.readings.values():
            if isinstance(reading, Branches):
                return (*given[: next(iter(self.readings))], *reading.below())
        return given

    def told(self) -> str:
        return "item extract"


def integer(key: str) -> int:
    """A number of 32 bits, whatever was written."""
    digits = key.lstrip("-")[-40:] or "0"
    return int32(-int(digits) if key.startswith("-") else int(digits))


def field(text: str, number: int, separators: str) -> str | None:
    """A field by number, from the left or, negative, from the right; 0 is the whole text.

    >>> field("a:b:c", 2, ":"), field("a:b:c", -1, ":"), field("a:b:c", 4, ":")
    ('b', 'c', None)
    """
    if number == 0:
        return text
    fields = re.split(f"[{re.escape(separators)}]", text) if separators else [text]
    place = number - 1 if number > 0 else len(fields) + number
    return fields[place] if 0 <= place < len(fields) else None


_PAIR = re.compile(r"[ \t\n\v\f\r]*([^= \t\n\v\f\r]*)[ \t\n\v\f\r]*(?:=[ \t\n\v\f\r]*)?")
_QUOTED = re.compile(r'"((?:[^"\\]|\\.)*)"?', re.S)
_BARE = re.compile(r"[^ \t\n\v\f\r]*")


def named(text: str, key: str) -> str | None:
    """The value of ``key=value``, or ``key value``; quotes may stand around the value.

    >>> named('uid=1001 home="/home/ben roe"', "HOME")
    '/home/ben roe'
    """
    at = 0
    while at < len(text):
        pair = _PAIR.match(text, at)
        assert pair
        value, after = _value(text, pair.end())
        if pair[1].lower() == key.lower():
            return value
        if after == at:
            break
        at = after
    return None


def _value(text: str, at: int) -> tuple[str, int]:
    from ..escapes import unescaped

    quoted = _QUOTED.match(text, at)
    if quoted is None:
        bare = _BARE.match(text, at)
        assert bare
        return bare[0], bare.end()
    return unescaped(quoted[1]), quoted.end()
