r"""Reading a string: from text to tree.

    words      = { literal | "\" escape | "\N" … "\N" | "$" … }      up to "}" inside braces
    "$" …      = $name  $12  $h_subject:  ${name}  ${12}
               | ${operator:words}
               | ${item …}              each item reads its own arguments: see items/
    argument   = "{" words "}"

The reading never fails: where Exim would stop, a `Failure` stands in the tree, and the rest of the
text belongs to it. One pass, a few compiled patterns, and a limit on how deep things may nest.

Items and conditions read their arguments with the methods of `Parser`:

    argument     one in braces
    arguments    several, at least so many and at most so many, and the closing brace
    branches     {yes}{no}, or {yes}fail, or nothing, and the closing brace: see `branches`
    failed       here the reading ends

Law: Exim specification, §11.1 to §11.5.

Try: ``parse("${uc:a$domain}").below()``.
"""

from __future__ import annotations

import re
from functools import lru_cache

from . import conditions, items, operators, variables
from .branches import Branches
from .branches import read as read_branches
from .cursor import NAME, Cursor
from .escapes import unescaped
from .operation import Expand, Operation, Unknown
from .tree import Failure, Header, Literal, Node, Number, Variable, Words, cut
from .variables.connection import CERTIFICATES

DEPTH = 100
"""How deep braces may nest. Real configurations stay below thirty."""

DIGESTS = ("base64", "md5", "sha1", "sha256")
"""Operators that take a certificate."""

TOO_DEEP = f"nested too deep: more than {DEPTH} levels of braces"

KEPT = 2048
LONG = 10_000
"""The trees of so many strings are kept, if they are no longer than this."""

_TOKEN = {
    False: re.compile(r"([^\\$]+)|\$(?:\{([A-Za-z][A-Za-z0-9_-]*)|([A-Za-z][A-Za-z0-9_]*))"),
    True: re.compile(r"([^\\$}]+)|\$(?:\{([A-Za-z][A-Za-z0-9_-]*)|([A-Za-z][A-Za-z0-9_]*))"),
}
_NUMBER = re.compile(r"\$(\{?)([0-9]+)")
_HEADER = re.compile(r"([!-9;-~\x80-\xff]*):?")
_HEADER_PREFIX = re.compile(r"(h|rh|bh|lh|header|rheader|bheader|lheader)_")
_UNEXPANDED = re.compile(r"[^\\}]+")
_CONDITION = re.compile(r"[=<>]=?|[A-Za-z0-9_]*")
_ESCAPES = re.compile(r"(?:\\(?:x[0-9A-Fa-f]{0,2}|[0-7]{1,3}|[^N]))+", re.S)
_UP_TO_BRACE = re.compile(r"((?:[^\\}]|\\.)*)\}", re.S)
_SIMPLE = re.compile(r"([^\\$}]+)\}")


def parse(text: str) -> Node:
    """The tree of a string: read once, and kept."""
    return _kept(text) if len(text) <= LONG else read(text)


def read(text: str) -> Node:
    """The tree of a string, read anew."""
    try:
        return Parser(text).words(False)
    except RecursionError:
        return Failure(TOO_DEEP, 0, len(text), len(text))


_kept = lru_cache(maxsize=KEPT)(read)
forget = _kept.cache_clear
"""Keep no tree any longer."""


class Parser(Cursor):
    """One reading of one string. ``known``: what stands behind a brace that was passed before."""

    __slots__ = ("depth", "known")

    def __init__(self, text: str) -> None:
        super().__init__(text)
        self.depth = 0
        self.known: dict[int, tuple[Node, int]] = {}

    # -- running text

    def words(self, inside: bool) -> Node:
        """Text up to the end or, ``inside`` braces, up to the ``}`` that ends it (not taken)."""
        if self.depth >= DEPTH:
            return self.failed(TOO_DEEP)
        self.depth += 1
        start = self.at
        pieces: list[Node] = []
        text, size, token = self.text, len(self.text), _TOKEN[inside].match
        while self.at < size:
            at = self.at
            found = token(text, at)
            if found is None:
                if inside and text[at] == "}":
                    break
                pieces.append(self._escaped(at) if text[at] == "\\" else self._number(at))
            elif found.lastindex == 1:
                self.at = found.end()
                pieces.append(Literal(found[1], at, self.at))
            elif found.lastindex == 2:
                self.at = found.end()
                pieces.append(self._braced(found[2][:NAME], at))
            else:
                self.at = found.end()
                pieces.append(self._variable(found[3][:NAME], at))
        if inside and self.at >= size and not (pieces and type(pieces[-1]) is Failure):
            pieces.append(self.unfinished())
        self.depth -= 1
        return self._together(pieces, start)

    def _together(self, pieces: list[Node], start: int) -> Node:
        if len(pieces) == 1 and type(pieces[0]) is not Literal:
            if type(pieces[0]) is Operation:
                pieces[0].whole = True
            return pieces[0]
        if all(type(piece) is Literal for piece in pieces):
            text = "".join([piece.text.text for piece in pieces])  # type: ignore[attr-defined]
            return Literal(cut(text), start, self.at)
        return Words(tuple(pieces), start, self.at)

    def _escaped(self, at: int) -> Node:
        """Backslashes, and what they make of the characters behind them."""
        run = _ESCAPES.match(self.text, at)
        if run is None:
            return self._literally(at)
        self.at = run.end()
        return Literal(unescaped(run[0]), at, self.at)

    def _literally(self, at: int) -> Node:
        r"""``\N`` and all up to the next one, or the last backslash of a text."""
        text = self.text
        if text.startswith("\\N", at):
            end = text.find("\\N", at + 2)
            inner = text[at + 2 : end] if end >= 0 else text[at + 2 :]
            self.at = end + 2 if end >= 0 else len(text)
            return Literal(inner, at, self.at)
        self.at = at + 1
        return self.failed("\\ at end of string", start=at)

    def _number(self, at: int) -> Node:
        """``$1`` or ``${1}``, or no way to go on."""
        found = _NUMBER.match(self.text, at)
        if found is None:
            if self.text.startswith("${", at):
                self.at = at + 2
                return self.failed("letter or digit expected after ${", start=at)
            self.at = at + 1
            return self.failed("$ not followed by letter, digit, or {", start=at)
        self.at = found.end()
        if found[1]:
            if not self.text.startswith("}", self.at):
                return self.failed("} expected after number", start=at)
            self.at += 1
        return Number(int(found[2][-20:]), at, self.at)

    def _variable(self, name: str, at: int) -> Node:
        """``$name``, or a header line."""
        prefix = _HEADER_PREFIX.match(name)
        if prefix:
            self.at = at + 1 + prefix.end()
            return self.header(prefix[1], at)
        unknown = f'unknown variable name "{name}"{variables.hint(name)}'
        function = variables.find(name)
        if function is None:
            return self.failed(unknown, start=at)
        return Variable(name, function, unknown, at, self.at)

    def header(self, kind: str, start: int) -> Header:
        """The name of a header line, up to its colon or to what cannot be in one."""
        found = _HEADER.match(self.text, self.at)
        assert found
        self.at = found.end()
        if "}" in found[1]:
            self.header_unclosed = True
        return Header(kind.removesuffix("eader"), found[1][:NAME], start, self.at)

    # -- in braces

    def _braced(self, name: str, at: int) -> Node:
        """``${name``: an item, an operator or a variable, by what follows."""
        reader = items.find(name)
        if reader is not None:
            return reader(self, name, at)
        following = self.text[self.at : self.at + 1]
        if following == ":":
            return self._operation(name, at)
        if following == "}":
            self.at += 1
            unknown = f'unknown variable in "${{{name}}}"{variables.hint(name)}'
            function = variables.find(name)
            if function is None:
                return self.failed(unknown, start=at)
            return Variable(name, function, unknown, at, self.at)
        wrong = f'"${{{name}" is not a known operator (or a }} is missing in a variable reference)'
        return self.failed(wrong, start=at)

    def _operation(self, name: str, at: int) -> Node:
        self.at += 1
        argument = self._certificate() if name in DIGESTS else self.inner()
        if name.partition("_")[0] == "expand":
            return Expand(argument, at, self.at)
        found = operators.find(name)
        if found is None:
            return Unknown(argument, f'unknown expansion operator "{name}"', at, self.at)
        return Operation(found[0], found[1], argument, at, self.at)

    def _certificate(self) -> Node:
        """What a digest is made of. A certificate is not expanded; without one, its name counts."""
        if not self.text.startswith("$", self.at):
            return self.inner()
        found = _UP_TO_BRACE.match(self.text, self.at + 1)
        if found is None:
            self.at = len(self.text)
            return self.unfinished()
        if found[1] not in CERTIFICATES:
            return self.inner()
        start, self.at = self.at, found.end()
        return Literal(found[1], start, self.at - 1)

    # -- for items and conditions

    def condition(self) -> Node:
        """A condition, with what negates it."""
        negated = False
        self.space()
        start = self.at
        while self.space() == "!":
            self.at += 1
            negated = not negated
        inner = self.at
        if self.depth >= DEPTH:
            return self.failed(TOO_DEEP)
        found = _CONDITION.match(self.text, self.at)
        assert found
        name = found[0][:NAME]
        if not name:
            met = self.text[self.at : self.at + 16]
            return self.failed(f'condition name expected, but found "{met}"')
        self.at = found.end()
        reader = conditions.find(name)
        if reader is None:
            return self.failed(f'unknown condition "{name}"', start=inner)
        self.depth += 1
        condition = reader(self, name, inner)
        self.depth -= 1
        if not negated:
            return condition
        return conditions.Not(condition, start, self.at)

    def unexpanded(self) -> Node:
        """What stands in braces, taken as it is: only backslashes mean something."""
        self.at += 1
        start, pieces = self.at, []
        while self.at < len(self.text) and self.text[self.at] != "}":
            at = self.at
            if self.text[at] == "\\":
                pieces.append(self._escaped(at))
                continue
            found = _UNEXPANDED.match(self.text, at)
            assert found
            self.at = found.end()
            pieces.append(Literal(found[0], at, self.at))
        if self.at >= len(self.text) and not (pieces and type(pieces[-1]) is Failure):
            pieces.append(self.unfinished())
        words = self._together(pieces, start)
        self.at = min(self.at + 1, len(self.text))
        return words

    def argument(self) -> Node:
        """What stands in braces; the parser is at the ``{``."""
        self.at += 1
        return self.inner()

    def inner(self) -> Node:
        """Text up to the closing brace, which is passed over."""
        start = self.at
        if start in self.known:
            words, self.at = self.known[start]
            return words
        simple = _SIMPLE.match(self.text, start)
        if simple and "\0" not in simple[1]:
            self.at = simple.end()
            return Literal(simple[1], start, self.at - 1)
        words = self.words(True)
        self.at = min(self.at + 1, len(self.text))
        return words

    def arguments(self, name: str, least: int, most: int, *, closed: bool = True) -> list[Node]:
        """Arguments, and the brace that closes the item. What is wrong is the last of them."""
        given: list[Node] = []
        following = self.space()
        while following == "{" and len(given) < most:
            given.append(self.argument())
            following = self.space()
        if len(given) < least:
            given.append(self.misplaced(f"Not enough arguments for '{name}' (min is {least})"))
        elif closed and following == "{":
            given.append(self.failed(f"Too many arguments for '{name}' (max is {most})"))
        elif closed and following != "}":
            given.append(self.misplaced(f"missing '}}' after '{name}'"))
        elif closed:
            self.at += 1
        return given

    def branches(self, kind: str) -> Branches:
        """What to do with success and failure, and the brace that closes the item."""
        return read_branches(self, kind)
