r"""Patterns: PCRE2's dialect, its errors in Exim's words, and an end to patterns without end."""

from __future__ import annotations

import doctest
import importlib
import importlib.util
import time

import pytest

from labmail.exim import regex
from labmail.exim.regex import Panic, RegexError, RegexLimit, required, standin

with_pcre2 = pytest.mark.skipif(
    importlib.util.find_spec("pcre2") is None, reason="other system: no package pcre2 for it"
)


@pytest.fixture(params=[pytest.param("pcre2", marks=with_pcre2), "re"])
def make(request):
    kind = standin.StandInPattern
    if request.param == "pcre2":
        from labmail.exim.regex.library import LibraryPattern as kind

    def make(pattern, caseless=False, multiline=False, dotall=False):
        return kind(pattern, caseless, multiline, dotall)

    return make


@pytest.mark.parametrize("name", [pytest.param("library", marks=with_pcre2), "standin"])
def test_examples(name):
    module = importlib.import_module(f"labmail.exim.regex.{name}")
    assert doctest.testmod(module).failed == 0
    assert doctest.testmod(regex).failed == 0


# pattern, subject, where it matches (None: nowhere)
FOUND = [
    ("b+", "abbc", (1, 3)),
    ("(?i)ANN", "joann", (2, 5)),
    ("ANN", "joann", None),
    ("c$", "abc\n", (2, 3)),
    (r"c\z", "abc\n", None),
    (r"c\Z", "abc\n", (2, 3)),
    ("[[:alpha:]]+", "12ab_3", (2, 4)),
    ("[^[:digit:]]+", "12ab", (2, 4)),
    (r"\w+", "\xe9\xe9ab", (2, 4)),
    ("(?i)\xc9", "\xe9", None),
    (".", "\n", None),
    ("(?s).", "\n", (0, 1)),
    ("a.c", "a\xffc", (0, 3)),
    (r"\x{41}", "xA", (1, 2)),
    (r"(?<year>\d{4})", "in 2026", (3, 7)),
    (r"(?>a+)ab", "aaab", None),
    (r"a++b", "aab", (0, 3)),
    (r"a\h+b", "a \tb", (0, 4)),
    (r"(?<!x)a", "xaa", (2, 3)),
    (r"a\.b", "a.b", (0, 3)),
    ("", "abc", (0, 0)),
]


@pytest.mark.parametrize(("pattern", "subject", "span"), FOUND)
def test_both_engines_agree(make, pattern, subject, span):
    found = make(pattern).search(subject)
    assert (found and found.span()) == span


def test_groups_that_took_part(make):
    found = make("(a)|(b)|(c)").search("b")
    assert (found.groups, found.group(), found.group(1), found.group(2)) == (2, "b", None, "b")
    assert make("(a)|(b)|(c)").groups == 3


def test_options(make):
    assert make("B", caseless=True).search("abc").span() == (1, 2)
    assert make("^b", multiline=True).search("a\nb").span() == (2, 3)
    assert make("a.b", dotall=True).search("a\nb")


def test_where_to_begin(make):
    pattern = make("a*")
    assert pattern.search("xaa", 1).span() == (1, 3)
    assert pattern.search("xaa").span() == (0, 0)
    assert pattern.search("xaa", not_empty=True).span() == (1, 3)
    assert pattern.search("xaa", anchored=True, not_empty=True) is None
    assert make("a+").search("xaa", anchored=True) is None


# What the real program shows for `${if match{x}{PATTERN}}`.
WRONG = [
    ("a(b", "missing closing parenthesis at offset 3"),
    ("a[b", "missing terminating ] for character class at offset 3"),
    ("(?<n", "syntax error in subpattern name (missing terminator?) at offset 4"),
    ("a{2,1}", "numbers out of order in {} quantifier at offset 5"),
    (
        "\\u0041",
        "PCRE2 does not support \\F, \\L, \\l, \\N{name}, \\U, or \\u at offset 2",
    ),
    ("*a", "quantifier does not follow a repeatable item at offset 0"),
]


@with_pcre2
@pytest.mark.parametrize(("pattern", "words"), WRONG)
def test_errors_in_exims_words(pattern, words):
    with pytest.raises(RegexError) as raised:
        regex.compile(pattern)
    assert raised.value.message == f'regular expression error in "{pattern}": {words}'


@with_pcre2
def test_in_a_list_a_wrong_pattern_is_the_end():
    with pytest.raises(Panic, match=r"missing closing parenthesis at offset 3 while compiling"):
        required("^(c")
    assert required("^(c)", caseless=True).search("C")


@with_pcre2
def test_the_pattern_is_exims_not_pythons():
    r"""The package would read ``\x4`` as the letter x, and ``\u0041`` as the letter A."""
    assert regex.compile(r"\x4").search("\x04")


@pytest.mark.parametrize(
    ("pattern", "subject"),
    [
        ("^(a|aa)+$", "a" * 60 + "c"),
        ("(a|aa)+$", "a" * 3000 + "c"),
        ("(x+x+)+[yz]", "x" * 40),
        ("a*?a*?a*?[bd]", "a" * 2000),
        ("(.*?,){11}[pq]", "1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18"),
        ("(a*)*(a*)*[bc]", "a" * 500_000),
    ],
)
@with_pcre2
def test_patterns_without_end_have_one(pattern, subject):
    begun = time.monotonic()
    try:
        assert regex.compile(pattern).search(subject) is None
    except RegexLimit as limit:
        assert "too many steps" in limit.message
    assert time.monotonic() - begun < 20  # a second on a quiet machine


@with_pcre2
def test_a_long_search_that_is_worth_it():
    assert regex.compile("a.*?b").search("a" * 100_000 + "b").span() == (0, 100_001)
    assert regex.compile("(a{0,90})b").search("a" * 100_000 + "b").span() == (99_910, 100_001)


def test_the_stand_in_says_what_it_lacks():
    assert "pip install pcre2" in standin.StandInPattern.NOTE
    with pytest.raises(RegexError):
        standin.StandInPattern(r"a(?|b|c)", False, False, False)


@with_pcre2
def test_the_library_lacks_nothing():
    assert regex.note() == ""


def test_compiled_once():
    assert regex.compile("x1") is regex.compile("x1")
    assert regex.compile("x1") is not regex.compile("x1", caseless=True)
