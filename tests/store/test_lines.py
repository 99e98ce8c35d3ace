from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from labmail.store.lines import Measure, measure, to_disk, to_wire, wire_pieces

awkward = st.lists(
    st.sampled_from([b"\r", b"\n", b"\r\n", b"\0", b"\xff", b".", b"From ", b"a b", b""]),
    max_size=30,
).map(b"".join)


@given(st.lists(st.binary(max_size=20).filter(lambda line: b"\n" not in line), min_size=1))
def test_what_has_crlf_line_ends_comes_back(lines: list[bytes]) -> None:
    content = b"Return-path: <>\r\n" + b"".join(line + b"\r\n" for line in lines)
    assert to_wire(to_disk(content)) == content


@given(awkward)
def test_the_wire_has_no_lone_line_feed(content: bytes) -> None:
    wire = to_wire(to_disk(content))
    assert wire.count(b"\n") == wire.count(b"\r\n")
    assert not wire or wire.endswith(b"\r\n")


@given(awkward, st.integers(1, 5))
def test_pieces_make_no_difference(stored: bytes, step: int) -> None:
    pieces = [stored[i : i + step] for i in range(0, len(stored), step)]
    assert measure(pieces) == measure([stored])
    assert b"".join(wire_pieces(pieces, measure(pieces))) == to_wire(stored)
    assert len(to_wire(stored)) == measure([stored]).size


def test_a_file_saved_on_windows_is_served_as_it_is() -> None:
    assert to_wire(b"Subject: a\r\n\r\nb\r\n") == b"Subject: a\r\n\r\nb\r\n"
    assert to_wire(b"Subject: a\r\n\r\nb\n") == b"Subject: a\r\r\n\r\r\nb\r\n"


def test_measures() -> None:
    assert measure([]) == Measure(0, False, False)
    assert measure([b"a"]) == Measure(3, False, True)
    assert measure([b"a\r", b"\n"]) == Measure(3, True, False)
