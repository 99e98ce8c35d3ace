from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from labmail.store.mbox import format as mbox_format
from labmail.store.mbox.format import border_time, borders, ctime, escape, from_line

LINE = b"From a@b Mon Mar 02 09:00:00 2026\n"

bits = st.sampled_from(
    [b"\n", b"\n\n", b"\r\n", b"From ", LINE, LINE[:-1], b"x", b"From here\n", b"\n" + LINE]
)


def find(data: bytes) -> list[tuple[int, int]]:
    return list(borders(lambda count, at: data[at : at + count], len(data)))


def plainly(data: bytes) -> list[tuple[int, int]]:
    """The same by the book: line by line, the whole file at once."""
    found, at, blank = [], 0, True
    for line in data.splitlines(keepends=True) if b"\r" not in data else _lines(data):
        if blank and line.endswith(b"\n") and border_time(line) is not None:
            found.append((at, at + len(line)))
        blank = line in (b"\n", b"\r\n")
        at += len(line)
    return found


def _lines(data: bytes) -> list[bytes]:
    return re.findall(rb"[^\n]*\n|[^\n]+", data)


@given(st.lists(bits, max_size=20).map(b"".join), st.integers(1, 60))
def test_borders_do_not_depend_on_the_block(data: bytes, block: int) -> None:
    whole = mbox_format.BLOCK
    mbox_format.BLOCK = block
    try:
        assert find(data) == plainly(data)
    finally:
        mbox_format.BLOCK = whole


@pytest.mark.parametrize(
    "line",
    [
        b"From MAILER-DAEMON Fri Jul  8 12:08:34 2011\n",
        b"From a@b Fri Jul  8 12:08 2011\n",
        b"From a@b Fri Jul 08 12:08:34 MET DST 2011\n".replace(b" DST", b""),
        b"From a@b  Fri Jul  8 12:08:34 2011 +0200\n",
        b'From "a b"@c Fri Jul  8 12:08:34 2011\r\n',
        b"From - Fri Jul  8 12:08:34 2011\n",
        b"From Fri Jul  8 12:08:34 2011\n",
    ],
)
def test_dialects_of_the_border(line: bytes) -> None:
    assert find(line) == [(0, len(line))]
    assert border_time(line) in (1310126914, 1310126880)


@pytest.mark.parametrize(
    "line",
    [b"From here on\n", b"From a@b\n", b"from a@b Fri Jul  8 12:08:34 2011\n", b"From \n"],
)
def test_no_borders(line: bytes) -> None:
    assert find(line) == [] and border_time(line) is None


def test_a_border_needs_an_empty_line_before_it() -> None:
    assert find(LINE + b"a: b\n\nx\n" + LINE) == [(0, len(LINE))]


@pytest.mark.parametrize(
    ("stored", "kept"),
    [
        (b"a: b\n\nFrom me\n", b"a: b\n\n>From me\n"),
        (b"a: b\n\nx\nFrom me\nFrom you", b"a: b\n\nx\n>From me\n>From you"),
        (b"a: b\n\n>From me\nfrom\nFrom\n From \n", b"a: b\n\n>From me\nfrom\nFrom\n From \n"),
        (b"From : me\n\nFrom me\n", b"From : me\n\n>From me\n"),
        (b"\nFrom me\n", b"\n>From me\n"),
        (b"a: b\nFrom : me\n", b"a: b\nFrom : me\n"),
        (b"a: b\n\r\nFrom me\n", b"a: b\n\r\n>From me\n"),
    ],
)
def test_escape(stored: bytes, kept: bytes) -> None:
    assert escape(stored) == kept


@given(st.lists(bits, max_size=12).map(b"".join))
def test_no_letter_forges_another(content: bytes) -> None:
    data = LINE + escape(b"Return-path: <>\n" + content) + b"\n\n"
    assert find(data) == [(0, len(LINE))]


@given(st.text(max_size=20))
def test_no_sender_forges_a_line(sender: str) -> None:
    line = from_line(sender, 0.0)
    assert line.count(b"\n") == 1 and border_time(line) == 0


def test_the_line_of_a_bounce() -> None:
    assert from_line("", 1772442000.9) == b"From MAILER-DAEMON Mon Mar 02 09:00:00 2026\n"


@given(st.integers(0, 4_000_000_000))
def test_times_come_back(posix: int) -> None:
    assert border_time(b"From x " + ctime(posix).encode() + b"\n") == posix
