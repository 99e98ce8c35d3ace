r"""Going through a text: where the reading is, what comes next, and how it ends early.

The parser is a `Cursor` that knows the grammar. What it cannot read it makes a `Failure` of: the
rest of the text belongs to that, for Exim would look no further.

A header line's name ends at a colon, and if that is forgotten, at white space: closing braces are
swallowed, and the mistake shows far away. Exim gives a hint in that case, and so do we.

Law: Exim specification, §11.5, "$header_<name>".
"""

from __future__ import annotations

import re

from .tree import Failure

SPACE = " \t\n\v\f\r"
NAME = 255
"""So many characters of a name are looked at."""

_PLAIN_WORD = re.compile(r"[A-Za-z0-9_]*")
_NOT_FINISHED = "missing } at end of string"
_MISPLACED = "missing or misplaced { or }"
_COLON = " - could be header name not terminated by colon"


class Cursor:
    """A place in a text: ``at``. ``header_unclosed``: a header's name has swallowed a brace."""

    __slots__ = ("at", "header_unclosed", "text")

    def __init__(self, text: str) -> None:
        self.text = text
        self.at = 0
        self.header_unclosed = False

    def space(self) -> str:
        """Pass over white space; the character that follows, "" at the end."""
        text, at, size = self.text, self.at, len(self.text)
        while at < size:
            if text[at] not in SPACE:
                self.at = at
                return text[at]
            at += 1
        self.at = at
        return ""

    def word(self) -> str:
        """A word of letters, digits and underscores; it may be empty."""
        found = _PLAIN_WORD.match(self.text, self.at)
        assert found
        self.at = found.end()
        return found[0][:NAME]

    def failed(self, message: str, colon: str = "", start: int | None = None) -> Failure:
        """The reading ends here; what is wrong began at ``start``. ``colon`` is added to the words
        where a header line may have swallowed its end."""
        stop, self.at = self.at, len(self.text)
        message = message + colon if self.header_unclosed else message
        return Failure(message, stop if start is None else start, stop, self.at)

    def misplaced(self, message: str = "") -> Failure:
        """A brace is missing, or one too many: in words of its own, unless a header may be why."""
        if self.header_unclosed:
            return self.failed(_MISPLACED, _COLON)
        return self.failed(message or _MISPLACED)

    def unfinished(self) -> Failure:
        """The text ended before its brace was closed."""
        return self.failed(_NOT_FINISHED, _COLON)
