r"""Regular expressions, in the dialect that administrators know from Exim: PCRE2, over octets.

``\N^ann\d+@\N`` in a list, ``${if match{…}{…}}``, ``${sg{…}…}``: all of them mean Perl's patterns
as the library PCRE2 reads them, and so a pattern of a real configuration has to mean the same here.
The library itself does the work where it is installed (`library`). Where it has no wheel, Python's
``re`` stands in (`standin`), and `note` says what that leaves out.

Some patterns take time without end: ``^(a|aa)+$`` over forty letters has more ways to fail than
there are seconds in a year. PCRE2 counts its steps and stops at ten million; Exim takes that for
"no match". So do we, but a subject whose every position is that slow ends in `RegexLimit` here,
where Exim would go on for minutes.

    compile     a pattern from its text; RegexError says what is wrong with it, and where
    required    the same where Exim has no way to go on: Panic
    note        what the engine at hand leaves out; empty for PCRE2

Law: Exim specification, chapter 8; PCRE2's own pcre2pattern(3).

Try: ``compile("^(b+)@").search("bb@ask.com").group(1)``.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Protocol

from labmail.exim.errors import EximError, ExpansionFailed


class RegexError(ExpansionFailed):
    """A pattern that cannot be compiled. ``reason`` and ``offset``: what, and after which octet."""

    def __init__(self, pattern: str, reason: str, offset: int) -> None:
        super().__init__(
            f'regular expression error in "{pattern}": {reason} at offset {offset}',
            help=f"look at the pattern after its first {offset} characters",
        )
        self.reason = reason
        self.offset = offset


class RegexLimit(ExpansionFailed):
    """A pattern that has so many ways to try a subject that nobody should wait for the answer."""

    def __init__(self, pattern: str) -> None:
        super().__init__(
            f'regular expression "{pattern}": gave up after too many steps',
            help="nested repetitions such as (a+)+ try every way to divide the text",
        )


class Panic(EximError):
    """Exim writes this into its panic log and ends: a mistake it cannot work around."""


class Match(Protocol):
    """Where a pattern matched: group 0 is all of it, group 1 the first parentheses."""

    subject: str
    groups: int
    """The highest group that took part."""

    def group(self, number: int = 0) -> str | None: ...

    def span(self, number: int = 0) -> tuple[int, int]: ...


class Pattern(Protocol):
    """A compiled pattern. ``groups``: how many pairs of parentheses capture."""

    text: str
    groups: int

    def search(
        self, subject: str, start: int = 0, *, anchored: bool = False, not_empty: bool = False
    ) -> Match | None:
        """The leftmost match at or after ``start``; only at ``start`` if ``anchored``.

        An empty match does not count if ``not_empty``. Raises RegexLimit.
        """


@lru_cache(maxsize=512)
def compile(
    pattern: str, *, caseless: bool = False, multiline: bool = False, dotall: bool = False
) -> Pattern:
    r"""The pattern, ready for use; the last 512 are kept. Raises RegexError.

    >>> compile(r"^ann(\d+)", caseless=True).search("ANN42").group(1)
    '42'
    """
    return _engine()(pattern, caseless, multiline, dotall)


def required(pattern: str, *, caseless: bool = False) -> Pattern:
    """For patterns that are part of a list or a file: with a wrong one Exim ends. Raises Panic."""
    try:
        return compile(pattern, caseless=caseless)
    except RegexError as wrong:
        raise Panic(
            f"regular expression error: {wrong.reason} at offset {wrong.offset} "
            f"while compiling {pattern}",
            help=wrong.help,
        ) from None


class _Engine(Protocol):
    def __call__(
        self, pattern: str, caseless: bool, multiline: bool, dotall: bool, /
    ) -> Pattern: ...


@lru_cache(maxsize=1)
def _engine() -> _Engine:
    """Whoever compiles: found when the first pattern is, since most expansions have none."""
    try:
        from labmail.exim.regex.library import LibraryPattern
    except ImportError:
        from labmail.exim.regex.standin import StandInPattern

        return StandInPattern
    return LibraryPattern


def note() -> str:
    """What the engine at hand leaves out, for ``-bV`` and ``--help``; empty for PCRE2."""
    return str(getattr(_engine(), "NOTE", ""))
