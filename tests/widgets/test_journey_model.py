"""What the page is told of a story: complete, stable, safe, and all of it from the trace."""

from __future__ import annotations

import copy
import json
from typing import Any

import pytest

from labmail.trace import Recorder, Said, Story
from labmail.widgets.journey import model
from labmail.widgets.journey.compared import compared
from labmail.widgets.journey.model import changes, twin
from labmail.widgets.journey.talk import MOST, talk
from tests.widgets import journeys

SCENES = [
    journeys.mended,
    journeys.ordinary,
    journeys.host_down,
    journeys.five,
    journeys.unknown,
    journeys.hostile,
]


@pytest.fixture(params=SCENES, ids=lambda scene: scene.__name__)
def told(request: pytest.FixtureRequest) -> journeys.Told:
    return request.param()


def step(data: dict[str, Any], label: str, nth: int = 0) -> dict[str, Any]:
    return [one for one in data["steps"] if one["label"] == label][nth]


def test_it_is_json_and_the_same_each_time(told: journeys.Told) -> None:
    story, _ = told
    one, other = json.dumps(model(story)), json.dumps(model(story))
    assert one == other
    assert json.loads(one) == model(story) or "(" in one  # tuples have become lists


def test_the_text_twin_is_the_story_word_for_word(told: journeys.Told) -> None:
    story, _ = told
    assert twin(model(story)) == str(story)


def test_why_a_letter_did_not_arrive_and_where_that_was_said() -> None:
    assert model(journeys.ordinary()[0])["fates"] == []
    data = model(journeys.unknown()[0])
    (fate,) = data["fates"]
    assert fate["state"] == "bounced" and "550 5.1.1" in fate["words"]
    assert "550 5.1.1" in " ".join(map(str, data["steps"][fate["step"]]["answers"]))


def test_one_reason_for_many_is_told_once() -> None:
    story = journeys.twenty()[0]
    told = model(story)["fates"]
    sad = [who for who, place in story.recipients.items() if place.state in ("bounced", "deferred")]
    assert len(told) <= 3
    assert sum(len(fate["who"]) for fate in told) == len(sad)


def test_every_index_in_it_points_to_something(told: journeys.Told) -> None:
    data = model(told[0])
    lanes, rows, steps = data["lanes"], data["inside"]["lanes"], data["steps"]
    for one, (own, peer) in zip(steps, data["inside"]["at"], strict=True):
        assert lanes[one["lane"]] is not None and rows[own] is not None
        assert rows[own]["host"] == one["lane"]
        assert (peer is None) == (one["peer"] is None)
        assert peer is None or rows[peer]["host"] == one["peer"]
    for road, inside in zip(data["roads"], data["inside"]["roads"], strict=True):
        assert [c for c, *_ in inside] == sorted({c for c, *_ in inside})
        where = {c: rows[row]["host"] for c, row, _ in inside}
        assert where[inside[0][0]] == road["points"][0][1]
        assert rows[inside[-1][1]]["host"] == road["points"][-1][1]
    assert [(c["start"], c["end"]) for c in data["chapters"]][-1][1] == len(steps) - 1


def test_nothing_in_it_can_move_a_cursor(told: journeys.Told) -> None:
    def texts(value: Any) -> list[str]:
        if isinstance(value, str):
            return [value]
        inner = (
            value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
        )
        return [text for one in inner for text in texts(one)]

    assert all(t.replace("\t", "").isprintable() for t in texts(model(told[0])))


# ── the panes ────────────────────────────────────────────────────────────────────────────────────


def test_the_dialogue_is_byte_exact_with_line_ends_and_secrets_masked() -> None:
    lines = step(model(journeys.ordinary()[0]), "AUTH")["talk"]["lines"]
    assert lines[0] == {"who": "S", "text": "220 mail.example.com ESMTP labmail", "end": "CRLF"}
    secret = next(line for line in lines if line.get("masked"))
    assert secret["text"] == "AUTH PLAIN ***"
    at = [line.get("note") for line in lines].index("TLS from here on")
    assert lines[at - 1]["text"].startswith("220 ") and lines[at - 2]["text"] == "STARTTLS"


def test_a_line_that_does_not_end_in_crlf_says_so() -> None:
    trace = Recorder(lambda: 0.0)
    event = trace.tell(journeys.Crossed, host="mail.ask.com", letter="a@b/1", connection="1:1>2:25")
    for text in ("one\r\ntwo\nthree", "\x00\xff\t.\r\n"):
        fields = {"letter": "a@b/1", "connection": "1:1>2:25", "cause": event.name}
        trace.tell(Said, host="mail.ask.com", protocol="SMTP", speaker="C", text=text, **fields)
    told = trace.story("a@b/1")
    shown = talk(told.steps[0], told)
    assert shown is not None
    assert [(line["text"], line["end"]) for line in shown["lines"]] == [
        ("one", "CRLF"),
        ("two", "LF"),
        ("three", ""),
        ("\\x00\\xff\t.", "CRLF"),
    ]


def test_a_very_long_utterance_is_cut_and_counted() -> None:
    trace = Recorder(lambda: 0.0)
    fields = {"letter": "a@b/1", "connection": "1:1>2:25"}
    event = trace.tell(journeys.Crossed, host="mail.ask.com", **fields)
    text = "line\r\n" * (MOST + 7)
    said = {"protocol": "SMTP", "speaker": "C", "elided": 99, "cause": event.name}
    trace.tell(Said, host="mail.ask.com", text=text, **fields, **said)
    told = trace.story("a@b/1")
    shown = talk(told.steps[0], told)
    assert shown is not None and len(shown["lines"]) == MOST + 2
    assert shown["lines"][-2:] == [
        {"note": "7 more lines"},
        {"note": "99 bytes are left out here"},
    ]


def test_why_tells_those_that_said_no_from_those_that_were_not_asked() -> None:
    data = model(journeys.ordinary()[0])
    there, here = step(data, "router")["why"][0], step(data, "router", 1)["why"][0]
    assert [(o["sign"], o["name"]) for o in there["others"]] == [
        ("no", "hubbed_hosts"),
        ("no", "dnslookup_relay_to_domains"),
        ("unasked", "8 more routers"),
    ]
    assert [(o["sign"], o["name"]) for o in here["others"]][-1] == ("unasked", "1 more router")
    rules = step(data, "ACL")["why"][0]
    assert {o["name"]: o["sign"] for o in rules["others"]} == {
        "odd characters": "no",
        "postmaster": "no",
        "our hosts": "unasked",
        "relay": "unasked",
        "recipient exists": "unasked",
    }
    assert rules["decided"] == ["our people: alice has logged in: may send to anybody"]


def test_the_same_answer_for_the_same_reasons_is_told_once() -> None:
    told = step(model(journeys.five()[0]), "router")["why"]
    assert told[0]["questions"] == [
        f"Which router takes {who}?" for who in ("bob@ask.com", "bbo@ask.com", "carol@ask.com")
    ]


def state(data: dict[str, Any], title: str, number: int | None) -> list[str]:
    store = next(one for one in data["stores"] if one["title"] == title)
    limit = float("inf") if number is None else number
    past = [p for since, p in zip(store["numbers"], store["past"], strict=True) if since <= limit]
    return past[-1] if past else []


def test_the_state_is_what_lay_where_before_and_after_each_step() -> None:
    data = model(journeys.ordinary()[0])
    spooled, stored = step(data, "spool")["state"], step(data, "Maildir")["state"]
    queue, box = "Queue of mail.example.com", "Mailbox of bob@ask.com"
    assert state(data, queue, spooled["before"]) == []
    kept = state(data, queue, spooled["after"])
    assert kept[1:] == ["  bob@ask.com: under way"]
    assert [sign for sign, *_ in spooled["files"]] == ["+", "+"]
    assert state(data, box, stored["before"]) == []
    assert state(data, box, stored["after"])[0].startswith("new/")
    gone = step(data, "DELE")["state"]
    assert state(data, box, gone["after"]) == []
    assert gone["files"][0][0] == "-" and gone["files"][0][2].startswith("home/bob/Maildir/new/")


def test_files_that_came_went_again_when_everything_is_done() -> None:
    data = model(journeys.host_down()[0])
    seen: dict[str, str] = {}
    for one in data["steps"]:
        for sign, host, path in one["state"]["files"]:
            seen[f"{host}:{path}"] = sign
    assert seen and all(sign == "-" for sign in seen.values())
    assert state(data, "Queue of mail.example.com", None) == []


def test_a_guess_has_one_right_answer_and_says_why() -> None:
    data = model(journeys.ordinary()[0])
    router = step(data, "router")["guess"]
    assert router["choices"][router["right"]] == "dnslookup"
    acl = step(data, "ACL")["guess"]
    assert acl["choices"][acl["right"]] == "Yes: 250"
    assert acl["because"].startswith("Accepted")
    crossed = step(data, "DATA")["guess"]
    assert not crossed["choices"] and crossed["act"] == "The letter crosses to mail.example.com"


def test_wrong_answers_never_come_from_a_step_that_failed() -> None:
    data = model(journeys.host_down()[0])
    for one in data["steps"]:
        if one["guess"]["ordinary"]:
            assert one["ok"] and one["label"] not in ("retry", "give up", "bounce")


# ── inside the hosts ─────────────────────────────────────────────────────────────────────────────


def test_a_host_unfolds_into_its_rooms_in_the_order_in_which_a_letter_meets_them() -> None:
    rows = model(journeys.ordinary()[0])["inside"]["lanes"]
    host = next(row["host"] for row in rows if row["title"] == "Mailbox")
    assert [row["title"] for row in rows if row["host"] == host] == [
        "Reception",
        "Queue",
        "Delivery",
        "Mailbox",
        "POP3 server",
    ]


def test_the_letter_comes_in_by_reception_and_goes_on_to_the_queue() -> None:
    data = model(journeys.ordinary()[0])
    rows = data["inside"]["lanes"]
    way = [rows[row]["title"] for _, row, _ in data["inside"]["roads"][0]]
    assert way == ["Alice", "Reception", "Queue", "Reception", "Queue", "Mailbox", "Bob"]


def test_a_host_of_which_one_room_is_seen_stays_one_row() -> None:
    data = model(journeys.host_down()[0])
    rows = data["inside"]["lanes"]
    assert "mail.ask.com" in [row["title"] for row in rows]


def test_a_fault_is_drawn_at_its_host_and_makes_no_room_of_its_own() -> None:
    data = model(journeys.mended()[0])
    rows = data["inside"]["lanes"]
    fault = next(i for i, one in enumerate(data["steps"]) if one["label"] == "fault")
    own, peer = data["inside"]["at"][fault]
    assert data["lanes"][rows[own]["host"]]["name"] == "mail.ask.com" and peer is None
    titles = [row["title"] for row in rows if row["host"] == rows[own]["host"]]
    assert titles == ["Reception", "Queue", "Delivery", "Mailbox"]
    assert rows[own]["title"] == titles[0]


# ── news ─────────────────────────────────────────────────────────────────────────────────────────


def test_news_turn_the_old_model_into_the_new_and_are_small() -> None:
    story, trace = journeys.ordinary()
    old = None
    for last in (60, 90, len(trace.events)):
        part = Recorder(lambda: 0.0)
        part.events += trace.events[:last]
        new = model(Story(part, story.letter, story.cast))
        if old is not None:
            news = changes(old, new)
            assert news is not None
            kept = copy.deepcopy(old["steps"][: news["keep"]])
            rest = {k: v for k, v in news.items() if k not in ("keep", "steps")}
            grown = {**old, **rest, "steps": [*kept, *news["steps"]]}
            assert grown == {**new, "edition": old["edition"] + 1}
            new = grown
        old = new
    assert changes(new, {**new, "edition": 0}) is None


def test_a_step_that_is_told_does_not_change_when_the_next_one_is() -> None:
    story, trace = journeys.loop(4)
    shorter = Recorder(lambda: 0.0)
    shorter.events += trace.events[:-2]
    old = model(Story(shorter, story.letter, story.cast))
    news = changes(old, model(story))
    assert news is not None and news["keep"] >= len(old["steps"]) - 1


def test_ten_thousand_events_are_marked_as_too_many_for_a_picture() -> None:
    assert not model(journeys.loop(40)[0])["long"]
    assert model(journeys.loop(900, 9)[0])["long"]


# ── two journeys ─────────────────────────────────────────────────────────────────────────────────


def test_the_first_difference_is_where_the_ways_part_and_not_where_the_words_do() -> None:
    (one, _), (other, _) = journeys.ordinary(), journeys.unknown()
    pairs = compared(one, other)
    a, b = pairs["slots"][pairs["first"]]
    assert one.steps[a].label == other.steps[b].label == "ACL"
    assert one.steps[a].host == "mail.ask.com"
    assert one.steps[a].ok and not other.steps[b].ok


def test_every_step_of_both_has_its_place() -> None:
    (one, _), (other, _) = journeys.ordinary(), journeys.host_down()
    slots = compared(one, other)["slots"]
    assert [a for a, _ in slots if a is not None] == list(range(len(one.steps)))
    assert [b for _, b in slots if b is not None] == list(range(len(other.steps)))


def test_a_journey_does_not_differ_from_itself() -> None:
    story, _ = journeys.five()
    assert compared(story, story) == {
        "slots": [[i, i] for i in range(len(story.steps))],
        "first": None,
    }
