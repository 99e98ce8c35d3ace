"""Encoded-words and parameters: what was written is read, broken ones are left."""

from email import message_from_string
from email.header import decode_header, make_header
from email.message import EmailMessage

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from labmail.message import decode_words, encode_words, read_parameters, write_parameters
from labmail.message.charset import decode_charset
from labmail.message.encoded import human, needs_words

TEXT = st.text(st.characters(exclude_categories=("Cs",)), max_size=120)


@settings(max_examples=200, deadline=None)
@given(TEXT, st.integers(40, 75))
def test_encoded_words_come_back(text: str, first: int) -> None:
    words = encode_words(text, first=first)
    assert decode_words(" ".join(words)) == text
    assert all(len(word) <= 75 for word in words)
    assert all(word.isascii() for word in words)


@settings(max_examples=100, deadline=None)
@given(st.text(st.characters(exclude_categories=("Cs", "Cc")), min_size=1, max_size=60))
def test_the_standard_library_reads_our_words(text: str) -> None:
    assert str(make_header(decode_header(" ".join(encode_words(text))))) == text


@settings(max_examples=200, deadline=None)
@given(st.text(st.sampled_from("=?utf-8QBqb_ ABC\r\n*é\x00"), max_size=60))
def test_no_text_is_too_broken_to_be_read(text: str) -> None:
    assert isinstance(decode_words(text), str)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("=?utf-8?Q?a?= =?utf-8?Q?b?=", "ab"),
        ("=?utf-8?Q?a?= x =?utf-8?Q?b?=", "a x b"),
        ("=?utf-8?Q?caf=C3?= =?utf-8?Q?=A9?=", "café"),  # cut in a character: wrong, but seen
        ("=?UTF-8*en?q?a_b?=", "a b"),
        ("=?iso-8859-1?B?6Q?=", "é"),  # padding missing
        ("=?utf-8?B?!!!?=", "=?utf-8?B?!!!?="),
        ("=?x-unknown?Q?a?=", "=?x-unknown?Q?a?="),
        ("=?utf-8?X?a?=", "=?utf-8?X?a?="),
        ("=?utf-8?Q?unfinished", "=?utf-8?Q?unfinished"),
        ("=?utf-8?Q?=FF?=", "\ufffd"),
        ("=?punycode?Q?a?=", "=?punycode?Q?a?="),
        ("plain", "plain"),
    ],
)
def test_reading(text: str, says: str) -> None:
    assert decode_words(text) == says


def test_text_that_looks_like_a_word_is_encoded_so_that_it_comes_through() -> None:
    text = "what is =?utf-8?Q?x?= for?"
    assert needs_words(text) and decode_words(human(text)) == text


@pytest.mark.parametrize(
    "name", ["zlib", "idna", "punycode", "unicode_escape", "no-such", "", "a\0"]
)
def test_names_that_are_no_charsets(name: str) -> None:
    assert decode_charset(b"abc", name) is None


# -- parameters -------------------------------------------------------------------------------

NAMES = st.from_regex(r"\A[a-z][a-z0-9-]{0,10}\Z")


@settings(max_examples=200, deadline=None)
@given(st.dictionaries(NAMES, TEXT, max_size=4))
def test_parameters_come_back(parameters: dict[str, str]) -> None:
    written = write_parameters("attachment", **parameters)
    assert written.isascii() and "\n" not in written and "\r" not in written
    read = read_parameters(written)
    assert (read.value, dict(read.parameters), read.problems) == ("attachment", parameters, ())


@settings(max_examples=200, deadline=None)
@given(st.text(st.sampled_from("ab/;=\"'*01%()\\ \t\r\né\x00"), max_size=60))
def test_no_parameters_are_too_broken_to_be_read(text: str) -> None:
    read_parameters(text)


@settings(max_examples=60, deadline=None)
@given(st.text(st.characters(exclude_categories=("Cs", "Cc")), min_size=1, max_size=80))
def test_the_standard_library_reads_our_file_names(name: str) -> None:
    message = EmailMessage()
    message["Content-Disposition"] = write_parameters("attachment", filename=name)
    assume(not (name.startswith("<") and name.endswith(">")))  # these it takes for brackets
    text = f"Content-Disposition: {write_parameters('attachment', filename=name)}\n\n"
    theirs = message_from_string(text).get_filename()
    assert theirs is not None
    assert theirs.strip() == name.strip()


@pytest.mark.parametrize(
    ("text", "name", "says"),
    [
        ('attachment; filename="a \\"b\\".txt"', "filename", 'a "b".txt'),
        ("attachment; filename*0=long; filename*1=-name.txt", "filename", "long-name.txt"),
        ("attachment; filename*1=b; filename*0=a", "filename", "ab"),
        ("a; filename*0*=utf-8''caf%C3; filename*1*=%A9; filename*2=.txt", "filename", "café.txt"),
        ("a; filename=plain; filename*=utf-8''coded", "filename", "coded"),
        ("a; filename*=iso-8859-1'fr'caf%E9", "filename", "café"),
        ("a; filename*=x-unknown''caf%E9", "filename", "café"),
        ('a; filename="=?utf-8?Q?caf=C3=A9?="', "filename", "café"),
        ("a; filename=not quoted.txt; x=1", "x", "1"),
        ("a;;; charset = utf-8 ;", "charset", "utf-8"),
        ("a (comment) ; charset=utf-8 (another)", "charset", "utf-8"),
        ("a; charset=utf-8; charset=latin-1", "charset", "utf-8"),
        ('a; x="unfinished', "x", None),
    ],
)
def test_reading_parameters(text: str, name: str, says: str | None) -> None:
    assert read_parameters(text).get(name) == says


def test_what_cannot_be_understood_is_named() -> None:
    read = read_parameters('text/plain; =x; charset="utf-8"')
    assert read.get("charset") == "utf-8"
    assert "expected the name of a parameter" in read.problems[0]
