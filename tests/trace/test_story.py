"""The story as an object and as text."""

from __future__ import annotations

import json
from dataclasses import dataclass

import pytest

from labmail.trace import Event, Place, Recorder
from tests.trace.scenes import (
    ALICE,
    BOB,
    CAST,
    LETTER,
    MX1,
    MX2,
    SCENES,
    Checked,
    Composed,
    Happened,
    Routed,
    Scene,
    Spooled,
    Stored,
    host_down,
    moved,
    ordinary,
    three,
)

ORDINARY = """\
Lunch on Friday?  bob@ask.com: delivered
  1  0 s      Alice writes a letter to bob@ask.com
              → A header and a body, still on her own machine; no envelope yet.
  2  0.02 s   Alice's mail program calls mail.example.com and proves who she is
              → Yes, it is Alice: AUTH succeeded, inside TLS.
  3  0.03 s   May Alice send to bob@ask.com through this server?
              → Accepted: she is authenticated. (30_lab:8)
  4  0.05 s   The letter crosses to mail.example.com
              → “250 OK”: from now on mail.example.com is responsible for it.
  5  0.05 s   The letter is safe on disk in the queue
              → Two files, on disk before “250” was said.
  6  0.06 s   Which router takes bob@ask.com?
              → dnslookup: ask.com is not one of our own domains. (200_lab:23)
  7  0.07 s   mail.example.com asks the name server: who takes mail for ask.com?
              → mail.ask.com (preference 10), and it lives at 128.10.30.2.
"""


def test_the_text_is_the_text_twin_of_the_design() -> None:
    story = ordinary().story(LETTER, CAST)
    assert story.text.startswith(ORDINARY)
    assert str(story) == repr(story) == story.text
    assert len(story) == 15
    assert "\n 10  0.14 s   The letter crosses to ask.com\n" in story.text


def test_steps_can_be_asked_like_a_program_would() -> None:
    story = ordinary().story(LETTER, CAST)
    routing = next(step for step in story if step.label == "router")
    assert (routing.number, routing.host, routing.role, routing.component) == (
        6, MX1, "decide", "router",
    )  # fmt: skip
    assert routing.question == "Which router takes bob@ask.com?"
    assert routing.answer.startswith("dnslookup")
    assert routing.why == ("system_aliases declined: not a local domain",)
    assert routing.ok and routing.time == "0.06 s"
    assert story[6] is routing
    assert story.steps[-1].label == "RETR"
    with pytest.raises(IndexError, match="steps 1 to 15"):
        story[0]


def test_the_same_events_tell_the_same_story() -> None:
    for scene in SCENES.values():
        one, two = scene().story(LETTER, CAST), scene().story(LETTER, CAST)
        assert one.text == two.text
        assert one.svg == two.svg
        assert one.mermaid == two.mermaid


def test_dialogue_and_reasons_are_shown_on_demand() -> None:
    story = ordinary().story(LETTER, CAST)
    shown = story.show(dialogue=True)
    at = "  3  0.03 s   May Alice send to bob@ask.com through this server?\n"
    below = "              → Accepted: she is authenticated. (30_lab:8)\n"
    assert at + below + "                C: MAIL FROM:<alice@example.com>\n" in shown
    assert repr(shown) == shown
    assert "· system_aliases declined" in story.show(why=True)
    assert "RCPT TO" not in story.text


def test_an_unknown_letter_is_an_error_that_names_known_ones() -> None:
    with pytest.raises(KeyError, match=r"alice@example\.com/1"):
        ordinary().story("bob@ask.com/9")
    with pytest.raises(KeyError, match="none yet"):
        Recorder(lambda: 0.0).story("bob@ask.com/9")


def test_three_recipients_three_ends() -> None:
    story = three().story(LETTER, CAST)
    assert [str(end) for end in story.ends] == [
        "bob@ask.com: delivered",
        "bbo@ask.com: bounced, told Alice",
        "carol@late.example: deferred, next try in 15 minutes",
    ]
    assert story.born == (f"{MX1}/1vOU3k-00000002Lm0-1cDe",)
    asked = story[3]
    assert len(asked.events) == 3 and story.text.count("May Alice send to") == 3
    assert story.text.count("\n  3  ") == 1
    refused = next(step for step in story if step.host == MX2 and step.label == "ACL")
    assert refused.ok  # bob was taken
    assert "✕ 550 unknown user" in story.text


def test_tries_that_are_alike_are_one_step() -> None:
    story = host_down().story(LETTER, CAST)
    tries = [step for step in story if step.tries]
    assert [step.label for step in tries] == ["8 tries", "6 tries", "12 tries"]
    assert [step.label for step in story][7:9] == ["try 1", "retry"]
    assert tries[0].tries[1] - tries[0].tries[0] == pytest.approx(900)
    assert not tries[0].ok
    assert "nobody answers (8 tries)" in story.text
    assert str(story.ends[0]) == "bob@ask.com: bounced, told Alice"
    assert len(story) == 16


def test_places_are_known_after_every_event() -> None:
    trace = ordinary()
    before, after = trace.find(Stored)[0].number - 1, trace.find(Stored)[0].number
    assert trace.at(before)[LETTER][BOB] == Place(MX2, "spool", "under way")
    assert trace.at(after)[LETTER][BOB] == Place(MX2, "store", "delivered")
    assert trace.at(0) == {}
    assert trace.at()[LETTER] == trace.places(LETTER) == {BOB: Place(BOB, "mua", "fetched")}
    story = trace.story(LETTER)
    assert story.places(after) == {LETTER: {BOB: Place(MX2, "store", "delivered")}}
    assert story.recipients[BOB].state == "fetched"
    assert trace.places("nobody/1") == {}


def test_a_letter_nobody_moved_yet() -> None:
    s = Scene()
    s.tell(Happened, MX1, 0, says="Who is there?", result="A stranger.")
    story = s.trace.story(LETTER)
    assert story.text.splitlines()[0] == f"{LETTER}  nothing is known of its recipients"
    assert story.svg and story.mermaid and json.dumps(story.as_json())


def test_a_letter_of_which_only_words_are_known() -> None:
    trace = Recorder(lambda: 0.0)
    from labmail.trace import Said

    trace.tell(Said, host=MX1, letter=LETTER, protocol="SMTP", speaker="C", text="HELO\r\n")
    story = trace.story(LETTER)
    assert len(story) == 0 and story.text and story.svg


@dataclass(frozen=True, slots=True, kw_only=True)
class Broken(Event):
    """Every sentence of it fails."""

    label = question = answer = why = proof = peer = ok = chapter = property(  # type: ignore
        lambda self: 1 / 0
    )

    def places(self) -> dict[str, Place]:
        return {"x@y": "nowhere"}  # type: ignore[dict-item]


def test_an_event_with_broken_sentences_does_not_break_the_story() -> None:
    s = Scene()
    s.tell(Composed, ALICE, 0, subject="Hi", now=moved(ALICE, "mua", "under way"))
    s.tell(Broken, MX1, 0.1)
    story = s.trace.story(LETTER)
    assert "could not be told" in story.text
    assert len(story) == 2 and story.svg


HOSTILE = "Lunch\x1b[2J\r\nBcc: evil@x </text><script>alert(1)</script> & ;#\ud800"


def test_hostile_subjects_stay_on_their_line() -> None:
    story = ordinary(subject=HOSTILE).story(LETTER, CAST)
    first = story.text.splitlines()[0]
    assert first.startswith("Lunch\\x1b[2J\\r\\nBcc: evil@x </text><script>")
    assert first.endswith("bob@ask.com: delivered")
    assert "\x1b" not in story.show(dialogue=True, why=True)
    story.text.encode("utf-8")


def many(count: int) -> Recorder:
    """A letter to many recipients: an ACL, a router and a mailbox for each."""
    s = Scene()
    who = [f"user{n}@ask.com" for n in range(count)]
    s.tell(Composed, ALICE, 0, subject="To all", now=moved(ALICE, "mua", "under way", *who))
    for one in who:
        s.tell(Checked, MX1, 0.01, recipient=one, called="ACL", result="Accepted.")
    spooled = s.tell(Spooled, MX1, 0.02, now=moved(MX1, "spool", "under way", *who)).name
    for one in who:
        routed = s.tell(Routed, MX1, 0.03, recipient=one, called="router", cause=spooled).name
        state = "deferred" if one == who[-1] else "delivered"
        s.tell(Stored, MX1, 0.04, recipient=one, cause=routed, now=moved(MX1, "store", state, one))
    return s.trace


def test_ten_thousand_events_are_a_short_story() -> None:
    story = many(5000).story(LETTER, CAST)
    assert [len(step.events) for step in story] == [1, 5000, 1, 5000, 5000]
    assert [str(end) for end in story.ends] == [
        "4,999 recipients: delivered",
        "1 recipient: deferred",
    ]
    assert "… and the same for 4,993 more recipients" in story.text
    assert len(story.text.splitlines()) < 70
    assert len(story.svg) < 30_000
