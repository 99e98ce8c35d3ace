"""The letter up to the dot: only CRLF . CRLF ends it, however the bytes arrive."""

import tracemalloc
from itertools import pairwise

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from labmail.smtp import Intake, hops, stuffed
from labmail.smtp.content import has_longer_line, with_line_ends

PIECES = st.lists(
    st.sampled_from([b"\r\n", b"\n", b"\r", b".", b"..", b"x", b"\r\n.", b".\r\n", b"\0", b"\xff"])
).map(b"".join)


def take(*chunks: bytes, limit: int = 10_000) -> tuple[bytes | None, bytes]:
    intake = Intake(limit)
    for n, chunk in enumerate(chunks):
        rest = intake.feed(chunk)
        if rest is not None:
            return intake.finish().letter, rest + b"".join(chunks[n + 1 :])
    raise AssertionError("no end was found")


def test_a_letter_and_what_follows_it() -> None:
    assert take(b"Subject: x\r\n\r\nhi\r\n.\r\nQUIT\r\n") == (
        b"Subject: x\r\n\r\nhi\r\n",
        b"QUIT\r\n",
    )


def test_an_empty_letter() -> None:
    assert take(b".\r\n") == (b"", b"")
    assert take(b"\r\n.\r\n") == (b"\r\n", b"")


@pytest.mark.parametrize(
    "smuggled",
    [
        b"\n.\n",
        b"\n.\r\n",
        b"\r\n.\n",
        b"\r.\r",
        b"\r.\r\n",
        b"\r\n.\r",
        b"\n.\r",
        b"\r.\n",
        b"\0.\r\n",
    ],
)
def test_nothing_but_crlf_dot_crlf_ends_a_letter(smuggled: bytes) -> None:
    evil = b"a" + smuggled + b"MAIL FROM:<x@y>\r\n"
    letter, rest = take(evil + b".\r\n")
    assert rest == b""
    assert letter == evil.replace(b"\r\n.", b"\r\n")


@given(PIECES, st.data())
def test_it_does_not_matter_where_the_chunks_are_cut(content: bytes, data: st.DataObject) -> None:
    wire = stuffed(content) + b"NOOP\r\n"
    cuts = sorted(data.draw(st.lists(st.integers(0, len(wire)), max_size=6)))
    edges = [0, *cuts, len(wire)]
    chunks = [wire[a:b] for a, b in pairwise(edges)]
    letter, rest = take(*chunks)
    assert rest == b"NOOP\r\n"
    expected = with_line_ends(content)
    if expected and not expected.endswith(b"\r\n"):
        expected += b"\r\n"
    assert letter == expected


@given(PIECES)
@example(b"\r\n.\r\n")
@example(b".")
@example(b"\r.\r\n.\n")
def test_what_a_client_sends_has_one_end_and_no_bare_line_ends(content: bytes) -> None:
    wire = stuffed(content)
    assert (b"\r\n" + wire).find(b"\r\n.\r\n") == len(wire) - 3
    assert wire.count(b"\r\n") == wire.count(b"\r") == wire.count(b"\n")


def test_a_dot_that_was_not_doubled_is_taken_away_all_the_same() -> None:
    assert take(b".x\r\n..y\r\n...z\r\n.\r\n")[0] == b"x\r\n.y\r\n..z\r\n"  # RFC 5321 §4.5.2


def test_the_limit_is_exact_and_does_not_count_added_dots() -> None:
    fits = b".\r\n" * 100
    assert take(stuffed(fits), limit=len(fits))[0] == fits
    assert take(stuffed(fits), limit=len(fits) - 1)[0] is None
    assert take(*[stuffed(fits)[n : n + 1] for n in range(403)], limit=len(fits))[0] == fits


def test_too_much_is_thrown_away_as_it_comes_and_the_end_is_still_found() -> None:
    intake, chunk = Intake(1_000_000), b"0123456789abcdef" * 4096
    tracemalloc.start()
    for _ in range(1600):  # 100 MB
        assert intake.feed(chunk) is None
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 4_000_000
    assert intake.feed(b"\r\n.\r\nQUIT\r\n") == b"QUIT\r\n"
    done = intake.finish()
    assert done.letter is None
    assert done.wire == chunk[:65536]
    assert done.wire_size == 1600 * len(chunk) + 5


def test_dots_at_every_line_do_not_make_it_slow() -> None:
    intake, chunk = Intake(3_000_000), b"..\r\n" * 16_384
    for _ in range(200):
        intake.feed(chunk)
    assert intake.feed(b".\r\n") == b""
    assert intake.finish().letter is None


def test_hops_are_counted_in_the_header_only() -> None:
    header = b"Received: by a\r\nreceived : by b\r\nX-Received: no\r\nRECEIVED:\r\n by c\r\n"
    assert hops(header + b"\r\nReceived: in the body\r\n") == 3
    assert hops(header) == 3
    assert hops(b"\r\nReceived: x\r\n") == 0
    assert hops(b"") == 0


def test_long_lines() -> None:
    assert not has_longer_line(b"x" * 998 + b"\r\n", 1000)
    assert has_longer_line(b"x" * 999 + b"\r\n", 1000)
    assert has_longer_line(b"short\r\n" * 1000 + b"x" * 1001 + b"\r\nshort\r\n", 1000)
    assert not has_longer_line(b"short\r\n" * 100_000, 10)
    assert has_longer_line(b"x" * 11, 10)


@given(st.lists(st.integers(0, 12), max_size=40), st.integers(2, 10))
def test_long_lines_are_found_wherever_they_are(lengths: list[int], limit: int) -> None:
    content = b"".join(b"x" * n + b"\r\n" for n in lengths)
    assert has_longer_line(content, limit) == any(n + 2 > limit for n in lengths)
