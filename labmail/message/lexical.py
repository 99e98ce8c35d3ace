"""The small words of a header: atoms, quoted strings, comments, white space. RFC 5322 §3.2.

Every structured field (addresses, dates, `Received:`, `Content-Type:`) is made of the same few
pieces::

    "Bob \\"B\\" Smith" <bob.smith@ask.com> (at work)
    └ quoted-string ─┘  └ dot-atom ┘ └ dot-atom ┘ └ comment ┘

`Scanner` walks over a text once, from left to right, and knows where it stands; so an error can say
what it found, where, and what it had expected. Nothing here calls itself: a comment nested ten
thousand deep costs no more than its length.

Try::

    >>> scanner = Scanner('(a (nested) comment) "Bob \\\\"B\\\\" Smith" <')
    >>> scanner.skip(), scanner.quoted_string(), scanner.peek()
    (['a (nested) comment'], 'Bob "B" Smith', ' ')
"""

from __future__ import annotations

import re

from .visible import shorten, visible

ATOM = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~\x80-\U0010ffff-]+")
"""RFC 5322 §3.2.3, and any character beyond ASCII (RFC 6532 §3.2)."""

TOKEN = re.compile(r"[^\x00-\x20\x7f-\U0010ffff()<>@,;:\\\"/\[\]?=]+")
"""The atom of MIME, RFC 2045 §5.1."""

_WHITE = re.compile(r"[ \t\r\n]+")
_QUOTED = re.compile(r'"((?:[^"\\]|\\.)*)"', re.DOTALL)
_COMMENT_PIECE = re.compile(r"[^()\\]+|\\.|[()]", re.DOTALL)
_LITERAL = re.compile(r"\[[^\[\]\\\x00-\x20\x7f]*\]")
_PAIR = re.compile(r"\\(.)", re.DOTALL)


class Misread(ValueError):
    """A text does not follow its grammar. Says where, what was found and what was expected.

    ``position`` counts characters from 0; ``found`` is the character there, or ``""`` at the end.
    """

    law = "RFC 5322 §3"

    def __init__(self, text: str, position: int, expected: str) -> None:
        self.text = text
        self.position = position
        self.found = text[position : position + 1]
        self.expected = expected
        super().__init__(text, position, expected)

    def __str__(self) -> str:
        found = repr(self.found) if self.found else "the end"
        return (
            f"{shorten(visible(self.text[:100]))}: found {found} at position {self.position}, "
            f"expected {self.expected} ({self.law})"
        )


class Scanner:
    """A cursor over one text. ``error`` is the class of `Misread` that it raises."""

    def __init__(self, text: str, error: type[Misread] = Misread) -> None:
        self.text = text
        self.position = 0
        self._error = error

    def fail(self, expected: str, at: int | None = None) -> Misread:
        """The error to raise: here, or at position ``at``."""
        return self._error(self.text, self.position if at is None else at, expected)

    def peek(self) -> str:
        """The next character, or ``""`` at the end."""
        return self.text[self.position : self.position + 1]

    def at_end(self) -> bool:
        return self.position >= len(self.text)

    def take(self, character: str) -> bool:
        """Steps over ``character`` if it is the next one."""
        if self.peek() != character:
            return False
        self.position += 1
        return True

    def match(self, pattern: re.Pattern[str]) -> str | None:
        """Steps over ``pattern`` if it matches here, and returns what it matched."""
        found = pattern.match(self.text, self.position)
        if found is None or not found.group():
            return None
        self.position = found.end()
        return found.group()

    def skip(self) -> list[str]:
        """Steps over white space and comments (CFWS, §3.2.2); returns the comments' texts."""
        comments: list[str] = []
        while True:
            self.match(_WHITE)
            if self.peek() != "(":
                return comments
            comments.append(self._comment())

    def _comment(self) -> str:
        start, depth = self.position, 0
        while piece := self.match(_COMMENT_PIECE):
            depth += {"(": 1, ")": -1}.get(piece, 0)
            if depth == 0:
                return unescape(self.text[start + 1 : self.position - 1])
        raise self.fail('")" at the end of the comment', at=start)

    def quoted_string(self) -> str | None:
        """The meaning of a quoted string that starts here (§3.2.4), or None if none does."""
        if self.peek() != '"':
            return None
        raw = self.match(_QUOTED)
        if raw is None:
            raise self.fail("a closing quotation mark")
        return unescape(re.sub(r"\r?\n(?=[ \t])", "", raw[1:-1]))

    def domain_literal(self) -> str | None:
        """``[192.0.2.1]`` with its brackets (§3.4.1), or None if none starts here."""
        if self.peek() != "[":
            return None
        literal = self.match(_LITERAL)
        if literal is None:
            raise self.fail('an address in brackets, such as "[192.0.2.1]"')
        return literal


def unescape(text: str) -> str:
    """Takes the backslash from quoted pairs (§3.2.1)."""
    return _PAIR.sub(r"\1", text)


def quote(text: str) -> str:
    """Writes a quoted string.

    >>> quote('Bob "B" Smith')
    '"Bob \\\\"B\\\\" Smith"'
    """
    return '"' + re.sub(r'(["\\])', r"\\\1", text) + '"'
