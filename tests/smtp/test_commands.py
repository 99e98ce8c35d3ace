"""One line of a client, taken apart; and what is no command."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from labmail.smtp import Command, Limits, Refused, read_command
from labmail.smtp.commands import ADDRESSED, verb_of, without_secret
from labmail.smtp.dialogue import VERBS

LIMITS = Limits()

GOOD = {
    b"NOOP\r\n": Command("NOOP"),
    b"noop  hello  world \r\n": Command("NOOP", "hello  world"),
    b"mAiL FROM:<a@b>\r\n": Command("MAIL", "FROM:<a@b>"),
    b"QUIT   \r\n": Command("QUIT"),
    b"RCPT TO:<caf\xc3\xa9@b>\r\n": Command("RCPT", "TO:<café@b>"),  # the verb decides
    b"VRFY caf\xe9\r\n": Command("VRFY", "caf\udce9"),
    b"BDAT 10 last\r\n": Command("BDAT", "10 last"),
}

BAD = {
    b"\r\n": "500 5.5.2 An empty line",
    b"   \r\n": "500 5.5.2 An empty line",
    b" NOOP\r\n": "500 5.5.2 Command not",
    b"XYZZY\r\n": "500 5.5.2 Command not",
    b"MAILFROM:<a@b>\r\n": "500 5.5.2 Command not",
    b"NO\x00OP\r\n": "500 5.5.2 Command not",
    b"\xff\xfe\r\n": "500 5.5.2 Command not",
    b"NOOP\n": "500 5.5.2 A line ends with",
    b"NOOP\nQUIT\r\n": "500 5.5.2 A line ends with",
    b"NOOP a\nQUIT\r\n": "500 5.5.2 A line ends with",
    b"NOOP a\rQUIT\r\n": "500 5.5.2 Control",
    b"NOOP \x00\r\n": "500 5.5.2 Control",
    b"NOOP a\tb\r\n": "500 5.5.2 Control",
    b"NOOP caf\xc3\xa9\r\n": "501 5.5.2 Only ASCII",
    "R\u017fET\r\n".encode(): "500 5.5.2 Command not",  # a long s, whose capital is S
    b"RSET now\r\n": "501 5.5.4 This command takes no argument",
    b"DATA x\r\n": "501",
    b"QUIT x\r\n": "501",
    b"STARTTLS x\r\n": "501",
    b"GET / HTTP/1.1\r\n": "554 5.5.1",
    b"POST\r\n": "554 5.5.1",
    b"get / HTTP/1.0\n": "554 5.5.1",
    b"NOOP " + b"x" * 506 + b"\r\n": "500 5.5.2 Command line too long",
    b"MAIL FROM:<" + b"x" * 1300 + b"\r\n": "500 5.5.2 Command line too long",
    b"AUTH PLAIN " + b"x" * 12288 + b"\r\n": "500 5.5.6",
    b"XYZZY " + b"x" * 600 + b"\r\n": "500 5.5.2 Command line too long",
}


@pytest.mark.parametrize("line", GOOD)
def test_good(line: bytes) -> None:
    assert read_command(line, LIMITS) == GOOD[line]


@pytest.mark.parametrize("line", BAD, ids=range(len(BAD)))
def test_bad(line: bytes) -> None:
    with pytest.raises(Refused) as caught:
        read_command(line, LIMITS)
    assert str(caught.value.reply).startswith(BAD[line])


def test_a_request_of_the_web_is_known_however_long_it_is() -> None:
    with pytest.raises(Refused, match="554"):
        read_command(b"GET /" + b"x" * 600, LIMITS, cut=9_000)
    with pytest.raises(Refused, match="Command line too long"):
        read_command(b"HELP " + b"x" * 600, LIMITS, cut=9_000)


def test_512_octets_are_a_line_and_513_are_none() -> None:
    assert read_command(b"NOOP " + b"x" * 505 + b"\r\n", LIMITS).argument == "x" * 505
    with pytest.raises(Refused, match="too long"):
        read_command(b"NOOP " + b"x" * 506 + b"\r\n", LIMITS)


@given(st.binary(max_size=60))
def test_any_line_is_a_command_or_refused(line: bytes) -> None:
    try:
        command = read_command(line + b"\r\n", LIMITS)
    except Refused as refused:
        assert refused.reply.permanent
    else:
        assert command.verb in VERBS
        letters = command.argument
        assert letters.isascii() or command.verb in ADDRESSED
        assert all(letter.isprintable() for letter in letters if letter.isascii())


@pytest.mark.parametrize(
    ("line", "shown"),
    [
        (b"AUTH PLAIN AGEAYg==\r\n", b"AUTH PLAIN ***\r\n"),
        (b"auth login YQ==\r\n", b"auth login ***\r\n"),
        (b"AUTH\tPLAIN\tAGEAYg==\r\n", b"AUTH\tPLAIN\t***\r\n"),
        (b"  AUTH PLAIN a b c\r\n", b"  AUTH PLAIN ***\r\n"),
        (b"AUTH PLAIN AGEAYg==\n", b"AUTH PLAIN ***\n"),
        (b"AUTH PLAIN\r\n", b"AUTH PLAIN\r\n"),
        (b"MAIL FROM:<a@b> AUTH=<>\r\n", b"MAIL FROM:<a@b> AUTH=<>\r\n"),
    ],
)
def test_secrets_are_masked(line: bytes, shown: bytes) -> None:
    assert without_secret(line) == shown


def test_verb_of() -> None:
    assert verb_of(b"mail from:<a@b>\r\n") == "MAIL"
    assert verb_of(b"\x16\x03\x01\r\n") == verb_of(b"") == verb_of(b"\r\n") == ""
