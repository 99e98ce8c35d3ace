"""What goes wrong is said, is told to the trace, and loses nothing."""

import smtplib
import socket

import pytest

from labmail.lab import Lab


@pytest.fixture
def lab():
    with Lab("two_companies") as lab:
        yield lab


def client(lab, host="mail.ask.com", service="smtp"):
    return smtplib.SMTP(*lab.endpoint(host, service), "laptop.test", timeout=60)


def test_a_full_disk_refuses_with_a_reason_and_nothing_is_lost(lab):
    disk = lab.host("mail.example.com").files.disk
    alice = lab.user("alice@example.com")
    disk.full = True
    letter = alice.send(to="bob@ask.com", subject="No room")
    disk.full = False
    [outcome] = letter.outcomes.values()
    assert "452" in str(outcome)
    assert lab.trace.find("mta.TurnedAway")
    alice.send(to="bob@ask.com", subject="Room again")
    assert [m.subject for m in lab.user("bob@ask.com").mailbox] == ["Room again"]


def test_a_full_disk_at_the_far_end_makes_the_letter_wait(lab):
    alice = lab.user("alice@example.com")
    disk = lab.host("mail.ask.com").files.disk
    disk.full = True
    letter = alice.send(to="bob@ask.com", subject="Patience")
    assert lab.story(letter).recipients["bob@ask.com"].state == "deferred"
    disk.full = False
    lab.clock.advance("1h")
    assert [m.subject for m in lab.user("bob@ask.com").mailbox] == ["Patience"]


@pytest.mark.parametrize("many", [1_000, pytest.param(10_000, marks=pytest.mark.long)])
def test_a_great_many_recipients_are_taken_and_each_is_answered(lab, many):
    with client(lab) as talk:
        talk.ehlo()
        talk.mail("me@laptop.test")
        talk.sock.sendall(b"".join(b"RCPT TO:<u%d@ask.com>\r\n" % n for n in range(many)))
        replies = [talk.getreply()[0] for _ in range(many)]
        assert set(replies) == {550}
        assert talk.rcpt("bob@ask.com")[0] == 250
        assert talk.data(b"Subject: One of many\r\n\r\nx\r\n")[0] == 250
    lab.run()
    assert [m.subject for m in lab.user("bob@ask.com").mailbox] == ["One of many"]


def test_a_message_over_the_limit_is_refused_before_and_after_it_is_sent(lab):
    with client(lab) as talk:
        talk.ehlo()
        assert talk.docmd("MAIL", "FROM:<me@laptop.test> SIZE=104857600")[0] == 552
        talk.mail("me@laptop.test")
        talk.rcpt("bob@ask.com")
        code, words = talk.data(b"Subject: Huge\r\n\r\n" + b"x" * 78 + b"\r\n" * 30_000_000)
        assert code == 552
        assert b"size" in words.lower()
        assert talk.noop()[0] == 250
    lab.run()
    assert lab.user("bob@ask.com").mailbox == []


def test_nul_bytes_are_answered_and_never_echoed(lab):
    with socket.create_connection(lab.endpoint("mail.ask.com", "smtp"), timeout=30) as sock:
        file = sock.makefile("rb")
        assert file.readline().startswith(b"220")
        sock.sendall(b"EHLO a\x00b\r\nMAIL FROM:<\x00\x07@x>\r\nQUIT\r\n")
        replies = file.read()
        assert replies.count(b"\r\n") >= 3
        assert not any(byte in replies for byte in b"\x00\x07")


def test_a_client_that_says_nothing_is_hung_up_on(lab):
    with socket.create_connection(lab.endpoint("mail.ask.com", "smtp"), timeout=30) as sock:
        file = sock.makefile("rb")
        assert file.readline().startswith(b"220")
        lab.clock.advance("10m")
        assert file.read().startswith(b"421 ")


def test_malformed_addresses_are_named(lab):
    alice = lab.user("alice@example.com")
    for address in ("bob@", "@ask.com", "bob ask.com", "bob@ask..com"):
        with pytest.raises(ValueError, match=r"bob|@|ask"):
            alice.send(to=address, subject="x")
    with client(lab) as talk:
        talk.ehlo()
        assert talk.docmd("MAIL", "FROM:me@laptop.test")[0] == 501
        assert talk.docmd("MAIL", "FROM:<me@laptop..test>")[0] == 501


def test_an_unknown_domain_comes_back_with_the_reason(lab):
    letter = lab.user("alice@example.com").send(to="x@nowhere.test", subject="Hello?")
    assert lab.story(letter).recipients["x@nowhere.test"].state == "bounced"
    [bounce] = lab.user("alice@example.com").fetch()
    assert "x@nowhere.test" in bounce.text


def test_a_header_that_is_none_is_delivered_as_it_is(lab):
    with client(lab) as talk:
        talk.ehlo()
        talk.mail("me@laptop.test")
        talk.rcpt("bob@ask.com")
        assert talk.data(b"this is no header\r\n: nor this\r\n\r\nbody \xff\r\n")[0] == 250
    lab.run()
    [mail] = lab.user("bob@ask.com").fetch()
    assert b"this is no header" in mail.content
    assert b"body \xff" in mail.content
