"""The roles swapped: a real client calls, a person answers, and what was foretold happens."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from labmail.lab import Lab
from labmail.lab.talk import Answering, TalkOver
from labmail.message.outcome import Deferred, Delivered, Failed
from labmail.mta.events import GivenUp, HandedOver, PutOff
from labmail.smtp.prospects import prospects

ROAD = ("220 a person", "250 hello", "250 OK", "250 OK", "354 go on", "250 mine now", "221 bye")


@pytest.fixture
def lab() -> Iterator[Lab]:
    with Lab("two_companies") as lab:
        yield lab


def test_a_letter_taken_by_hand_is_handed_over(lab: Lab) -> None:
    desk = lab.answer("mail.ask.com", "smtp")
    assert "waits for your greeting" in str(desk.let_call())
    heard = [desk.say(line) for line in ROAD]
    assert heard[0].lines == ("EHLO mail.example.com",)
    assert heard[4].lines[-1] == "." and "Subject: By hand, 1" in heard[4].lines
    assert desk.over and "Did mail.ask.com take the letter" in desk.transcript
    (told,) = lab.trace.find(HandedOver)
    assert told.reply == "250 mine now"


def test_the_story_of_the_letter_has_the_dialogue(lab: Lab) -> None:
    desk = lab.answer("mail.ask.com", "smtp")
    desk.let_call()
    for line in ROAD:
        desk.say(line)
    said = [line.text for step in lab.story(lab.trace.letters[0]) for line in step.said]
    assert "250 mine now\r\n" in said and "RCPT TO:<bob@ask.com>\r\n" in said


def reach(desk: Answering, stage: int) -> None:
    desk.let_call()
    for line in ROAD[:stage]:
        desk.say(line)


STAGES = {0: "greeting", 1: "EHLO", 2: "MAIL", 3: "RCPT", 4: "DATA", 5: "."}


@pytest.mark.parametrize("stage", STAGES)
@pytest.mark.parametrize("choice", range(5), ids=["yes", "later", "never", "silence", "hang up"])
def test_what_is_foretold_is_what_happens(lab: Lab, stage: int, choice: int) -> None:
    desk = lab.answer("mail.ask.com", "smtp")
    reach(desk, stage)
    assert desk.asked.startswith(STAGES[stage])
    prospect = desk.prospects[choice]
    if prospect.deed == "say":
        desk.say(prospect.line)
    elif prospect.deed == "silence":
        desk.wait("10m" if stage == 5 else "5m")
    else:
        desk.hang_up()
    for _ in range(3):  # HELO, RSET, QUIT: whatever follows is answered
        if not desk.over and desk.asked.startswith(("RSET", "QUIT")):
            desk.say(desk.prospects[0].line)
    match prospect.outcome:
        case None:
            assert not lab.trace.find(PutOff) and not lab.trace.find(GivenUp) and not desk.over
        case Delivered():
            assert lab.trace.find(HandedOver)
        case Deferred(why=why):
            assert [event.problem for event in lab.trace.find(PutOff)] == [why]
        case Failed(why=why):
            assert [event.problem for event in lab.trace.find(GivenUp)] == [why]


def test_a_client_that_was_put_off_calls_again(lab: Lab) -> None:
    desk = lab.answer("mail.ask.com", "smtp")
    reach(desk, 3)
    desk.say("451 4.7.1 later")
    while not desk.over:
        desk.say("250 OK")
    before = lab.clock.now()
    assert "waits for your greeting" in str(desk.let_call())
    assert (lab.clock.now() - before).total_seconds() >= 900
    assert len(lab.trace.letters) == 1  # the same letter


def test_several_clients_wait_their_turn(lab: Lab) -> None:
    desk = lab.answer("mail.ask.com", "smtp")
    for number in range(2):
        lab.user("alice@example.com").send(to="bob@ask.com", subject=f"{number}", text="x\n")
    assert desk.caller == "mail.example.com"
    for line in ROAD:
        desk.say(line)
    assert desk.asked == "greeting" and desk.transcript.count("calls, at") == 2


def test_words_that_are_no_reply_end_the_call(lab: Lab) -> None:
    desk = lab.answer("mail.ask.com", "smtp")
    desk.let_call()
    desk.say("hello, dear client")
    assert desk.over
    with pytest.raises(TalkOver, match="let_call"):
        desk.say("220 x")


def test_the_hosts_own_server_comes_back(lab: Lab) -> None:
    with lab.answer("mail.ask.com", "smtp") as desk:
        desk.let_call()
        desk.say("421 4.3.2 closing")
    assert lab.talk("mail.ask.com", "smtp").say("NOOP").code == 250
    lab.run(within="30m")
    assert [m.subject for m in lab.user("bob@ask.com").mailbox] == ["By hand, 1"]


def test_pop3_by_hand(lab: Lab) -> None:
    desk = lab.answer("mail.ask.com", "pop3")
    desk.let_call()
    for verb in ("", "USER", "PASS ***", "UIDL", "RETR", "DELE", "QUIT"):
        assert desk.asked.startswith(verb)
        desk.say(desk.prospects[0].line)
    assert desk.over and "has fetched “By hand”" in desk.transcript
    assert [m.subject for m in lab.user("bob@ask.com").inbox] == ["By hand"]
    assert lab.user("bob@ask.com").password not in desk.transcript
    desk.let_call()
    desk.say("+OK")
    desk.say("-ERR no such user")
    assert "tells its reader: POP3 on mail.ask.com" in desk.transcript


def test_a_submission_by_hand_inside_tls(lab: Lab) -> None:
    desk = lab.answer("mail.example.com", "submission")
    desk.let_call("alice@example.com")
    desk.say("220 x")
    assert desk.say("250-x\n250 STARTTLS").lines == ("STARTTLS",)
    assert desk.say("220 go").lines == ("EHLO games.example.com",)
    assert desk.say("250-x\n250 AUTH PLAIN").lines == ("AUTH PLAIN ***",)
    desk.say("535 5.7.8 no")
    while not desk.over:
        desk.say("221 x")
    assert "Does mail.example.com take the letter" in desk.transcript
    text = desk.transcript
    assert text.index("# TLS") < text.index("C: EHLO games.example.com", text.index("STARTTLS"))


def test_a_lab_closes_while_somebody_is_on_the_line(lab: Lab) -> None:
    lab.answer("mail.ask.com", "smtp").let_call()
    lab.close()


def test_prospects_name_the_law_of_silence() -> None:
    silence = prospects(".", "mail.ask.com", "128.10.30.2")[3]
    assert isinstance(silence.outcome, Deferred) and "twice" in silence.then


def test_on_a_live_clock_too() -> None:
    with Lab("two_companies", live=True) as lab, lab.answer("mail.ask.com", "smtp") as desk:
        assert "waits for your greeting" in str(desk.let_call())
        for line in ROAD:
            desk.say(line)
        assert desk.over
        assert lab.talk("mail.example.com", "smtp").say("NOOP").code == 250
        lab.settle()
        assert lab.trace.find(HandedOver)
