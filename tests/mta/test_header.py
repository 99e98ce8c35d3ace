"""The header in transit: added to, never rewritten; and the fields that this host writes."""

from hypothesis import given
from hypothesis import strategies as st

from labmail.mta.header import dissect, find, join, own_field, without_delivery_marks
from labmail.mta.reception.received import Origin, protocol_name, received
from labmail.mta.reception.submission import complete

WHEN = 1772442000.0


def text(origin: Origin, *recipients: str, sender: str = "alice@example.com") -> str:
    field = received(
        origin, by="mail.ask.com", id="1vwz8C-000001-00", sender=sender,
        recipients=recipients, when=WHEN,
    )  # fmt: skip
    return field.raw.decode()


def test_a_letter_is_the_same_after_taking_it_apart() -> None:
    letter = b"Subject: a\r\n b\r\nX:\r\n\r\nbody\r\n\r\n.\r\nlast"
    assert join(*dissect(letter)) == letter


@given(st.binary(max_size=200))
def test_any_body_survives(body: bytes) -> None:
    fields, found = dissect(b"Subject: x\r\n\r\n" + body)
    assert found == body
    assert [field.raw for field in fields] == [b"Subject: x\r\n"]


def test_a_letter_without_a_body() -> None:
    fields, body = dissect(b"Subject: x")
    assert (join(fields, body)) == b"Subject: x\r\n\r\n"


def test_what_is_no_header_is_the_body() -> None:
    fields, body = dissect(b"hello there\r\nTo: nobody\r\n")
    assert fields == ()
    assert body == b"hello there\r\nTo: nobody\r\n"


def test_bare_line_feeds_in_the_header_become_line_ends() -> None:
    fields, body = dissect(b"Subject: x\nTo: a@b.test,\n c@d.test\n\nbody\n")
    assert (
        b"".join(field.raw for field in fields) == b"Subject: x\r\nTo: a@b.test,\r\n c@d.test\r\n"
    )
    assert body == b"body\n"


def test_only_the_last_host_leaves_its_marks() -> None:
    fields, _ = dissect(b"Return-Path: <x@y.test>\r\nTO: a@b.test\r\nDelivery-date: now\r\n\r\n")
    assert [field.name for field in without_delivery_marks(fields)] == ["TO"]
    assert find(fields, "to") == "a@b.test"


def test_no_value_can_begin_a_field_of_its_own() -> None:
    raw = own_field("X-Name", "a\r\nBcc: eve@evil.test\nÄ").raw
    assert raw == b"X-Name: a  Bcc: eve@evil.test ?\r\n"


# ── Received ─────────────────────────────────────────────────────────────────────────────────────


def test_received_in_tls_with_a_confirmed_name() -> None:
    origin = Origin(
        protocol="esmtps",
        address="128.10.12.4",
        helo="mail.example.com",
        name="mail.example.com",
        tls="TLS1.3:TLS_AES_256_GCM_SHA384:256",
    )
    assert text(origin, "bob@ask.com") == (
        "Received: from mail.example.com ([128.10.12.4])\r\n"
        "\tby mail.ask.com with esmtps  (TLS1.3) tls TLS_AES_256_GCM_SHA384\r\n"
        "\t(labmail)\r\n"
        "\t(envelope-from <alice@example.com>)\r\n"
        "\tid 1vwz8C-000001-00\r\n"
        "\tfor bob@ask.com;\r\n"
        "\tMon, 02 Mar 2026 09:00:00 +0000\r\n"
    )


def test_a_name_that_was_only_said_stands_behind_the_address() -> None:
    origin = Origin(protocol="esmtp", address="192.0.2.1", helo="bank.test")
    assert text(origin, "a@x.test", "b@x.test").startswith(
        "Received: from [192.0.2.1] (helo=bank.test)\r\n\tby mail.ask.com with esmtp (labmail)\r\n"
    )


def test_several_recipients_are_not_shown_to_each_other() -> None:
    assert "for " not in text(Origin(address="192.0.2.1"), "a@x.test", "b@x.test")


def test_our_own_letters_have_no_sender() -> None:
    own = text(Origin(protocol="local", ident="Debian-exim"), "a@x.test", sender="")
    assert own.startswith(
        "Received: from Debian-exim by mail.ask.com with local (labmail)\r\n\tid "
    )


def test_protocols() -> None:
    names = [
        protocol_name(esmtp=e, tls=t, authenticated=a)
        for e, t, a in ((0, 0, 0), (0, 1, 0), (1, 0, 0), (1, 1, 0), (1, 0, 1), (1, 1, 1))
    ]
    assert names == ["smtp", "smtps", "esmtp", "esmtps", "esmtpa", "esmtpsa"]


def test_the_log_shows_a_claimed_name_in_brackets() -> None:
    assert Origin(address="192.0.2.1", helo="x.test").host == "(x.test) [192.0.2.1]"
    assert Origin(address="192.0.2.1", helo="x.test", name="x.test").host == "x.test [192.0.2.1]"
    assert Origin(address="192.0.2.1", helo="x", name="y").host == "y (x) [192.0.2.1]"


# ── submission ───────────────────────────────────────────────────────────────────────────────────


def completed(content: bytes, sender: str = "alice@example.com") -> list[str]:
    fields = complete(
        dissect(content)[0], id="1vwz8C-000001-00", hostname="mail.example.com",
        sender=sender, when=WHEN,
    )  # fmt: skip
    return [field.raw.decode().strip() for field in fields]


def test_what_is_missing_is_added_behind() -> None:
    assert completed(b"Subject: hi\r\n\r\n") == [
        "Subject: hi",
        "From: alice@example.com",
        "Message-Id: <E1vwz8C-000001-00@mail.example.com>",
        "Date: Mon, 02 Mar 2026 09:00:00 +0000",
    ]


def test_what_is_there_is_left_alone() -> None:
    letter = b"DATE: yesterday\r\nFrom: x\r\nMESSAGE-ID: <1@x>\r\n\r\n"
    assert completed(letter) == ["DATE: yesterday", "From: x", "MESSAGE-ID: <1@x>"]
