"""The header: bytes in are bytes out, order and duplicates stay, faults have line and column."""

from email import message_from_bytes
from email.policy import compat32

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from labmail.message import Field, FieldError, Header, Message, split

NAMES = st.from_regex(rb"\A[A-Za-z][A-Za-z0-9-]{0,20}\Z")
VALUES = st.lists(
    st.text(st.characters(codec="ascii", exclude_categories=("Cc",)), max_size=30), min_size=1
)


@settings(max_examples=200, deadline=None)
@given(st.binary(max_size=400))
def test_any_bytes_come_out_as_they_went_in(content: bytes) -> None:
    header, separator, start = split(content)
    assert bytes(header) + separator + content[start:] == content
    message = Message(content)
    assert bytes(message) == content
    assert bytes(message.header) + message.separator + bytes(message.body) == content


@settings(max_examples=200, deadline=None)
@given(st.text(st.sampled_from("a:b \t\r\n\x00é.-"), max_size=60))
def test_any_bytes_of_header_like_text_come_out_as_they_went_in(text: str) -> None:
    content = text.encode()
    header, separator, start = split(content)
    assert bytes(header) + separator + content[start:] == content
    str(header.show()), header.problems, [(f.name, f.value, f.text) for f in header]


@settings(max_examples=100, deadline=None)
@given(st.lists(st.tuples(NAMES, VALUES), max_size=8), st.binary(max_size=60))
def test_fields_are_found_as_they_were_written(
    pairs: list[tuple[bytes, list[str]]], body: bytes
) -> None:
    raws = []
    for name, lines in pairs:
        folded = [line for line in lines if line.strip()] or ["x"]
        raws.append(name + b": " + "\r\n ".join(folded).encode() + b"\r\n")
    header, separator, start = split(b"".join(raws) + b"\r\n" + body)
    assert [item.raw for item in header] == raws
    assert separator == b"\r\n"
    assert start == sum(map(len, raws)) + 2
    assert header.fault is None


@settings(max_examples=100, deadline=None)
@given(st.lists(st.tuples(NAMES, VALUES), min_size=1, max_size=8))
def test_the_standard_library_finds_the_same_names_and_values(
    pairs: list[tuple[bytes, list[str]]],
) -> None:
    content = b"".join(
        name + b": " + "\r\n ".join(line for line in lines if line.strip()).encode() + b"\r\n"
        for name, lines in pairs
    )
    theirs = message_from_bytes(content + b"\r\nbody", policy=compat32)
    ours = Header.parse(content + b"\r\nbody")
    assert [item.name for item in ours] == theirs.keys()
    unfolded = [value.replace("\r\n", "").strip(" \t\r\n") for value in theirs.values()]
    assert [item.value for item in ours] == unfolded


def test_order_duplicates_and_case() -> None:
    header = Header.parse(b"b: 1\r\nA: 2\r\nB: 3\r\n\r\n")
    assert [item.name for item in header] == ["b", "A", "B"]
    assert [item.value for item in header.every("B")] == ["1", "3"]
    assert header["B"] == "1" and "a" in header and "c" not in header
    assert header.get("c") == "" and header.get("c", "x") == "x"
    with pytest.raises(KeyError, match=r"no Subject: field; it has b, A, B"):
        header["Subject"]


def test_folded_and_unfolded() -> None:
    header = Header.parse(b"Subject: one\r\n two\r\n\tthree\r\nFrom: a@b.c\r\n\r\n")
    assert header["Subject"] == "one two\tthree"
    assert header.fields[0].lines == (b"Subject: one", b" two", b"\tthree")
    assert [item.line for item in header] == [1, 4]


def test_unix_line_ends_are_kept() -> None:
    header, separator, start = split(b"From: a\nTo: b\n\nbody\n")
    assert (len(header), separator, start) == (2, b"\n", 15)


def test_replace_keeps_the_place_and_takes_the_duplicates() -> None:
    header = Header.parse(b"A: 1\r\nFrom: x@y.z\r\nB: 2\r\nfrom: other\r\n\r\n")
    changed = header.replace("From", "President <president@whitehouse.test>")
    assert bytes(changed) == b"A: 1\r\nFrom: President <president@whitehouse.test>\r\nB: 2\r\n"
    assert bytes(header).count(b"rom:") == 2, "the old header is a value and has not changed"
    assert bytes(changed.replace("C", "3")).endswith(b"B: 2\r\nC: 3\r\n")


def test_add_on_top_and_at_the_end_after_a_torn_line() -> None:
    header = Header.parse(b"From: a@b.c")
    assert bytes(header.add("To", "d@e.f")) == b"From: a@b.c\r\nTo: d@e.f\r\n"
    assert bytes(header.add("Received", "x", top=True)) == b"Received: x\r\nFrom: a@b.c\r\n"
    assert bytes(header.replace("To", "d@e.f")) == b"From: a@b.c\r\nTo: d@e.f\r\n"
    assert bytes(header.remove("from")) == b""


@pytest.mark.parametrize("end", ["\r\n", "\r", "\n", "\0", "\r\n ", "\n\n"])
def test_a_value_with_a_line_end_is_refused(end: str) -> None:
    with pytest.raises(FieldError, match=r"Subject: found a .* at position 2 of the value"):
        Field.make("Subject", f"Hi{end}Bcc: eve@ask.com")
    with pytest.raises(FieldError):
        Header().add("X-Note", f"é{end}")


@pytest.mark.parametrize("name", ["", "Sub ject", "Subject:", "Sübject", "A\r\nB", "\0"])
def test_a_name_that_is_none_is_refused(name: str) -> None:
    with pytest.raises(FieldError, match="the field name"):
        Field.make(name, "value")


@settings(max_examples=150, deadline=None)
@given(st.text(st.characters(exclude_categories=("Cc", "Cs")), max_size=200))
def test_what_a_person_typed_comes_back(text: str) -> None:
    field = Field.make("Subject", text)
    if not text.isascii():
        assert field.text == text.strip(" \t")
    else:
        assert field.value == text.strip(" \t")
    assert field.raw.isascii() and field.raw.endswith(b"\r\n")
    if not text.isascii():
        assert max(map(len, field.lines)) <= 78
    assert len(Header.parse(field.raw + b"\r\n")) == 1, "one field stays one field"


def test_only_the_names_of_addresses_are_encoded() -> None:
    field = Field.make("To", "Zoë <zoe@ask.com>, bob@ask.com")
    assert field.raw == b"To: =?utf-8?Q?Zo=C3=AB?= <zoe@ask.com>, bob@ask.com\r\n"
    assert field.text == "Zoë <zoe@ask.com>, bob@ask.com"


# -- faults -----------------------------------------------------------------------------------


def problems(content: bytes) -> list[str]:
    return [str(problem) for problem in Message(content).problems]


def test_a_missing_empty_line_is_reported_where_the_body_begins() -> None:
    message = Message(b"From: a@b.c\r\nDate: x\r\nHello Bob,\r\nSubject: no\r\n\r\nrest\r\n")
    assert [item.name for item in message.header] == ["From", "Date"]
    assert bytes(message.body) == b"Hello Bob,\r\nSubject: no\r\n\r\nrest\r\n"
    assert problems(message.content) == [
        "line 3, column 6: found 'Hello Bob,', expected a field name and \":\", or an empty line "
        "before the body (RFC 5322 §2.1, §2.2)"
    ]


def test_no_header_at_all() -> None:
    message = Message(b"just some text\r\nand more\r\n")
    assert len(message.header) == 0 and len(message.body) == 26
    fault, *missing = problems(message.content)
    assert fault.startswith("line 1, column 5: found 'just some text'")
    assert len(missing) == 2 and "no Date: field" in missing[0]
    assert message.text == "just some text\nand more\n"


def test_an_empty_letter() -> None:
    message = Message(b"")
    assert len(message.header) == 0 and bytes(message.body) == b""
    assert "expected an empty line after the header" in problems(b"")[0]


def test_a_letter_that_begins_with_the_empty_line_has_an_empty_header() -> None:
    message = Message(b"\r\nbody\r\n")
    assert message.separator == b"\r\n" and bytes(message.body) == b"body\r\n"
    assert message.header.fault is None


def test_a_letter_that_begins_with_a_continuation() -> None:
    assert problems(b" From: a@b.c\r\n\r\n")[0].startswith("line 1, column 1: found ' From:")


@pytest.mark.parametrize(
    ("raw", "place", "expected"),
    [
        (b"Subject: a\x00b\r\n", "line 2, column 11", "no NUL"),
        (b"Subject: one\r\n t\x1bwo\r\n", "line 3, column 3", "no control character"),
        (b"Subject: a\rb\r\n", "line 2, column 11", "CR only before LF"),
        (b"Subject: a\n", "line 2, column 11", "CR before LF"),
        (b"Subject: caf\xe9\r\n", "line 2, column 13", "ASCII, or SMTPUTF8"),
        (b"Subject : a\r\n", "line 2, column 8", '":" after the name'),
        (b"Subject: " + b"x" * 1000 + b"\r\n", "line 2, column 999", "got 1009"),
    ],
)
def test_what_a_field_must_not_contain(raw: bytes, place: str, expected: str) -> None:
    content = b"From: a@b.c\r\n" + raw + b"Date: x\r\n\r\n"
    assert bytes(Message(content).header) == content[:-2], "reported, not lost"
    (problem,) = problems(content)
    assert problem.startswith(place) and expected in problem


def test_fields_that_should_occur_once() -> None:
    content = b"From: a@b.c\r\nDate: x\r\nSubject: 1\r\nSUBJECT: 2\r\nX: 1\r\nX: 2\r\n\r\n"
    assert problems(content) == ["found 2 fields Subject:, expected at most one (RFC 5322 §3.6)"]


def test_8_bit_values_are_read_as_utf_8_or_else_latin_1() -> None:
    header = Header.parse("A: café\r\n".encode() + "B: café\r\n".encode("latin-1") + b"\r\n")
    assert (header["A"], header["B"]) == ("café", "café")


def test_ten_thousand_fields_are_read_at_once() -> None:
    content = b"".join(b"X-%d: value\r\n" % number for number in range(10_000)) + b"\r\nbody"
    message = Message(content)
    assert len(message.header) == 10_000
    assert message.header["x-9999"] == "value"
    assert "… and 9,900 more fields" in str(message.header.show())
    assert len(message.header.show().html) < 100_000
