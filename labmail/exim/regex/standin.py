r"""Python's ``re`` in the place of PCRE2, where the package ``pcre2`` cannot be installed.

The two dialects share most of what is written in mail configurations. Some words are translated:

    [[:alpha:]]   the character classes of POSIX          \z \Z \h \H \R \K…   see `_WORDS`
    (?<name>…)    the same with a P                       \x{41}               as ``\x41``

What PCRE2 has and ``re`` has not (recursion, ``(?|…)``, ``\K``, verbs such as ``(*SKIP)``) is an
error, in the words of ``re``; and nothing counts the steps of an exponential pattern.

Try: ``StandInPattern("[[:digit:]]+", False, False, False).search("a12").group()``.
"""

from __future__ import annotations

import re

from labmail.exim.regex import RegexError

_POSIX = {
    "alpha": "a-zA-Z",
    "digit": "0-9",
    "alnum": "a-zA-Z0-9",
    "upper": "A-Z",
    "lower": "a-z",
    "space": r"\t-\r ",
    "blank": r"\t ",
    "punct": r"!-/:-@\[-`{-~",
    "xdigit": "0-9A-Fa-f",
    "word": r"\w",
    "cntrl": r"\x00-\x1f\x7f",
    "print": " -~",
    "graph": "!-~",
    "ascii": r"\x00-\x7f",
}
_WORDS = {
    r"\z": r"\Z",
    r"\Z": r"(?=\n?\Z)",
    r"\h": r"[\t \xa0]",
    r"\H": r"[^\t \xa0]",
    r"\R": r"(?:\r\n|[\n-\r\x85])",
    r"\N": r"[^\n]",
    r"\e": r"\x1b",
    r"\G": "",
}
_FIND = re.compile(
    r"\[:(\^?)(\w+):\]|\\x\{([0-9a-fA-F]{1,2})\}|\\.|\(\?<(?![=!])|\(\?'(\w+)'", re.S
)


class StandInMatch:
    """A match of ``re``."""

    __slots__ = ("_match", "groups", "subject")

    def __init__(self, match: re.Match[str]) -> None:
        self._match = match
        self.subject = match.string
        self.groups = match.re.groups
        while self.groups and match.start(self.groups) < 0:
            self.groups -= 1

    def span(self, number: int = 0) -> tuple[int, int]:
        return self._match.span(number)

    def group(self, number: int = 0) -> str | None:
        found: str | None = self._match.group(number)
        return found


class StandInPattern:
    """A pattern translated for ``re``."""

    __slots__ = ("_compiled", "groups", "text")
    NOTE = (
        "Regular expressions are Python's, not PCRE2's: recursion, (?|…), \\K and verbs such as "
        "(*SKIP) are missing, and exponential patterns are not stopped. "
        "Cure: pip install pcre2."
    )

    def __init__(self, pattern: str, caseless: bool, multiline: bool, dotall: bool) -> None:
        self.text = pattern
        flags = re.A | re.I * caseless | re.M * multiline | re.S * dotall
        try:
            self._compiled = re.compile(_FIND.sub(_translate, pattern), flags)
        except (re.error, OverflowError, RecursionError) as wrong:
            reason = getattr(wrong, "msg", None) or "pattern is too complicated"
            raise RegexError(pattern, reason, getattr(wrong, "pos", None) or 0) from None
        self.groups = self._compiled.groups

    def search(
        self, subject: str, start: int = 0, *, anchored: bool = False, not_empty: bool = False
    ) -> StandInMatch | None:
        found = (self._compiled.match if anchored else self._compiled.search)(subject, start)
        if found and not_empty and not found.group():
            return None if anchored else self.search(subject, start + 1, not_empty=True)
        return StandInMatch(found) if found else None


def _translate(word: re.Match[str]) -> str:
    r"""One word of PCRE2's dialect in ``re``'s.

    >>> _FIND.sub(_translate, r"(?<n>[[:upper:]_]+)\x{41}\z")
    '(?P<n>[A-Z_]+)\\x41\\Z'
    """
    text = word.group()
    if word.group(2):
        inside = _POSIX.get(word.group(2))
        return text if inside is None or word.group(1) else inside
    if word.group(3):
        return f"\\x{word.group(3):0>2}"
    if word.group(4):
        return f"(?P<{word.group(4)}>"
    return "(?P<" if text == "(?<" else _WORDS.get(text, text)
