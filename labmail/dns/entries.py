"""The lexical rules of zone files: words, quotes, comments, and entries that span lines.

Parentheses let an entry go on over the end of a line, a semicolon begins a comment, a backslash
takes the next character as it is, and white space in the first column means "the owner of the entry
before"::

    @  SOA ns hostmaster (      ; one entry,
           1 3600 600 )         ; three lines
       NS  ns                   ; indented

Law: RFC 1035 §5.1. Try: ``list(entries("a MX (10 ; best\\n mail)", "db"))``.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from .problems import ConfigError, Problem, Spot

_TOKEN = re.compile(
    r"""(?P<newline>\n)
      | (?P<blank>[^\S\n]+)
      | (?P<comment>;[^\n]*)
      | (?P<mark>[()])
      | (?P<quoted>"(?:\\[^\n]|[^"\\\n])*")
      | (?P<word>(?:\\[^\n]|[^\s;()"\\])+)""",
    re.VERBOSE,
)


@dataclass(frozen=True, slots=True)
class Token:
    """A word as it is written, quotes and backslashes included."""

    text: str
    spot: Spot


@dataclass(frozen=True, slots=True)
class Entry:
    """The tokens of one entry; ``indented``: it begins with white space, so it names no owner."""

    tokens: tuple[Token, ...]
    indented: bool


def entries(text: str, file: str) -> Iterator[Entry]:
    """Splits a text into entries. Raises `ConfigError` at a quote or parenthesis left open.

    >>> [token.text for token in next(entries("a (\\n 1 ; one\\n 2 )", "db")).tokens]
    ['a', '1', '2']
    """
    tokens: list[Token] = []
    indented, open_at = False, None
    for kind, piece, spot in _scan(text, file):
        if kind == "blank" and spot.column == 1 and open_at is None:
            indented = True
        elif piece == "(":
            if open_at:
                raise ConfigError(Problem("'(' inside '('", spot, piece, "')' first"))
            open_at = spot
        elif piece == ")":
            if not open_at:
                raise ConfigError(Problem("unbalanced parentheses", spot, piece, "'(' before it"))
            open_at = None
        elif kind == "newline" and open_at is None:
            if tokens:
                yield Entry(tuple(tokens), indented)
            tokens, indented = [], False
        elif kind in ("word", "quoted"):
            tokens.append(Token(piece, spot))
    if open_at:
        what, remedy = "unbalanced parentheses", "add ) after the last field"
        raise ConfigError(Problem(what, open_at, "(", "a matching ')'", remedy))


def _scan(text: str, file: str) -> Iterator[tuple[str, str, Spot]]:
    """Every piece of the text with its kind and its spot; a newline at the end."""
    at, line, start = 0, 1, 0
    while at < len(text):
        spot = Spot(file, line, at - start + 1)
        match = _TOKEN.match(text, at)
        if match is None:
            found = text[at:].splitlines()[0][:30]
            what = "unbalanced quotes" if text[at] == '"' else "backslash at end of line"
            raise ConfigError(Problem(what, spot, found, "a closing '\"' on the same line"))
        yield str(match.lastgroup), match[0], spot
        at = match.end()
        if match.lastgroup == "newline":
            line, start = line + 1, at
    yield "newline", "\n", Spot(file, line, at - start + 1)
