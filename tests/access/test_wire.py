from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from labmail.access.lines import HOPELESS, EndlessLine, Line, LineBuffer
from labmail.access.pop3.wire import Content

lines = st.lists(st.sampled_from([b"", b".", b"..", b".a", b"a", b"\r", b"a: b"]), max_size=8)
letters = lines.map(lambda some: b"".join(line + b"\r\n" for line in some))
steps = st.integers(1, 7)


def in_pieces(octets: bytes, step: int) -> list[bytes]:
    return [octets[at : at + step] for at in range(0, len(octets), step)]


def sent(letter: bytes, step: int, top: int | None = None) -> bytes:
    content = Content(top, keep=10)
    wire = b""
    for piece in in_pieces(letter, step):
        wire += content.feed(piece)
        if content.done:
            break
    wire += content.end()
    assert bytes(content.shown) == wire[:10] and content.elided == max(0, len(wire) - 10)
    return wire


def unstuffed(wire: bytes) -> bytes:
    """As a client does it, line by line."""
    assert wire.endswith(b".\r\n")
    found = []
    for line in wire.split(b"\r\n")[:-1]:
        if line == b".":
            return b"".join(line + b"\r\n" for line in found)
        found.append(line[1:] if line.startswith(b".") else line)
    raise AssertionError("no end")


@given(letters, steps)
def test_a_client_gets_the_letter_back(letter: bytes, step: int) -> None:
    assert unstuffed(sent(letter, step)) == letter


@given(letters, steps, st.integers(0, 5))
def test_top(letter: bytes, step: int, count: int) -> None:
    all_lines = letter.split(b"\r\n")[:-1]
    end = all_lines.index(b"") + 1 + count if b"" in all_lines else len(all_lines)
    expected = b"".join(line + b"\r\n" for line in all_lines[:end])
    assert unstuffed(sent(letter, step, count)) == expected


@given(st.lists(st.binary(max_size=30)), st.integers(2, 12))
def test_lines_come_whole_or_cut(pieces: list[bytes], longest: int) -> None:
    buffer, found = LineBuffer(longest), []
    for piece in pieces:
        buffer.feed(piece)
        while line := buffer.next():
            found.append(line)
    whole = b"".join(pieces).split(b"\n")[:-1]
    assert [len(line.octets) + line.cut for line in found] == [len(line) + 1 for line in whole]
    for line, expected in zip(found, whole, strict=True):
        assert line.octets == (expected + b"\n")[:longest] and len(buffer._buffer) <= 300


def test_a_line_that_never_ends() -> None:
    buffer = LineBuffer(255)
    try:
        for _ in range(HOPELESS // 1000 + 2):
            buffer.feed(b"x" * 1000)
            assert buffer.next() is None and len(buffer._buffer) <= 255
    except EndlessLine:
        return
    raise AssertionError("still waiting")


def test_a_long_line_and_what_comes_behind_it() -> None:
    buffer = LineBuffer(8)
    buffer.feed(b"x" * 20)
    assert buffer.next() is None
    buffer.feed(b"\r\nSTAT\r\n")
    assert buffer.next() == Line(b"x" * 8, 14)
    assert buffer.next() == Line(b"STAT\r\n")
