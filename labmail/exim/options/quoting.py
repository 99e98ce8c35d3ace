r"""A word at the start of a line, in quotes or not: for rules, whose parts are words.

>>> take_word('"two words" then'), take_word("one then")
(('two words', 'then'), ('one', 'then'))
"""

from __future__ import annotations

from labmail.exim.config.names import BLANKS
from labmail.exim.config.words import unescape


def take_word(line: str) -> tuple[str, str]:
    """The word and what follows it. A quote that is not closed goes on to the end."""
    line = line.lstrip(BLANKS)
    if not line.startswith('"'):
        at = next((at for at, character in enumerate(line) if character in BLANKS), len(line))
        return line[:at], line[at:].lstrip(BLANKS)
    at = 1
    while at < len(line) and line[at] != '"':
        at += 2 if line[at] == "\\" else 1
    return unescape(line[1:at]), line[at + 1 :].lstrip(BLANKS)
