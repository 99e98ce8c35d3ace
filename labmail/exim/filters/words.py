r"""Reading a filter word by word, with the number of the line.

    if $h_subject: contains "two words" then   # words end at white space, and in conditions at ( )
       save "$home/a \
             b"                                # quotes hold them together, also over lines

Behind each word, white space and comments are passed at once, so "near line 3" is the line where
the next word stands. A word or string may have `LONGEST` octets.

Law: "Exim's interfaces to mail filtering", §3.1 and §3.2.

Try::

    >>> words = Words('save "a\\tb" # the end')
    >>> words.word(), words.item(), words.ended
    ('save', 'a\tb', True)
"""

from __future__ import annotations

import re

from labmail.exim.expansion.escapes import understood

from .mistakes import FilterError

LONGEST = 1023

_EMPTY = re.compile(r"(?:[ \t\n\r\v\f]+|#[^\n]*)*")
_WORD = re.compile(r"[^ \t\n\r\v\f]*")
_WORD_IN_CONDITION = re.compile(r"[^ \t\n\r\v\f()]*")


class Words:
    """A cursor over the text of a filter; ``line`` counts from 1."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.at = 0
        self.line = 1
        self.pass_space()

    @property
    def ended(self) -> bool:
        return self.at >= len(self.text)

    @property
    def next(self) -> str:
        """The character that comes; "" at the end."""
        return self.text[self.at : self.at + 1]

    def pass_space(self) -> None:
        """Over white space and comments."""
        found = _EMPTY.match(self.text, self.at)
        assert found
        self.line += self.text.count("\n", self.at, found.end())
        self.at = found.end()

    def pass_one(self) -> None:
        """Over a parenthesis, and what is empty behind it."""
        self.at += 1
        self.pass_space()

    def back_to(self, place: int) -> None:
        """Back before a word that was none of mine. As in Exim, its line ends stay counted."""
        self.at = place

    def word(self, *, in_condition: bool = False) -> str:
        """Everything up to white space; "" where a parenthesis or the end comes first."""
        found = (_WORD_IN_CONDITION if in_condition else _WORD).match(self.text, self.at)
        assert found
        if len(found[0]) > LONGEST:
            raise FilterError(self._too_long("word"))
        self.at = found.end()
        self.pass_space()
        return found[0]

    def item(self, *, in_condition: bool = False) -> str:
        """A word, or what stands between quotes."""
        if self.next != '"':
            return self.word(in_condition=in_condition)
        made: list[str] = []
        self.at += 1
        while self.next not in ("", '"', "\n"):
            if len(made) >= LONGEST:
                raise FilterError(self._too_long("string"))
            made.append(self._character())
        if self.next != '"':
            raise FilterError(f"quote missing at end of string in line {self.line}")
        self.pass_one()
        return "".join(made)

    def _character(self) -> str:
        """One character of a quoted string, escaped or not; "" where a line is continued."""
        character = self.next
        if character != "\\":
            self.at += 1
            return character
        after = self.at + 1
        while self.text[after : after + 1] in (" ", "\t", "\r", "\v", "\f"):
            after += 1
        if self.text[after : after + 1] == "\n":
            return self._continued(after)
        if after == len(self.text):
            self.at = after
            return "\\" if after == self.at + 1 else ""
        meant, self.at = understood(self.text, self.at)
        return meant

    def _continued(self, at: int) -> str:
        self.line += 1
        at += 1
        while self.text[at : at + 1] in (" ", "\t", "\r", "\v", "\f"):
            at += 1
        self.at = at
        return ""

    def _too_long(self, what: str) -> str:
        return f"{what} is too long in line {self.line} of filter file (max = {LONGEST} chars)"
