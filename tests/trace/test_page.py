"""A story as a document: with a picture that can be played where somebody has hung one in."""

from __future__ import annotations

from pathlib import Path

import pytest

from labmail.trace import Recorder, Story
from labmail.trace.__main__ import ALICE, TOWN, example
from labmail.trace.event import Event

LETTER = f"{ALICE}/1"


@pytest.fixture(autouse=True)
def nobody_draws(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Story, "page", None)


def test_without_anybody_who_draws_it_is_still(tmp_path: Path) -> None:
    story = example().story(LETTER, TOWN)
    document = story.to_html(tmp_path / "road.html")
    assert (tmp_path / "road.html").read_text("utf-8") == document
    assert document.startswith("<!doctype html>") and "<svg" in document
    assert "Lunch on Friday?" in document and "http" not in document.replace("http://www.w3", "")


def test_whoever_is_hung_in_draws(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Story, "page", lambda story: f"a page about {story.letter}")
    assert example().story(LETTER, TOWN).to_html() == f"a page about {LETTER}"


def test_the_trace_shows_the_letter_that_somebody_wrote_last() -> None:
    trace = example()
    assert "Lunch on Friday?" in trace.to_html()
    assert trace.to_html(letter=LETTER) == trace.to_html()
    first = trace.events[0]
    trace.tell(Event, host="mail.example.com", letter="mail.example.com/x", cause=first.name)
    assert "Lunch on Friday?" in trace.to_html(), "a report is no letter of somebody"


def test_without_a_letter_there_is_nothing_to_show() -> None:
    with pytest.raises(LookupError, match="no letter"):
        Recorder(lambda: 0.0).to_html()
