"""What a notebook holds: shown live, as a page, as words; it watches no longer than it should."""

from __future__ import annotations

import gc
import json
import re
import threading
import time
import weakref
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import labmail
from labmail.lab import Lab
from labmail.widgets import JourneyWidget, journey
from labmail.widgets.page import POLICY
from tests.widgets import journeys

WIDGET = "application/vnd.jupyter.widget-view+json"


@pytest.fixture
def lab() -> Iterator[Lab]:
    with Lab("two_companies") as lab:
        yield lab


def send(lab: Lab, **more: Any) -> Any:
    alice = lab.user("alice@example.com")
    return alice.send(**{"to": "bob@ask.com", "subject": "Lunch?", "text": "Noon?\n"} | more)


def eventually(true: Any, seconds: float = 20) -> bool:
    until = time.monotonic() + seconds
    while not true() and time.monotonic() < until:
        time.sleep(0.02)
    return bool(true())


def test_the_face_has_it() -> None:
    assert labmail.journey is journey


def test_it_is_shown_live_as_a_page_and_as_words(lab: Lab) -> None:
    letter = send(lab)
    shown, _ = journey(lab, letter)._repr_mimebundle_()
    assert set(shown) == {WIDGET, "text/plain", "text/html"}
    assert shown["text/plain"] == str(lab.story(letter))
    again, _ = journey(lab, letter)._repr_mimebundle_()
    assert again["text/html"] == shown["text/html"]  # no model id, nothing random
    assert shown[WIDGET]["model_id"] not in shown["text/html"]


def test_print_says_the_story(lab: Lab) -> None:
    letter = send(lab)
    assert str(journey(lab, letter)) == repr(journey(lab, letter)) == str(lab.story(letter))


def test_a_page_stands_alone(tmp_path: Path) -> None:
    widget = JourneyWidget(*journeys.hostile())
    page = widget.to_html(tmp_path / "road.html")
    assert (tmp_path / "road.html").read_text(encoding="utf-8") == page
    assert page.startswith("<!doctype html>") and POLICY in page
    assert page.count("</script>") == 2 and page.count("<script") == 2
    data = re.search(r'<script type="application/json">(.*?)</script>', page, re.S)
    assert data and json.loads(data[1])["data"]["subject"] == widget.data["subject"]
    assert journeys.HOSTILE[:30] not in page
    assert not re.search(r"\b(src|href)\s*=\s*[\"']?(https?:)?//", page)


def test_the_page_without_scripts_shows_picture_and_words() -> None:
    story, trace = journeys.ordinary()
    page = JourneyWidget(story, trace).to_html()
    assert "<svg" in page and "Which router takes bob@ask.com?" in page


def test_a_letter_a_name_a_story_or_two(lab: Lab) -> None:
    one, two = send(lab), send(lab, to="bbo@ask.com")
    assert journey(lab, one.name).data == journey(lab, one).data
    assert journey(lab.story(one)).text == str(lab.story(one))
    for compare in (two, lab.story(two), (lab, two)):
        both = journey(lab, one, compare=compare)
        assert both.other["letter"] == two.name
        assert both.pairs["first"] is not None
        assert both.text == f"{lab.story(one)}\n\n{lab.story(two)}"


def test_an_unknown_letter_is_said_to_be_unknown(lab: Lab) -> None:
    with pytest.raises(KeyError, match="no letter"):
        journey(lab, "nobody@example.com/1")


def test_the_view_may_be_given(lab: Lab) -> None:
    assert journey(lab, send(lab), step=6, inside=True).view == {"step": 6, "inside": True}


# ── live ─────────────────────────────────────────────────────────────────────────────────────────


class Wire:
    """What a widget sends: the news, one by one, and the thread that sent them."""

    def __init__(self, widget: JourneyWidget) -> None:
        self.news: list[dict[str, Any]] = []
        self.threads: set[str] = set()
        widget.send = self  # type: ignore[method-assign]

    def __call__(self, content: dict[str, Any], buffers: Any = None) -> None:
        self.news.append(content["news"])
        self.threads.add(threading.current_thread().name)


def test_it_grows_while_the_letter_travels(lab: Lab) -> None:
    lab.down("mail.ask.com")
    letter = send(lab)
    widget = journey(lab, letter)
    wire, steps = Wire(widget), len(widget.data["steps"])
    lab.up("mail.ask.com")
    lab.clock.advance("20m")
    lab.user("bob@ask.com").fetch()
    assert eventually(lambda: widget.text == str(lab.story(letter)))
    assert widget.data["ends"][0]["state"] == "delivered"
    assert sum(len(one["steps"]) for one in wire.news) < 2 * len(widget.data["steps"])
    assert wire.news[0]["keep"] >= steps - 1
    assert [one["edition"] for one in wire.news] == list(range(1, len(wire.news) + 1))
    assert wire.threads == {"labmail-show"}


def test_a_page_that_missed_an_edition_gets_all(lab: Lab) -> None:
    widget = journey(lab, send(lab))
    wire = Wire(widget)
    widget._handle_custom_msg({"have": 0}, [])
    assert wire.news == []
    widget._handle_custom_msg({"have": -1}, [])
    assert wire.news[0]["keep"] == 0 and len(wire.news[0]["steps"]) == len(widget.data["steps"])


def test_letters_of_others_do_not_wake_it(lab: Lab) -> None:
    widget = journey(lab, send(lab))
    wire = Wire(widget)
    send(lab, subject="Another")
    time.sleep(0.3)
    assert wire.news == []


def test_a_closed_widget_watches_no_longer(lab: Lab) -> None:
    before = list(lab.trace._watchers)
    widget = journey(lab, send(lab))
    assert len(lab.trace._watchers) == len(before) + 1
    widget.close()
    assert lab.trace._watchers == before


def test_a_story_that_is_still_is_not_watched(lab: Lab) -> None:
    letter, before = send(lab), list(lab.trace._watchers)
    journey(lab.story(letter))
    journey(lab, letter, live=False)
    assert lab.trace._watchers == before


def test_no_thread_is_left_behind(lab: Lab) -> None:
    lab.down("mail.ask.com")
    widget = journey(lab, send(lab))
    Wire(widget)
    lab.up("mail.ask.com")
    lab.clock.advance("20m")
    assert eventually(lambda: "labmail-show" not in {t.name for t in threading.enumerate()})


def test_a_fault_of_the_view_stops_the_view_and_not_the_mail(lab: Lab) -> None:
    lab.down("mail.ask.com")
    letter = send(lab)
    widget = journey(lab, letter)
    widget._grow = None
    assert widget._feed is not None
    widget._feed._show = lambda: 1 / 0
    lab.up("mail.ask.com")
    lab.clock.advance("20m")
    assert eventually(lambda: widget._feed.fault is not None)
    assert isinstance(widget._feed.fault, ZeroDivisionError)
    assert lab.story(letter).recipients["bob@ask.com"].state == "delivered"


def test_the_recorder_does_not_keep_a_feed_alive(lab: Lab) -> None:
    widget = journey(lab, send(lab))
    feed = weakref.ref(widget._feed)
    widget._feed = None
    gc.collect()
    assert feed() is None
    send(lab)


def test_a_story_from_the_face_is_a_page_that_can_be_played(lab: Lab, tmp_path: Path) -> None:
    assert labmail.Lab is Lab, "asking the face for it is what hangs the journey in"
    letter = send(lab)
    document = lab.story(letter).to_html(tmp_path / "road.html")
    assert (tmp_path / "road.html").read_text("utf-8") == document
    assert 'data-widget="journey"' in document
    assert lab.trace.to_html() == document
    assert document == journey(lab, letter, live=False).to_html()
