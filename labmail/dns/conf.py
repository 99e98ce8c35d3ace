"""The syntax of named.conf: words, braces, semicolons and three kinds of comment. Nothing else.

BIND's configuration is a list of statements. A statement is words and blocks, ended by a
semicolon; a block is statements in braces. What the words mean is `named`'s business::

    zone "ask.com" {                     zone ─┬─ "ask.com"
        type primary;                          └─ { ─┬─ type ── primary
        file "/etc/bind/db.ask.com";                 └─ file ── "/etc/bind/db.ask.com"
    };

``include "FILE";`` is replaced by the statements of that file, which keep their own line numbers.

Law: BIND 9 Administrator Reference Manual, chapter "Configuration File (named.conf)".
Try: ``parse('zone "ask.com" { type primary; };')``.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from .problems import NOWHERE, ConfigError, Problem, Spot

DEEPEST = 50
"""Blocks inside blocks, and files that include files, before it is called a mistake."""

_TOKEN = re.compile(
    r"""(?P<blank>\s+)
      | (?P<comment>//[^\n]*|\#[^\n]*|/\*.*?\*/)
      | (?P<string>"(?:\\.|[^"\\\n])*")
      | (?P<mark>[{};])
      | (?P<word>(?:(?!//|/\*)[^\s{};"\#])+)""",
    re.VERBOSE | re.DOTALL,
)
_WORDS_AFTER_BLOCK = frozenset({"inet", "unix"})
"""Statements of ``controls`` that go on behind a block: ``inet * allow { any; } keys { k; };``."""


@dataclass(frozen=True, slots=True)
class Word:
    """A word or a quoted string (without its quotes), and where it stands."""

    text: str
    spot: Spot = NOWHERE
    quoted: bool = False

    def __str__(self) -> str:
        return '"' + re.sub(r'(["\\])', r"\\\1", self.text) + '"' if self.quoted else self.text


@dataclass(frozen=True, slots=True)
class Block:
    """Statements in braces."""

    statements: tuple[Statement, ...]
    spot: Spot = NOWHERE

    def __str__(self) -> str:
        return "{ " + "".join(f"{statement} " for statement in self.statements) + "}"


@dataclass(frozen=True, slots=True)
class Statement:
    """Words and blocks up to a semicolon: never empty."""

    parts: tuple[Word | Block, ...]

    @property
    def spot(self) -> Spot:
        return self.parts[0].spot

    @property
    def keyword(self) -> str:
        """The first word, or an empty string where the statement begins with a block."""
        first = self.parts[0]
        return first.text if isinstance(first, Word) else ""

    @property
    def words(self) -> tuple[Word, ...]:
        """The words after the keyword."""
        return tuple(part for part in self.parts[1:] if isinstance(part, Word))

    @property
    def block(self) -> Block | None:
        """The first block, if there is one."""
        return next((part for part in self.parts if isinstance(part, Block)), None)

    def __str__(self) -> str:
        return " ".join(map(str, self.parts)) + ";"


def parse(text: str, file: str = "named.conf") -> tuple[Statement, ...]:
    """The statements of ``text``. Raises `ConfigError` with the first mistake in it.

    >>> print(*parse("options { recursion no; }; // short"))
    options { recursion no; };
    """
    return _Parser(text, file).statements(depth=0)


def read(path: str, read_text: Callable[[str], str], base: str = "") -> tuple[Statement, ...]:
    """The statements of a file, ``include`` replaced. ``read_text`` opens a path of the host.

    A relative path in ``include`` is looked for below ``base``. Raises `ConfigError`.
    """
    return tuple(_read(Word(path), read_text, base, ()))


def _read(
    path: Word, read_text: Callable[[str], str], base: str, outer: tuple[str, ...]
) -> Iterator[Statement]:
    name = path.text if path.text.startswith("/") or not base else f"{base}/{path.text}"
    if name in outer or len(outer) > DEEPEST:
        raise ConfigError(
            Problem("file includes itself", path.spot, found=name, remedy="remove this include")
        )
    try:
        text = read_text(name)
    except OSError as error:
        words = "file not found" if isinstance(error, FileNotFoundError) else str(error.strerror)
        raise ConfigError(
            Problem(words, path.spot if path.spot.file else Spot(name), found=name)
        ) from None
    yield from _included(parse(text, name), read_text, base, (*outer, name))


def _included(
    statements: tuple[Statement, ...],
    read_text: Callable[[str], str],
    base: str,
    outer: tuple[str, ...],
) -> Iterator[Statement]:
    for statement in statements:
        if statement.keyword == "include" and len(statement.words) == 1 and not statement.block:
            yield from _read(statement.words[0], read_text, base, outer)
        else:
            yield Statement(
                tuple(
                    Block(tuple(_included(part.statements, read_text, base, outer)), part.spot)
                    if isinstance(part, Block)
                    else part
                    for part in statement.parts
                )
            )


class _Parser:
    """Recursive descent over the tokens of one file; ``ahead`` is the token not yet taken."""

    def __init__(self, text: str, file: str) -> None:
        self.tokens = _tokens(text, file)
        self.ahead = next(self.tokens)

    def take(self) -> Word:
        token = self.ahead
        if token.text or token.quoted:
            self.ahead = next(self.tokens)
        return token

    def at(self, mark: str) -> bool:
        return self.ahead.text == mark and not self.ahead.quoted

    def at_an_end(self) -> bool:
        """Whether the statement cannot go on here."""
        return self.at("") or self.at("{") or self.at("}")

    def statements(self, depth: int) -> tuple[Statement, ...]:
        if depth > DEEPEST:
            raise self.error("blocks too deep", f"at most {DEEPEST} blocks inside each other")
        found = []
        while not self.at("") and not (depth and self.at("}")):
            found.append(self.statement(depth))
        return tuple(found)

    def statement(self, depth: int) -> Statement:
        parts: list[Word | Block] = []
        while not self.at(";"):
            after_block = bool(parts) and isinstance(parts[-1], Block)
            if self.at("{") and not after_block:
                parts.append(self.block(depth))
            elif self.at_an_end() or (after_block and str(parts[0]) not in _WORDS_AFTER_BLOCK):
                raise self.missing(parts)
            else:
                parts.append(self.take())
        if not parts:
            raise self.error("unexpected token", "a statement", "remove this semicolon")
        self.take()
        return Statement(tuple(parts))

    def block(self, depth: int) -> Block:
        opening = self.take()
        statements = self.statements(depth + 1)
        if not self.at("}"):
            expected = f"'}}' for the '{{' of line {opening.spot.line}"
            raise self.error("unexpected end of input", expected, "add };")
        self.take()
        return Block(statements, opening.spot)

    def missing(self, parts: list[Word | Block]) -> ConfigError:
        where = f"before {self.ahead.text!r}" if self.ahead.text else "before end of file"
        if not parts:
            return self.error("unexpected token", 'a statement, such as zone "ask.com" { … };')
        after = "'}'" if isinstance(parts[-1], Block) else repr(parts[-1].text)
        return self.error(f"missing ';' {where}", f"';' after {after}", "end the statement with ;")

    def error(self, what: str, expected: str, remedy: str = "") -> ConfigError:
        found = self.ahead.text or "end of file"
        return ConfigError(Problem(what, self.ahead.spot, found, expected, remedy))


def _tokens(text: str, file: str) -> Iterator[Word]:
    """Words, strings and marks; for ever an empty word at the end."""
    at, line, start = 0, 1, 0
    while at < len(text):
        spot = Spot(file, line, at - start + 1)
        match = _TOKEN.match(text, at)
        if match is None:
            raise ConfigError(_broken(text, at, spot))
        piece = match[0]
        if match.lastgroup == "string":
            yield Word(re.sub(r"\\(.)", r"\1", piece[1:-1], flags=re.DOTALL), spot, quoted=True)
        elif match.lastgroup in ("word", "mark"):
            yield Word(piece, spot)
        at = match.end()
        if newlines := piece.count("\n"):
            line, start = line + newlines, match.start() + piece.rindex("\n") + 1
    while True:
        yield Word("", Spot(file, line, at - start + 1))


def _broken(text: str, at: int, spot: Spot) -> Problem:
    """Why no token begins here: only a quote or a comment that is never closed can be the cause."""
    found = text[at:].splitlines()[0][:30]
    if text[at] == '"':
        return Problem("unbalanced quotes", spot, found, "a closing '\"' on the same line")
    return Problem("unexpected end of input", spot, found, "'*/' to end this comment")
