"""The syntax of named.conf, and what is said about mistakes in it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from labmail.dns import conf
from labmail.dns.conf import Block, Statement, Word
from labmail.dns.problems import ConfigError

PLAIN = st.text("abcxyz0189.-_:!*/$", min_size=1, max_size=8).filter(
    lambda text: "//" not in text and "/*" not in text
)
QUOTED = st.text(st.characters(codec="ascii", exclude_characters="\n"), max_size=12)
WORDS = st.builds(Word, PLAIN) | st.builds(lambda text: Word(text, quoted=True), QUOTED)
COMMENTS = ["", " // here { ; }", ' # and here "', " /* and\n { over lines ; */"]


def statements(depth: int) -> st.SearchStrategy[Statement]:
    """A statement: words, and at most one block, at the end."""
    words = st.lists(WORDS, min_size=1, max_size=3)
    if depth == 0:
        return st.builds(lambda found: Statement(tuple(found)), words)
    inner = st.lists(statements(depth - 1), max_size=3)
    blocks = st.lists(st.builds(lambda found: Block(tuple(found)), inner), max_size=1)
    return st.builds(lambda found, more: Statement((*found, *more)), words, blocks)


def bare(part: Statement | Block | Word) -> object:
    """A statement without the places it stands at."""
    if isinstance(part, Word):
        return part.text, part.quoted
    parts = part.statements if isinstance(part, Block) else part.parts
    return type(part).__name__, [bare(each) for each in parts]


@given(st.lists(statements(2), max_size=4), st.sampled_from(COMMENTS), st.sampled_from(" \n\t"))
def test_what_is_written_is_read(written: list[Statement], comment: str, space: str) -> None:
    text = "".join(f"{statement}{comment}\n{space}" for statement in written)
    assert [bare(each) for each in conf.parse(text)] == [bare(each) for each in written]


@given(st.text(max_size=60) | st.text('{};"/*#\\ ab\n', max_size=60))
def test_any_text_is_read_or_refused_with_its_place(text: str) -> None:
    try:
        conf.parse(text, "named.conf")
    except ConfigError as error:
        for problem in error.problems:
            assert problem.spot.file == "named.conf"
            assert 1 <= problem.spot.line <= text.count("\n") + 1
            lines = (text + " ").split("\n")
            assert 1 <= problem.spot.column <= len(lines[problem.spot.line - 1]) + 2
            assert problem.what and str(problem)


@given(st.lists(statements(1), min_size=1, max_size=3))
def test_places_are_where_the_words_are(written: list[Statement]) -> None:
    text = "\n".join(map(str, written))
    lines = text.split("\n")
    for statement in conf.parse(text):
        for part in statement.parts:
            line = lines[part.spot.line - 1][part.spot.column - 1 :]
            assert line.startswith(str(part) if isinstance(part, Word) else "{")


@pytest.mark.parametrize(
    ("text", "place", "words"),
    [
        ('zone "a" { type primary; file "z" }', "1:35", "missing ';' before '}'"),
        ('zone "a" { };\n  zone "b" { }', "2:15", "missing ';' before end of file"),
        ('zone "a" { }\nzone "b" { };', "2:1", "expected ';' after '}'"),
        ("options {\n recursion no;", "2:15", "expected '}' for the '{' of line 1"),
        ("/* for ever", "1:1", "expected '*/'"),
        ('zone "ask.com { };', "1:6", "unbalanced quotes"),
        ("};", "1:1", "expected a statement"),
        (";", "1:1", "remove this semicolon"),
        ("a {" * 60, "1:", "blocks too deep"),
    ],
)
def test_mistakes_are_told_with_place_and_cure(text: str, place: str, words: str) -> None:
    with pytest.raises(ConfigError) as caught:
        conf.parse(text, "named.conf.local")
    assert str(caught.value).startswith(f"named.conf.local:{place}")
    assert words in str(caught.value)


def test_include_keeps_the_places_of_the_included_file() -> None:
    files = {
        "/etc/bind/named.conf": 'include "zones";\noptions { include "/etc/bind/more"; };',
        "/etc/bind/zones": '\nzone "a" { };',
        "/etc/bind/more": "recursion no;",
    }
    zone, options = conf.read("/etc/bind/named.conf", files.__getitem__, "/etc/bind")
    assert str(zone.spot) == "/etc/bind/zones:2:1"
    assert str(options) == "options { recursion no; };"


def test_a_file_that_includes_itself_is_refused() -> None:
    files = {"/a": 'include "/b";', "/b": '\ninclude "/a";'}
    with pytest.raises(ConfigError, match=r"/b:2:9: file includes itself"):
        conf.read("/a", files.__getitem__)


def test_a_missing_include_is_told_where_it_is_included() -> None:
    def read_text(path: str) -> str:
        if path != "/a":
            raise FileNotFoundError(2, "No such file or directory", path)
        return 'include "/gone";'

    with pytest.raises(ConfigError, match=r"/a:1:9: file not found: found '/gone'"):
        conf.read("/a", read_text)
