"""Letters read from a file as ``-bem`` reads them: every question that Exim answered about them.

Message ids and the date are new each time; in the record they are ``EID`` and ``DATE``.
"""

from __future__ import annotations

import doctest
import json
import re
from pathlib import Path

import pytest

from labmail.exim.expansion import headers, intake, message
from labmail.exim.expansion.context import Context
from labmail.exim.expansion.headers import find, reply_address, variable
from labmail.exim.expansion.intake import Submitter, take
from labmail.exim.expansion.message import Header, Message

from .original import Exim

LETTERS = json.loads((Path(__file__).parent / "data" / "letters.json").read_text())
SETTINGS = {"qualify_domain": "lab.test", "timezone": "UTC"}
NOW = 1_795_575_000.25


def without_time(text: str) -> str:
    text = re.sub(r"E\w{6}-\w{6}-\w\w(?=@)", "EID", text)
    return re.sub(r"\w{3}, \d\d \w{3} \d{4} [\d:]{8} \+0000", "DATE", text)


def read(octets: bytes, options: list[str]) -> Message:
    sender = options[1] if "-f" in options else "root@lab.test"
    return take(
        octets,
        Submitter("root", sender, forced="-f" in options),
        SETTINGS,
        "mx1.lab.test",
        NOW,
        dot_ends="-i" not in options,
        read_recipients="-t" in options,
    )


def answer(letter: Message, question: str) -> str:
    context = Context(settings=SETTINGS, message=letter)
    header = re.fullmatch(r"\$(h|rh|bh|lh)_(.*):", question)
    if header:
        found = find(letter, header[1], header[2], context)
        return found.text if found else ""
    if question == "$recipients":
        return ", ".join(letter.recipients)
    if question == "$sender_address":
        return letter.sender
    if question == "$reply_address":
        return reply_address(letter, context).text
    told = variable(letter, question.removeprefix("$"), context)
    assert told is not None, question
    return told.text


@pytest.mark.parametrize("module", [headers, intake, message])
def test_examples(module):
    result = doctest.testmod(module)
    assert result.attempted and not result.failed


@pytest.mark.parametrize("case", LETTERS, ids=range(len(LETTERS)))
def test_as_exim_answers(case):
    letter = read(case["letter"].encode("latin-1"), case["options"])
    told = {asked: without_time(answer(letter, asked)) for asked in case["answers"]}
    assert told == case["answers"]


@pytest.mark.peer("exim4")
def test_the_record_is_true(tmp_path):
    exim = Exim(tmp_path)
    for case in LETTERS:
        asked = list(case["answers"])
        told = exim.letter(case["letter"].encode("latin-1"), asked, *case["options"])
        now = dict(zip(asked, map(without_time, told), strict=True))
        assert now == case["answers"], case["letter"]


def test_without_a_letter():
    assert find(None, "h", "to", Context()) is None


def test_everything_of_a_stranger_is_tainted():
    letter = Message([Header("To: a\n")], body="b\n", size=7)
    context = Context(message=letter)
    assert find(letter, "h", "to", context).tainted
    assert variable(letter, "message_body", context).tainted
    assert variable(letter, "message_headers_raw", context).tainted
    assert not variable(letter, "message_size", context).tainted
    assert variable(letter, "no_such_variable", context) is None


def test_how_much_of_a_header_is_inserted():
    letter = Message([Header("X: 1\n"), Header(f"X: {'a' * 70_000}\n")])
    told = find(letter, "h", "x", Context(message=letter))
    assert told.text == "1\n" + "a" * 65_535


def test_how_much_of_a_body_is_visible():
    letter = Message(body="abcdefghijklmnopqrstuvwxyz\n0123\n")
    context = Context(settings={"message_body_visible": 10}, message=letter)
    assert variable(letter, "message_body", context).text == "abcdefghij"
    assert variable(letter, "message_body_end", context).text == "wxyz 0123 "


def test_the_id_tells_the_second_and_the_process():
    letter = take(b"", Submitter("", "a@b"), SETTINGS, "h", NOW, pid=62)
    assert letter.id == "1xW356-000010-84"


def test_another_pattern_for_the_first_line():
    settings = {**SETTINGS, "uucp_from_pattern": r"^From (\S+) at"}
    submitter = Submitter("", "root@lab.test")
    letter = take(b"From eve at noon\nTo: x\n\n", submitter, settings, "h", NOW)
    assert letter.sender == "eve@lab.test"
    assert letter.headers[0].text == "To: x@lab.test\n"
    assert letter.from_line == ("From eve at", "eve")
