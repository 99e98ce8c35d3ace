"""Letters that are made to take long do not: the work grows with the length, and has an end."""

import time

import pytest

from labmail.message import Envelope, Message, compare, decode_words
from labmail.message.header import LARGEST

SIZE = 200_000
PIECES = {
    "NULs": b"X: |\0",
    "deep comments": b"Received: |(",
    "many hops": b"|Received: from a by b; x\r\n",
    "tiny fields": b"|X:\r\n",
    "encoded words": b"Subject: |=?utf-8?Q?a?= ",
    "halves of encoded words": b"Subject: |=?",
    "parameters": b"Content-Type: text/plain;|a=b;",
    "broken parameters": b'Content-Type: text/plain;|"; ',
    "quotation marks": b'From: |"',
    "escapes": b'From: |"a\\',
    "addresses": b"To: |a@b.c,",
    "words": b"From: |a ",
    "dots": b"From: |.",
    "routes": b"From: <|@a,",
    "folds": b"X: |\r\n a",
    "pieces of RFC 2231": b"Content-Disposition: a; |x*=''%41;",
    "apostrophes": b"Content-Disposition: a; x*=|'",
    "boundaries": b"Content-Type: multipart/mixed; boundary=b\r\n\r\n|--b\r\n",
    "almost boundaries": b"Content-Type: multipart/mixed; boundary=b\r\n\r\n|--b-",
    "base64": b"Content-Transfer-Encoding: base64\r\n\r\n|=",
    "angle brackets": b"Received: |<",
    "digits": b"Received: ;|1",
}


@pytest.mark.parametrize("name", PIECES)
def test_hostile_repetition(name: str) -> None:
    head, _, piece = PIECES[name].partition(b"|")
    message = Message(head + piece * (SIZE // len(piece)) + b"\r\n\r\nbody")
    began = time.process_time()
    str(message.show()), str(message.hops()), str(message.tree()), message.text
    compare(Envelope("alice@example.com", ["bob@ask.com"]), message.header)
    assert time.process_time() - began < 10


def test_a_header_ends_at_its_largest_size_and_nothing_is_lost() -> None:
    content = b"X: y\r\n" * (LARGEST // 3) + b"\r\nbody"
    message = Message(content)
    assert len(bytes(message.header)) <= LARGEST
    assert bytes(message.header) + message.separator + bytes(message.body) == content
    assert "expected the end of the header before 1,048,576 octets" in str(message.problems[0])


def test_a_field_that_is_too_large_begins_the_body() -> None:
    content = b"From: a@b.c\r\nX: " + b"y" * LARGEST + b"\r\n\r\nbody"
    message = Message(content)
    assert [item.name for item in message.header] == ["From"]
    assert message.problems[0].line == 2 and len(str(message.problems[0])) < 300


def test_many_encoded_words_are_put_together_in_one_go() -> None:
    assert decode_words("=?utf-8?Q?a?= " * 50_000) == "a" * 50_000 + " "
