"""Where one address of a list ends and the next begins: at a comma, but not at every comma.

    "Smith, Bob" <bob@ask.com>, (work, mostly) eve@ask.com, <@a,@b:joe@ask.com>
                              ^                           ^

Law: RFC 5322 §3.4; quoted strings §3.2.4, comments §3.2.2, routes §4.4.

Try::

    >>> list(pieces('"a,b" c@d, e@f'))
    ['"a,b" c@d', ' e@f']
"""

from __future__ import annotations

import re
from collections.abc import Iterator

_NEEDS_CARE = re.compile(r'["\\(<]|(?:^|,)@')
"""What a comma may hide behind."""

# Between two commas: plain text, pairs with a backslash, quoted strings, single characters.
_PIECE = re.compile(r'[^\\"(<>:,]+|\\.|"(?:\\.|[^"\\])*(?:"|\\?\Z)|.', re.DOTALL)


def pieces(text: str) -> Iterator[str]:
    """A list of addresses, cut at its commas: not at those in quotes, comments and routes."""
    if not _NEEDS_CARE.search(text):
        yield from text.split(",")
        return
    start = at = 0
    while at <= len(text):
        at = end = _address_end(text, start)
        yield text[start:end]
        start = at = end + 1


def _address_end(text: str, at: int) -> int:
    """Where the comma is, or the end. A route's commas count only behind its colon."""
    route = text.startswith("@", at)
    open_ends = 1 if route else 0
    while at < len(text):
        character = text[at]
        if character == "," and open_ends <= 0:
            break
        if character == "(":
            at = comment_end(text, at)
            continue
        if character == "<":
            route = text.startswith("@", at + 1)
            open_ends = 2 if route else 1
        elif character == ">" or (route and character == ":"):
            open_ends -= 1
        found = _PIECE.match(text, at)
        at = found.end() if found else len(text)
    return at


_IN_COMMENT = re.compile(r"\\.|[()]", re.DOTALL)


def comment_end(text: str, at: int) -> int:
    """Past the comment that begins here; one that is never closed goes on to the end."""
    depth = 0
    for found in _IN_COMMENT.finditer(text, at):
        depth += {"(": 1, ")": -1}.get(found[0], 0)
        if not depth:
            return found.end()
    return len(text)
