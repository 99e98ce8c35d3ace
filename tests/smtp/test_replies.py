"""A reply is code, enhanced code and words, and nothing else gets onto the wire with it."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from labmail.smtp import Reply, replies

LINE = re.compile(rb"[2-5][0-9]{2}[- ][\x20-\x7e]*\r\n")
NAMED = {name: value for name, value in vars(replies).items() if isinstance(value, Reply)}


def test_a_reply_of_several_lines_repeats_both_codes() -> None:
    wire = Reply(550, "first\nsecond\nthird", "5.7.1").wire()
    assert wire == b"550-5.7.1 first\r\n550-5.7.1 second\r\n550 5.7.1 third\r\n"


def test_what_a_client_sent_is_never_echoed_raw() -> None:
    reply = Reply(500, "bad\x00\x07\x1b[2J\r\rcaf\u00e9\u2028\x7f", "5.5.2")
    assert reply.wire() == b"500 5.5.2 bad???[2J??caf???\r\n"


@given(st.text(), st.sampled_from([None, "2.1.0", "2.0.0"]))
def test_whatever_the_words_the_wire_is_well_formed(text: str, enhanced: str | None) -> None:
    wire = Reply(250, text, enhanced).wire()
    lines = wire.splitlines(keepends=True)
    assert b"".join(lines) == wire
    assert all(LINE.fullmatch(line) and len(line) <= 512 for line in lines)
    assert all(line[3:4] == b"-" for line in lines[:-1]) and lines[-1][3:4] == b" "


def test_a_long_line_is_folded_at_a_space() -> None:
    words = " ".join(["word"] * 300)
    lines = Reply(250, words, "2.0.0").lines()
    assert len(lines) == 3
    assert " ".join(line.split(" ", 1)[1] if line[3] == " " else line[10:] for line in lines)
    assert words.replace(" ", "") == "".join(line[10:] for line in lines).replace(" ", "")


@pytest.mark.parametrize("name", NAMED)
def test_each_named_reply_agrees_with_itself(name: str) -> None:
    reply = NAMED[name]
    if reply.code // 100 == 3:
        assert reply.enhanced is None
    else:
        assert reply.enhanced and int(reply.enhanced[0]) == reply.code // 100
    assert len(reply.lines()) == 1


@pytest.mark.parametrize("code", [0, 99, 199, 600, 1000, -1])
def test_a_code_has_three_digits(code: int) -> None:
    with pytest.raises(ValueError, match="from 200 to 599"):
        Reply(code)


def test_a_client_takes_the_enhanced_code_out_of_the_words() -> None:
    assert Reply.heard(550, "5.1.1 unknown") == Reply(550, "unknown", "5.1.1")
    assert Reply.heard(250, "2.0.0 one\n2.0.0 two") == Reply(250, "one\ntwo", "2.0.0")
    assert Reply.heard(250, "2.0 OK") == Reply(250, "2.0 OK", None)
    assert Reply.heard(550, "2.1.1 a class that does not fit").enhanced is None
    assert Reply.heard(250, "") == Reply(250, "")


def test_a_reply_without_enhanced_code_gets_the_general_one() -> None:
    assert str(Reply(550, "no").with_enhanced()) == "550 5.0.0 no"
    assert str(Reply(354, "go on").with_enhanced()) == "354 go on"
    assert Reply(450, "x", "4.2.1").with_enhanced().enhanced == "4.2.1"
