"""Words: switches, texts in and out of quotes, and texts that are expanded later.

Outside quotes a value is what stands there, up to the end of the line, white space at both ends
taken off. Inside quotes backslashes mean something, so that a value can begin with a blank or hold
a line end.

Law: Exim specification, §6.14 (boolean), §6.19 (string), §6.20 (expanded string).

Try: ``TEXT.read('"a\\\\tb"', "smtp_banner", ALONE)``.
"""

from __future__ import annotations

import re
from typing import Any

from labmail.exim.config.kind import Around, Kind, extra
from labmail.exim.config.names import BLANKS, take_item_name
from labmail.exim.config.people import People
from labmail.exim.errors import ConfigError

YES = {"true": True, "yes": True, "false": False, "no": False}

ESCAPE = re.compile(r"\\(?:([0-7]{1,3})|x([0-9A-Fa-f]{0,2})|(.))", re.DOTALL)
LETTERS = {"b": "\b", "f": "\f", "n": "\n", "r": "\r", "t": "\t", "v": "\v"}
QUOTED = re.compile(r'"((?:[^"\\]|\\.)*)"?', re.DOTALL)
UNPRINTABLE = re.compile(r"[^ -~]")


class Switch(Kind):
    """On or off: `queue_only`, `no_queue_only`, `queue_only = true`."""

    name = "boolean"
    switch = True

    def read(self, text: str, option: str, around: Around) -> Any:
        """What follows `option =`; nothing at all is a yes."""
        if not text:
            return True
        word, rest = take_item_name(text)
        if word.lower() not in YES:
            raise ConfigError(
                f'"{word}" is not a valid value for the "{option}" option',
                help="A switch is written as its name alone, or with = true, yes, false or no.",
            )
        if rest:
            raise extra(rest, f'"{word}" for boolean option {option}')
        return YES[word.lower()]

    def show(self, option: str, value: Any, people: People) -> str:
        return option if value else f"no_{option}"


class ExpandedSwitch(Switch):
    """A switch that may be a text, which is expanded when it is asked: `more = ${if …}`."""

    name = "expanded boolean"

    def read(self, text: str, option: str, around: Around) -> Any:
        """A text if there is a `$` in it, else a switch."""
        return read_text(text, option) if "$" in text else super().read(text, option, around)

    def show(self, option: str, value: Any, people: People) -> str:
        if isinstance(value, str):
            return f"{option} = {printable(value)}"
        return super().show(option, value, people)


class Words(Kind):
    """A text, in quotes or not."""

    name = "string"

    def read(self, text: str, option: str, around: Around) -> Any:
        return read_text(text, option)

    def show(self, option: str, value: Any, people: People) -> str:
        return f"{option} = {printable(value or '')}"


class ExpandedWords(Words):
    """A text that is expanded whenever it is used: read like any other."""

    name = "expanded string"


class WordList(Words):
    """A list in a text. It is taken apart by whoever asks it, after expansion."""

    name = "string list"


def read_text(text: str, option: str) -> str:
    """The text after the `=`. Raises ConfigError if quotes are opened and not closed.

    An escaped quote as the very last character is taken for the one that closes, too.
    """
    if not text.startswith('"'):
        return text
    found = QUOTED.match(text)
    if found is None or len(found.group()) < 2 or not found.group().endswith('"'):
        raise ConfigError(
            f"missing quote at end of string value for {option}",
            help="A value that begins with a quote ends with one; a line may go on after a \\.",
        )
    if text[found.end() :].strip(BLANKS):
        raise extra(text[found.end() :], f"string value for {option}")
    return unescape(found.group(1))


def unescape(text: str) -> str:
    r"""What backslashes mean inside quotes. As in any C string, a NUL ends it.

    >>> unescape(r"a\tb\x41\101\q")
    'a\tbAAq'
    """
    return ESCAPE.sub(_unescape, text).partition("\0")[0]


def _unescape(found: re.Match[str]) -> str:
    octal, hexadecimal, letter = found.groups()
    if letter is not None:
        return LETTERS.get(letter, letter)
    return chr((int(octal, 8) if octal is not None else int(hexadecimal or "0", 16)) & 255)


def printable(text: str) -> str:
    r"""As `-bP` prints a text: line ends and other characters that cannot be seen are named.

    >>> printable("a\nb\x01\xe9")
    'a\\nb\\001\\351'
    """
    return UNPRINTABLE.sub(_named, text)


def _named(found: re.Match[str]) -> str:
    return NAMED.get(found.group()) or f"\\{ord(found.group()):03o}"


NAMED = {"\b": "\\b", "\f": "\\f", "\n": "\\n", "\r": "\\r", "\t": "\\t", "\v": "\\v"}

SWITCH = Switch()
EXPANDED_SWITCH = ExpandedSwitch()
TEXT = Words()
EXPANDED = ExpandedWords()
LIST = WordList()
