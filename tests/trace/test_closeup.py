"""A step from close by, and a conversation from greeting to QUIT."""

from __future__ import annotations

import pytest

from tests.trace.scenes import CAST, LETTER, MX2, TRANSFER, Scene, host_down, ordinary


def test_a_step_shows_question_answer_reasons_and_words() -> None:
    step = ordinary().story(LETTER)[3]
    text = str(step)
    assert text.startswith("Step 3, after ")
    assert step.question in text
    assert f"→ {step.answer}" in text
    assert all(f"  · {line}" in text for line in step.why)
    assert "  C: RCPT TO:<bob@ask.com>\n  S: 250 Accepted" in text
    assert repr(step) == text  # a notebook shows it so


def test_a_step_that_failed_is_marked() -> None:
    failed = next(step for step in host_down().story(LETTER) if not step.ok)
    assert "✕" in str(failed)
    assert "lm-bad" in failed._repr_html_()


def test_the_picture_says_what_the_text_says() -> None:
    html = ordinary().story(LETTER)[3]._repr_html_()
    assert "RCPT TO:&lt;bob@ask.com&gt;" in html
    assert 'aria-label="Step 3"' in html


def test_a_conversation_is_shown_from_its_greeting_on() -> None:
    story = ordinary().story(LETTER, CAST)
    lines = str(story.dialogue(MX2, "SMTP")).splitlines()
    assert lines[0] == "SMTP: mail.example.com calls mail.ask.com, port 25"
    assert lines[1].startswith("S: 220 ")
    assert lines[2].startswith("C: EHLO ")
    assert lines[-1].startswith("S: 250 OK id=")
    assert "C: DATA" in lines


def test_every_conversation_has_its_heading() -> None:
    text = str(ordinary().story(LETTER, CAST).dialogue())
    heads = [block.partition("\n")[0] for block in text.split("\n\n")]
    assert "SMTP: Alice calls mail.example.com, port 587" in heads
    assert "POP3: Bob calls mail.ask.com, port 110" in heads


def test_where_nobody_spoke_it_says_who_did() -> None:
    with pytest.raises(LookupError, match=r"said was: .*SMTP on mail\.ask\.com"):
        ordinary().story(LETTER).dialogue("ns.example.com", "IMAP")


def test_hostile_words_stay_words() -> None:
    trace = ordinary()
    Scene(trace).say(MX2, TRANSFER, "C: <script>alert(1)</script>\x1b[2J")
    shown = trace.story(LETTER, CAST).dialogue(MX2)
    assert "<script>" not in shown.html
    assert "\x1b" not in shown.text + shown.html


def test_a_very_long_letter_is_cut() -> None:
    trace = ordinary()
    Scene(trace).say(MX2, TRANSFER, "C: " + "line\r\n" * 500)
    assert "more lines" in str(trace.story(LETTER, CAST).dialogue(MX2))
