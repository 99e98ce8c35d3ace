"""The bounce: three parts that a person, a program and a puzzled author can read."""

from __future__ import annotations

import email
import email.policy
from email.message import EmailMessage

from labmail.message.field import Field
from labmail.mta.header import join
from labmail.mta.letter import Letter
from labmail.mta.recipient import Recipient
from labmail.mta.reports.bounce import RETURN_LIMIT, Loss, Manner, report
from labmail.mta.spool.spoolfile import SpoolHeader

GHOST = Loss(
    Recipient("ghost@ask.com"),
    "SMTP error from remote mail server after RCPT TO:<ghost@ask.com>: 550 5.1.1 unknown user",
    "5.1.1",
    "mail.ask.com",
    "550 5.1.1 unknown user",
    address="128.10.30.2",
)
MANNER = Manner(
    hostname="mail.example.com",
    reporter="Mail Delivery System <Mailer-Daemon@example.com>",
    boundary="frontier",
)
CHILD = Loss(
    Recipient("team@example.com").child("gone@example.com", "aliases"), "Unrouteable address"
)


def written(body: bytes = b"Noon?\r\n", losses: tuple[Loss, ...] = (GHOST, CHILD)) -> bytes:
    head = SpoolHeader(
        id="1vwz8C-000001-00",
        sender="alice@example.com",
        received=1772442000.0,
        recipients=("ghost@ask.com", "team@example.com"),
        fields=(Field(b"Message-ID: <1@pc.test>\r\n"), Field(b"Subject: Lunch\r\n")),
    )
    fields, content = report(Letter(head, len(body)), body, losses, MANNER)
    return join(fields, content)


def parsed(content: bytes) -> EmailMessage:
    message = email.message_from_bytes(content, policy=email.policy.default)
    assert isinstance(message, EmailMessage)
    assert not message.defects and not any(part.defects for part in message.walk())
    return message


def test_its_header() -> None:
    message = parsed(written())
    assert message["To"] == "alice@example.com"
    assert message["From"] == "Mail Delivery System <Mailer-Daemon@example.com>"
    assert message["Auto-Submitted"] == "auto-replied"
    assert message["References"] == "<1@pc.test>"
    assert message["X-Failed-Recipients"].split() == ["ghost@ask.com,", "gone@example.com"]
    assert message.get_content_type() == "multipart/report"
    assert message.get_param("report-type") == "delivery-status"


def test_its_three_parts() -> None:
    words, status, original = parsed(written()).iter_parts()
    assert words.get_content_type() == "text/plain"
    assert status.get_content_type() == "message/delivery-status"
    assert original.get_content_type() == "message/rfc822"


def test_the_words_for_the_person() -> None:
    words = next(parsed(written()).iter_parts()).get_content().replace("\r\n", "\n")
    assert (
        "  ghost@ask.com\n    host mail.ask.com [128.10.30.2]\n"
        "    SMTP error from remote mail server after RCPT TO:<ghost@ask.com>:\n"
        "    550 5.1.1 unknown user\n"
    ) in words
    assert (
        "  gone@example.com\n    (generated from team@example.com)\n    Unrouteable address\n"
    ) in words


def test_the_fields_for_the_program() -> None:
    _, status, _ = parsed(written()).iter_parts()
    whole, first, second = status.get_payload()
    assert dict(whole.items()) == {"Reporting-MTA": "dns; mail.example.com"}
    assert dict(first.items()) == {
        "Action": "failed",
        "Final-Recipient": "rfc822;team@example.com",
        "Status": "5.0.0",
    }
    assert dict(second.items()) == {
        "Action": "failed",
        "Final-Recipient": "rfc822;ghost@ask.com",
        "Status": "5.0.0",
        "Remote-MTA": "dns; mail.ask.com",
        "Diagnostic-Code": "smtp; 550 5.1.1 unknown user",
    }


def test_the_letter_comes_back_as_it_was() -> None:
    content = written(b"Noon?\r\n.\r\n--frontiers\r\n")
    assert (
        b"Content-type: message/rfc822\r\n\r\nReturn-path: <alice@example.com>\r\n"
        b"Message-ID: <1@pc.test>\r\nSubject: Lunch\r\n\r\nNoon?\r\n.\r\n--frontiers\r\n"
    ) in content


def test_a_long_letter_comes_back_without_its_body() -> None:
    content = written((b"x" * 70 + b"\r\n") * (RETURN_LIMIT // 64))
    assert len(content) < 3000 and b"\r\nX-Exim-DSN-Information: Due to" in content
    assert list(parsed(content).iter_parts())[2].get_content_type() == "text/rfc822-headers"


def test_eight_bits_are_declared() -> None:
    message = parsed(written("Käse\r\n".encode()))
    assert message["Content-Transfer-Encoding"] == "8bit"
    assert list(message.iter_parts())[2]["Content-Transfer-Encoding"] == "8bit"


def test_every_line_ends_properly() -> None:
    content = written()
    assert content.count(b"\n") == content.count(b"\r\n") == content.count(b"\r")
