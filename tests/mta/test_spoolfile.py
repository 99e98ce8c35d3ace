"""The -H file: Exim's format, read back to the byte, and told where it is broken."""

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from labmail.message.field import Field
from labmail.mta.recipient import Once
from labmail.mta.spool.spoolfile import SpoolFormatError, SpoolHeader, read, write
from labmail.smtp import Wish

FIELDS = (
    Field(b"Received: from x\r\n\tby y;\r\n\tMon, 02 Mar 2026 09:00:00 +0000\r\n"),
    Field(b"From: Alice <alice@example.com>\r\n"),
    Field(b"Subject: caf\xe9\r\n"),
)
HEAD = SpoolHeader(
    id="1vwz8C-000001-00",
    sender="alice@example.com",
    received=1772442000.25,
    recipients=("bob@ask.com", '"ann lee"@lab.test'),
    done=frozenset({"carol@ask.com", "anna@ask.com", r"\1\bob@ask.com"}),
    fields=FIELDS,
    facts={"helo_name": "games.example.com", "spool_file_wireformat": ""},
    variables={"_letter": "alice@example.com/1", "_cause": "mail.example.com#7"},
)


def test_the_file_is_exims() -> None:
    assert write(HEAD).decode("latin-1").split("\n") == [
        "1vwz8C-000001-00-H",
        "Debian-exim 100 102",
        "<alice@example.com>",
        "1772442000 0",
        "-received_time_usec .250000",
        "-helo_name games.example.com",
        "-spool_file_wireformat",
        "-aclm _letter 19",
        "alice@example.com/1",
        "-aclm _cause 18",
        "mail.example.com#7",
        "YY anna@ask.com",
        r"NN \1\bob@ask.com",
        "NN carol@ask.com",
        "2",
        "bob@ask.com",
        '"ann lee"@lab.test',
        "",
        "057P Received: from x",
        "\tby y;",
        "\tMon, 02 Mar 2026 09:00:00 +0000",
        "032F From: Alice <alice@example.com>",
        "014  Subject: caf\xe9",
        "",
    ]


def test_nobody_is_done() -> None:
    assert b"\nXX\n2\n" in write(SpoolHeader(
        id="1vwz8C-000001-00", sender="", received=0.0, recipients=("a@b.test", "c@d.test")
    ))  # fmt: skip


def test_it_is_read_back() -> None:
    assert read(write(HEAD)) == HEAD


def test_one_who_stands_in_the_place_of_a_list() -> None:
    head = SpoolHeader(
        id="1vwz8C-000001-00", sender="", received=0.0,
        recipients=("team@b.test", "c@d.test", "e@d.test", "f@d.test"),
        once={"c@d.test": Once("team@b.test"), "f@d.test": Once("team@b.test", "owner@b.test")},
    )  # fmt: skip
    head.wishes.of["e@d.test"] = Wish(("NEVER",))
    lines = write(head).decode().splitlines()
    assert lines[-4:-1] == [
        "c@d.test  0,0  0,0#3",
        "e@d.test  0,2  0,-1#3",
        "f@d.test  0,0 owner@b.test 12,0#3",
    ]
    assert read(write(head)) == head


ADDRESS = st.from_regex(r"[a-z\\1]{1,8}@[a-z]{1,8}\.test", fullmatch=True)
FIELD = st.builds(
    lambda name, lines: Field(
        f"{name}: ".encode() + b"\r\n ".join(line.encode("latin-1") for line in lines) + b"\r\n"
    ),
    st.from_regex(r"[A-Za-z-]{1,12}", fullmatch=True),
    st.lists(st.from_regex(r"[ -~\xa0-\xff\r]{0,30}[!-~]", fullmatch=True), min_size=1, max_size=3),
)


@given(
    st.lists(ADDRESS, min_size=1, max_size=8, unique=True),
    st.sets(ADDRESS, max_size=40),
    st.lists(FIELD, max_size=4),
    st.integers(0, 10**15),
    st.text(st.characters(blacklist_categories=["Cs"]), max_size=20),
)
def test_anything_is_read_back(
    recipients: list[str], done: set[str], fields: list[Field], micro: int, value: str
) -> None:
    head = SpoolHeader(
        id="1vwz8C-000001-00",
        sender="",
        received=micro // 1_000_000 + (micro % 1_000_000) / 1e6,
        recipients=tuple(recipients),
        done=frozenset(done),
        fields=tuple(fields),
        variables={"_letter": value},
    )
    again = read(write(head))
    assert abs(again.received - head.received) < 1e-5
    again.received = head.received
    assert again == head


def test_a_deleted_header_line_is_not_read() -> None:
    content = write(HEAD) + b"007* X-Y: z"[:4] + b" X-Y: z\n"
    assert len(read(content).fields) == len(FIELDS)


def test_what_exim_notes_behind_a_recipient_is_passed_over() -> None:
    content = write(HEAD).replace(b"\nbob@ask.com\n", b"\nbob@ask.com x@y.test 8,-1#1\n")
    assert read(content).recipients == HEAD.recipients


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda c: b"", "line 1: expected the name of the file, found the end of the file"),
        (lambda c: c[:7], "line 1: expected the name of the file, found the end of the file"),
        (lambda c: c.replace(b"-H\n", b"-X\n", 1), "line 1: expected the name of the file, ending"),
        (lambda c: c.replace(b"<alice", b"alice"), "line 3: expected the sender in angle brackets"),
        (lambda c: c.replace(b"1772442000 0", b"yesterday"), "line 4: expected the time of arr"),
        (lambda c: c.replace(b"_letter 19", b"_letter 18"), "expected a value of 18 octets"),
        (lambda c: c.replace(b"_letter 19", b"_letter x"), "expected the length of a variable"),
        (lambda c: c.replace(b"YY anna", b"ZZ anna"), "expected two letters Y or N"),
        (lambda c: c.replace(b"\n2\nbob", b"\nmany\nbob"), "expected the number of recipients"),
        (lambda c: c.replace(b"\n2\nbob", b"\n1\nbob"), "line 17: expected a blank line"),
        (lambda c: c.replace(b"057P", b"059P"), "expected a header line with its length"),
        (lambda c: c[:-3], "expected a header line with its length"),
    ],
)
def test_a_broken_file_says_where(change: object, words: str) -> None:
    with pytest.raises(SpoolFormatError) as caught:
        read(change(write(HEAD)))  # type: ignore[operator]
    assert words in str(caught.value)


@given(st.binary(max_size=300))
def test_rubbish_never_does_more_than_that(content: bytes) -> None:
    with pytest.raises(SpoolFormatError):
        read(content)


@given(st.data())
def test_a_torn_file_never_does_more_than_that(data: st.DataObject) -> None:
    whole = write(HEAD)
    cut = data.draw(st.integers(0, len(whole)))
    flip = data.draw(st.integers(0, len(whole) - 1))
    for content in (whole[:cut], whole[:flip] + b"\xff" + whole[flip + 1 :]):
        with suppress(SpoolFormatError):
            read(content)
