r"""PCRE2, through the package ``pcre2``.

Patterns and subjects go to it as octets, without Unicode, as Exim hands them over. The package's
own front door sets two options that Exim does not (``\u0041`` means a character, ``\C`` is
forbidden), so its lower door is used, where they can be taken back.

How long a match may take is written into the pattern: PCRE2 reads ``(*LIMIT_MATCH=n)`` at its
head and stops after n steps **at one start**. Exim's limit is ten million, an eighth of a second;
but a long subject has many starts. Therefore::

    first     all starts, each with its share of forty million steps: nearly every search ends here
    then      if a start needs more: one start after the other, each with ten times as much until
              it is enough, up to Exim's limit; sixty million in all, or RegexLimit

Law: pcre2api(3) on match limits; pcre2pattern(3), "Special start-of-pattern items".
"""

from __future__ import annotations

import re

from pcre2 import _cy as pcre2  # type: ignore[import-untyped]

from labmail.exim.regex import RegexError, RegexLimit

_CASELESS, _MULTILINE, _DOTALL = 0x8, 0x400, 0x20
_ANCHORED, _NOT_EMPTY = 0x80000000, 0x4
_PYTHONS_OWN = 0x2 | 0x100000  # ALT_BSUX and NEVER_BACKSLASH_C
_NO_CALLOUTS = pcre2.create_match_context()

_EXIMS_LIMIT = 10_000_000
_FIRST_SHARE = 40_000_000
_IN_ALL = 60_000_000
_HEAP = "(*LIMIT_HEAP=262144)"  # kibioctets
_LIMIT_REACHED = -47

_ONE_FURTHER = {107, 108, 109, 122, 144, 168}
_CLASS_OUTSIDE, _CLASS_UNKNOWN, _REFERENCE = 112, 130, 115
_BACK_REFERENCE = re.compile(r"\\g?\{?[-+]?\d+\}?\Z")
_WORD = re.compile(
    r"(?P<bare>\\x(?![0-9A-Fa-f{])) | \\[gkNopPx]\{ | \\."
    r"| (?P<brace>\{(?= ,\d+\} | (?=[\d,]*[\ \t]) [\d,\ \t]+\} ))",
    re.S | re.X,
)
"""An escaped character, or what PCRE2 reads otherwise since Debian 12's: ``\\x``, ``a{,3}``."""


class LibraryMatch:
    """A match, its groups cut out of the subject when asked for."""

    __slots__ = ("_data", "_octets", "groups", "subject")

    def __init__(self, subject: str, octets: bytes, data: object, groups: int) -> None:
        self.subject = subject
        self._octets = octets
        self._data = data
        self.groups = groups
        while self.groups and self.span(self.groups)[0] < 0:
            self.groups -= 1

    def span(self, number: int = 0) -> tuple[int, int]:
        found: tuple[int, int] = pcre2.match_substring_span_bynumber(
            self._data, self._octets, number
        )
        return found

    def group(self, number: int = 0) -> str | None:
        start, end = self.span(number)
        return None if start < 0 else self.subject[start:end]


class LibraryPattern:
    """A pattern with its compiled forms: one for each limit of steps that was needed."""

    __slots__ = ("_codes", "_options", "_single", "groups", "text")

    def __init__(self, pattern: str, caseless: bool, multiline: bool, dotall: bool) -> None:
        self.text = pattern
        self._options = _CASELESS * caseless | _MULTILINE * multiline | _DOTALL * dotall
        self._codes: dict[int, object] = {}
        self._single = pattern.startswith(("^", ".*")) and "|" not in pattern and not multiline
        self.groups: int = pcre2.pattern_capture_count(self._code(_EXIMS_LIMIT))

    def search(
        self, subject: str, start: int = 0, *, anchored: bool = False, not_empty: bool = False
    ) -> LibraryMatch | None:
        octets = _octets(subject)
        options = _ANCHORED * anchored | _NOT_EMPTY * not_empty
        starts = 1 if anchored or self._single else len(octets) - start
        limit = _share(starts * _weight(octets))
        try:
            data = self._try(limit, octets, start, options)
        except pcre2.LibraryError as stopped:
            if stopped.code != _LIMIT_REACHED or limit == _EXIMS_LIMIT:
                return None
            data = self._patiently(octets, start, options)
        return None if data is None else LibraryMatch(subject, octets, data, self.groups)

    def _try(self, limit: int, octets: bytes, start: int, options: int) -> object | None:
        data: object | None = pcre2.match(
            self._code(limit), octets, len(octets), start, _NO_CALLOUTS, options
        )[0]
        return data

    def _patiently(self, octets: bytes, start: int, options: int) -> object | None:
        """Each start by itself, with as many steps as it needs. None is Exim's limit reached."""
        spent = 0
        for at in range(start, len(octets) + 1):
            limit = 10
            while True:
                spent += limit * _weight(octets)
                if spent > _IN_ALL:
                    raise RegexLimit(self.text)
                try:
                    data = self._try(limit, octets, at, options | _ANCHORED)
                    break
                except pcre2.LibraryError as stopped:
                    if stopped.code != _LIMIT_REACHED or limit >= _EXIMS_LIMIT:
                        return None
                    limit *= 10
            if data is not None:
                return data
        return None

    def _code(self, limit: int) -> object:
        """The pattern compiled with this limit. Raises RegexError."""
        code = self._codes.get(limit)
        if code is None:
            head = f"(*LIMIT_MATCH={limit}){_HEAP}"
            text = _WORD.sub(_as_in_debian_12, self.text)
            try:
                code = pcre2.compile((head + text).encode("latin-1"), self._options, _PYTHONS_OWN)
            except pcre2.PatternError as wrong:
                reason = wrong.msg.partition("; ")[2]
                offset = _offset(wrong.code, text, max(0, wrong.pos - len(head)))
                raise RegexError(self.text, reason, _in_original(self.text, offset)) from None
            self._codes[limit] = code
        return code


_recent: tuple[str, bytes] = ("", b"")
"""The text that was searched last: ``${sg…}`` searches one text again and again."""


def _octets(subject: str) -> bytes:
    """A subject as the library takes it."""
    global _recent
    text, octets = _recent
    if text is not subject:
        octets = subject.encode("latin-1")
        _recent = (subject, octets)
    return octets


def _as_in_debian_12(word: re.Match[str]) -> str:
    r"""One word of a pattern, written so that every PCRE2 reads it as 10.42 does.

    >>> _WORD.sub(_as_in_debian_12, r"\x\d{,3}a{2,3}\x{41}"), _WORD.sub(_as_in_debian_12, r"\\x")
    ('\\x00\\d\\{,3}a{2,3}\\x{41}', '\\\\x')
    """
    if word["bare"]:
        return r"\x00"
    return r"\{" if word["brace"] else word.group()


def _in_original(pattern: str, offset: int) -> int:
    """An offset in the rewritten pattern, counted in the one that was written."""
    for word in _WORD.finditer(pattern):
        if word.end() >= offset:
            break
        offset -= len(_as_in_debian_12(word)) - len(word.group())
    return offset


def _offset(code: int, pattern: str, found: int) -> int:
    """Where Debian 12's PCRE2 (10.42) says that the mistake is; later ones point a bit further."""
    if code in (_CLASS_OUTSIDE, _CLASS_UNKNOWN):
        return max(0, pattern.rfind("[", 0, found)) + 2 * (code == _CLASS_UNKNOWN)
    if code == _REFERENCE:
        return found - bool(_BACK_REFERENCE.search(pattern[:found]))
    return found - (code in _ONE_FURTHER)


def _weight(octets: bytes) -> int:
    """What a step may cost: one step of ``a*`` looks through the whole text.

    >>> _weight(b"ask.com"), _weight(b"a" * 1000)
    (1, 6)
    """
    return 1 + min(len(octets), 4000) // 200


def _share(starts: int) -> int:
    """The steps for each of so many starts: a power of ten, at most Exim's limit.

    >>> _share(1), _share(40), _share(5_000)
    (10000000, 1000000, 1000)
    """
    limit = _EXIMS_LIMIT
    while limit * starts > _FIRST_SHARE and limit > 10:
        limit //= 10
    return limit
