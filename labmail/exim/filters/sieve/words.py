r"""The smallest parts of a Sieve script: names, numbers, strings, and what stands between them.

    # to the end of the line     /* over many lines */
    "a string with \" and \\"    text:          100K
                                 many lines
                                 .

Law: RFC 5228 §2.2 to §2.4, §8.1. As in Exim, a line ends in a newline alone, and ``\0`` in a string
is the octet zero.

Try::

    >>> words = Words('# x\n "a\\"b" 2K')
    >>> words.string(), words.number(), words.line
    ('a"b', 2048, 2)
"""

from __future__ import annotations

import re

from labmail.exim.errors import EximError

_SPACE = re.compile(r"[ \t\r\n]+|#[^\n]*\n")
_NAME = re.compile(r":?[A-Za-z_][A-Za-z0-9_]*")
_NUMBER = re.compile(r"(\d+)([KkMmGg]?)")
_TEXT = re.compile(r"[Tt][Ee][Xx][Tt]:[ \t]*(#[^\n]*)?\n")
_CODED = re.compile(r"\$\{(hex|unicode):([ \t\n]*[0-9a-f]+(?:[ \t\n]+[0-9a-f]+)*)[ \t\n]*\}", re.I)
_SCALES = {"": 1, "k": 1 << 10, "m": 1 << 20, "g": 1 << 30}
LARGEST = 2**31 - 1


class SieveError(EximError):
    """A mistake in a script, and its line."""

    def __init__(self, message: str, line: int) -> None:
        super().__init__(message)
        self.line = line


class Words:
    """A cursor over a script; ``line`` counts from 1, but as in Exim not in ``/* comments */``."""

    def __init__(self, text: str) -> None:
        self.text, self.at, self.line = text, 0, 1
        self.encoded = False
        """Whether ${hex:…} in strings means something."""

    def mistake(self, message: str) -> SieveError:
        return SieveError(message, self.line)

    def _to(self, at: int) -> None:
        self.line += self.text.count("\n", self.at, at)
        self.at = at

    @property
    def ended(self) -> bool:
        self.pass_space()
        return self.at >= len(self.text)

    def pass_space(self) -> None:
        """Over white space and comments."""
        while True:
            if found := _SPACE.match(self.text, self.at):
                self._to(found.end())
            elif self.text.startswith(("/*", "#"), self.at):
                end = self.text.find("*/", self.at + 2)
                if end < 0 or self.text[self.at] == "#":
                    raise self.mistake("missing end of comment")
                self.at = end + 2
            else:
                return

    def sign(self, sign: str) -> bool:
        """Is this what comes? Then it is passed."""
        self.pass_space()
        if not self.text.startswith(sign, self.at):
            return False
        self.at += len(sign)
        return True

    def name(self, *names: str) -> str:
        """The one of these names (``:is``, ``if``) that comes, in small letters; "" for none."""
        self.pass_space()
        found = _NAME.match(self.text, self.at)
        if not found or found[0].lower() not in names:
            return ""
        self.at = found.end()
        return found[0].lower()

    def number(self) -> int:
        self.pass_space()
        found = _NUMBER.match(self.text, self.at)
        if not found:
            raise self.mistake("missing number")
        self.at = found.end()
        digits = found[1] if len(found[1]) < 20 else "9" * 20
        return min(int(digits) * _SCALES[found[2].lower()], LARGEST)

    def string(self) -> str | None:
        """A string; None where there is none."""
        self.pass_space()
        if self.text.startswith('"', self.at):
            return self._decoded(self._quoted())
        if found := _TEXT.match(self.text, self.at):
            self._to(found.end())
            return self._decoded(self._lines())
        return None

    def strings(self) -> list[str] | None:
        """A list of strings, or one alone; None where there is neither."""
        if not self.sign("["):
            one = self.string()
            return None if one is None else [one]
        try:
            return self._members()
        except SieveError as mistake:
            if not mistake.message.startswith("missing end of"):
                raise
            raise self.mistake("missing string list") from None

    def _members(self) -> list[str]:
        found: list[str] = []
        while not self.sign("]"):
            if found and not self.sign(","):
                raise self.mistake("missing string list")
            one = self.string()
            if one is None:
                raise self.mistake("missing string list")
            found.append(one)
        return found

    def _quoted(self) -> str:
        made: list[str] = []
        at = self.at + 1
        while at < len(self.text):
            character = self.text[at]
            if character == '"':
                self._to(at + 1)
                return "".join(made)
            if character == "\\" and at + 1 < len(self.text):
                at += 1
                character = self.text[at]
                character = "\0" if character == "0" else character
            made.append(character)
            at += 1
        self._to(len(self.text))
        raise self.mistake("missing end of string")

    def _lines(self) -> str:
        made: list[str] = []
        while self.at < len(self.text):
            end = self.text.find("\n", self.at)
            line = self.text[self.at : end + 1] if end >= 0 else self.text[self.at :]
            self._to(self.at + len(line))
            if line == ".\n":
                return "".join(made)
            made.append(line[1:] if line.startswith(".") else line)
        raise self.mistake("missing end of multi line string")

    def _decoded(self, text: str) -> str:
        """With ${hex:…} and ${unicode:…} understood, where that was asked for. RFC 5228 §2.4.2.4"""
        return _CODED.sub(self._character, text) if self.encoded else text

    def _character(self, found: re.Match[str]) -> str:
        codes = [int(code, 16) for code in found[2].split()]
        if found[1].lower() == "hex":
            small = all(len(code) <= 2 for code in found[2].split())
            return "".join(map(chr, codes)) if small else found[0]
        if any(code > 0x10FFFF or 0xD800 <= code <= 0xDFFF for code in codes):
            raise self.mistake("unicode character out of range")
        return "".join(map(chr, codes)).encode().decode("latin-1")
