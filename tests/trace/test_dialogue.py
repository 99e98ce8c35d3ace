"""Which words belong to which step, and a connection as a transcript."""

from __future__ import annotations

import pytest

from labmail.trace import Event, Recorder, Said, transcript
from labmail.trace.dialogue import by_step
from tests.trace.scenes import FETCH, LETTER, SUBMISSION, TRANSFER, Scene, Stored, ordinary


def lines(step: object) -> list[str]:
    return [f"{said.speaker}: {said.text.rstrip()}" for said in step.said]  # type: ignore[attr-defined]


def test_each_step_has_its_own_words() -> None:
    story = ordinary().story(LETTER)
    assert lines(story[1]) == []
    assert lines(story[2])[0] == "S: 220 mail.example.com ESMTP"  # what came before goes along
    assert lines(story[2])[-1] == "S: 235 2.7.0 Authentication succeeded"
    assert lines(story[3]) == [
        "C: MAIL FROM:<alice@example.com>",  # a letter begins
        "S: 250 OK",
        "C: RCPT TO:<bob@ask.com>",
        "S: 250 Accepted",
    ]
    assert lines(story[4])[:2] == ["C: DATA", "S: 354 Enter message"]
    assert lines(story[4])[-1] == "S: 221 bye"  # and what came after
    assert lines(story[5]) == []
    assert lines(story[15])[0] == "C: RETR 1"


def test_no_word_is_lost_and_none_is_told_twice() -> None:
    trace = ordinary()
    told = [said.name for step in trace.story(LETTER).steps for said in step.said]
    spoken = [e.name for c in (SUBMISSION, TRANSFER, FETCH) for e in trace.on_connection(c)]
    assert sorted(told) == sorted(n for n in spoken if isinstance(trace.get(n), Said))


def test_words_of_another_letter_on_the_same_connection_are_not_told() -> None:
    s = Scene()
    s.tell(Stored, "a", 0, connection="c")
    s.say("a", "c", "C: one", "S: 250")
    s.say("a", "c", "C: two")
    s.tell(Stored, "a", letter="other/1", connection="c")
    s.say("a", "c", "S: 250")
    mine = [e.name for e in s.trace.about(LETTER)]
    assert [said.text for said in by_step(s.trace.events, mine)[mine[0]]] == ["one\r\n", "250\r\n"]


def test_the_next_letter_begins_with_mail() -> None:
    s = Scene()
    s.say("a", "c", "C: MAIL FROM:<x@y>", "S: 250", "C: DATA", "S: 354", "C: one")
    s.tell(Stored, "a", 0, connection="c")
    s.say("a", "c", "S: 250", "C: RSET", "S: 250", "C: mail from:<x@y>", "S: 250", "C: DATA")
    s.tell(Stored, "a", letter="other/1", connection="c")
    s.say("a", "c", "S: 250", "C: MAIL FROM:<>", "S: 550", "C: QUIT", "S: 221")
    one, two = s.trace.find(Stored)
    found = by_step(s.trace.events, [one.name, two.name])
    assert [said.text.strip() for said in found[one.name]][-2:] == ["RSET", "250"]
    assert [said.text.strip() for said in found[two.name]] == [
        "mail from:<x@y>", "250", "DATA", "250", "MAIL FROM:<>", "550", "QUIT", "221",
    ]  # fmt: skip


def test_mail_belongs_to_the_client_that_has_just_set_out() -> None:
    s = Scene()
    s.say("a", "c", "S: 220", "C: EHLO x", "S: 250")
    s.tell(Stored, "client", 0, connection="c")
    s.say("a", "c", "C: MAIL FROM:<x@y>", "S: 250", "C: RCPT TO:<z@y>")
    s.tell(Stored, "a", connection="c")
    s.say("a", "c", "S: 250")
    story = s.trace.story(LETTER)
    assert lines(story[1]) == ["S: 220", "C: EHLO x", "S: 250", "C: MAIL FROM:<x@y>", "S: 250"]
    assert lines(story[2]) == ["C: RCPT TO:<z@y>", "S: 250"]


def test_words_without_a_connection_belong_to_the_step_that_they_led_to() -> None:
    s = Scene()
    s.tell(Stored, "a", 0)
    ask = s.trace.tell(Said, host="a", cause=s.last, protocol="DNS", speaker="C", text="MX ?")
    say = s.trace.tell(Said, host="a", cause=ask.name, protocol="DNS", speaker="S", text="10 mail")
    s.tell(Stored, "b", 0.1, cause=say.name)
    assert [said.text for said in s.trace.story(LETTER)[2].said] == ["MX ?", "10 mail"]


def test_a_transcript_marks_who_spoke_and_what_was_refused() -> None:
    trace = ordinary()
    text = transcript(trace.on_connection(SUBMISSION))
    assert text.splitlines()[:4] == [
        "<-  220 mail.example.com ESMTP",
        " -> EHLO pc.example.com",
        "<-  250 AUTH",
        " -> AUTH PLAIN ****",
    ]
    assert transcript(trace.on_connection("nobody")) == ""


def _said(*spoken: str, protocol: str = "SMTP") -> list[Event]:
    trace = Recorder(lambda: 0.0)
    for line in spoken:
        trace.tell(Said, host="a", protocol=protocol, speaker=line[0], text=line[3:])
    return trace.events


def test_a_transcript_never_lies_about_tls() -> None:
    events = _said(
        "C: STARTTLS\r\n", "S: 220 go\r\n", "C: RCPT TO:<x>\r\n", "S: 550 no\r\n", "C: QUIT\r\n"
    )
    assert transcript(events).splitlines() == [
        " -> STARTTLS",
        "<-  220 go",
        "=== TLS from here on",
        " ~> RCPT TO:<x>",
        "<~* 550 no",
        " ~> QUIT",
    ]


def test_a_refused_starttls_stays_in_the_clear() -> None:
    events = _said("C: STARTTLS\r\n", "S: 454 not now\r\n", "C: QUIT\r\n")
    assert transcript(events).splitlines() == [" -> STARTTLS", "<** 454 not now", " -> QUIT"]


@pytest.mark.parametrize(
    ("reply", "arrow"), [("+OK 4 octets", "<-  "), ("-ERR no", "<** "), ("550 no", "<-  ")]
)
def test_pop3_refuses_with_err(reply: str, arrow: str) -> None:
    assert transcript(_said(f"S: {reply}\r\n", protocol="POP3")) == arrow + reply


def test_hostile_octets_cannot_move_the_cursor() -> None:
    text = transcript(_said("C: \x1b[2J\x00\x9bHi\r\nsecond\r\n.\r\n"))
    assert text.splitlines() == [" -> \\x1b[2J\\x00\\x9bHi", " -> second", " -> ."]
    assert text.isascii()


def test_utf8_on_the_wire_is_shown_as_text() -> None:
    assert transcript(_said("C: Subject: Gr\xc3\xbc\xc3\x9fe\r\n")) == " -> Subject: Grüße"


def test_what_was_left_out_is_counted() -> None:
    trace = Recorder(lambda: 0.0)
    trace.tell(Said, host="a", protocol="SMTP", speaker="C", text="aaa\r\n", elided=1000)
    assert transcript(trace.events).splitlines()[-1] == "=== 1000 bytes are left out here"
