"""The journey as data: lanes, columns, chapters, roads and silences."""

from __future__ import annotations

import json

import pytest

from labmail.trace import Actor, Cast, Event, Journey, journey
from labmail.trace.journey import Column
from labmail.trace.words import after, lasting
from tests.trace.scenes import (
    ALICE,
    BOB,
    CAST,
    DNS,
    LETTER,
    MX1,
    MX2,
    SCENES,
    SUBMISSION,
    Accepted,
    Called,
    Checked,
    Composed,
    Fetched,
    PutOff,
    Routed,
    Scene,
    Spooled,
    Stored,
    host_down,
    moved,
    ordinary,
    submitted,
    three,
)


def drawn(scene: str) -> Journey:
    return SCENES[scene]().story(LETTER, CAST).journey


def at(model: Journey, label: str, nth: int = 0) -> Column:
    return [column for column in model.columns if column.label == label][nth]


def test_lanes_are_those_who_take_part_in_the_bands_of_their_companies() -> None:
    lanes = drawn("ordinary").lanes
    assert [lane.name for lane in lanes] == [ALICE, MX1, DNS, MX2, BOB]
    assert [lane.company for lane in lanes] == ["example.com"] * 2 + [""] + ["ask.com"] * 2
    assert [lane.title for lane in lanes][:3] == ["Alice", MX1, "Name server"]
    assert lanes[1].note == "128.10.12.4"


def test_a_reader_who_never_got_the_letter_has_a_lane_all_the_same() -> None:
    assert drawn("host_down").lanes[-1].name == BOB


def test_a_host_that_nobody_introduced_has_a_lane() -> None:
    lane = drawn("three").lanes[-1]
    assert (lane.name, lane.company, lane.kind) == ("mail.late.example", "late.example", "host")


def test_the_cast_is_found_by_name_and_by_address() -> None:
    assert CAST.actor("128.10.30.2").name == MX2
    assert CAST.actor("192.0.2.1") == Actor("192.0.2.1", "192.0.2.1")
    assert CAST.actor("2001:db8::1").company == ""
    assert CAST.actor("localhost").company == ""


def test_whoever_calls_from_a_desk_is_the_person_who_works_there() -> None:
    """The mail program says HELO by the name of the host on whose screen it runs."""
    desk = Actor("games.example.com", "128.10.12.20", "example.com")
    s = Scene()
    s.tell(Composed, ALICE, 0, now=moved(ALICE, "mua", "under way"))
    s.tell(
        Accepted, MX1, 0.1, to="games.example.com", connection=SUBMISSION,
        now=moved(MX1, "spool", "under way"),
    )  # fmt: skip
    story = s.trace.story(LETTER, Cast((desk, *CAST.hosts)))
    assert [lane.name for lane in story.journey.lanes] == [ALICE, MX1, BOB]
    s = Scene()  # nobody of the story works there: then it is the host itself that calls
    letter, now = f"{MX1}/1", moved(MX1, "spool", "under way", "x@y.z")
    s.tell(Accepted, MX1, 0, letter=letter, to="games.example.com", now=now)
    story = s.trace.story(letter, Cast((desk, *CAST.hosts)))
    assert [lane.name for lane in story.journey.lanes] == [MX1, "games.example.com"]


def test_a_letter_from_outside_comes_from_whoever_brought_it() -> None:
    letter, now = f"{MX2}/1", moved(MX2, "spool", "under way")
    s = Scene()
    s.tell(Checked, MX2, 0, letter=letter, recipient=BOB)
    s.tell(Accepted, MX2, 0.1, letter=letter, to="stranger.test", called="DATA")
    s.tell(Spooled, MX2, 0.1, letter=letter, now=now)
    model = s.trace.story(letter, CAST).journey
    assert [lane.name for lane in model.lanes] == ["stranger.test", MX2, BOB]
    assert model.roads[0].points == ((0, 0, 0.0), (1, 1, 0.0))
    assert model.outcome.startswith("stranger.test, to bob@ask.com")
    assert at(model, "DATA").arrives == 1


def test_two_people_at_one_desk() -> None:
    """Alice writes to Anna, who works at the same host: each has her own lane."""
    anna = "anna@example.com"
    cast = Cast((Actor(anna, "128.10.12.20", "example.com", "person", "Anna"), *CAST.hosts))
    s = Scene()
    s.tell(Composed, "128.10.12.20", 0, now=moved("128.10.12.20", "mua", "under way", anna))
    s.tell(Accepted, MX1, 0.1, to="128.10.12.20", now=moved(MX1, "spool", "under way", anna))
    s.tell(Stored, MX1, 0.2, now=moved(MX1, "store", "delivered", anna))
    s.tell(
        Fetched, MX1, 60, cause=None, recipient=anna, to="128.10.12.20", part="fetch",
        now=moved("128.10.12.20", "mua", "fetched", anna),
    )  # fmt: skip
    model = s.trace.story(LETTER, cast).journey
    assert [lane.title for lane in model.lanes] == ["Alice", MX1, "Anna"]
    assert [lane for _, lane, _ in model.roads[0].points] == [0, 1, 2]
    assert model.chapters[-1].titles[0] == "Anna fetches it"


def test_each_reader_has_a_chapter() -> None:
    s = Scene()
    submitted(s, BOB, ALICE)
    s.tell(Stored, MX1, 1, now=moved(MX1, "store", "delivered", BOB, ALICE))
    for who in (BOB, ALICE):
        s.tell(
            Fetched, MX1, recipient=who, to=who, part="fetch", now=moved(who, "mua", "fetched", who)
        )
        s.tell(Stored, MX1, recipient=who, part="fetch")  # what the server does then
    titles = [chapter.titles[0] for chapter in s.trace.story(LETTER, CAST).journey.chapters]
    assert titles[-2:] == ["Bob fetches it", "Alice fetches it"]


def test_columns_are_the_steps_of_the_story() -> None:
    story = ordinary().story(LETTER, CAST)
    model = story.journey
    assert [column.number for column in model.columns] == [step.number for step in story]
    asked = at(model, "MX?")
    assert (model.lanes[asked.lane].name, model.lanes[asked.peer or 0].name) == (MX1, DNS)
    assert asked.arrives is None
    assert model.lanes[at(model, "DATA").arrives or 0].name == MX1
    assert at(model, "AUTH").called and not at(model, "RCPT").called


def test_chapters_cover_all_columns_and_are_named_after_those_who_act() -> None:
    chapters = drawn("ordinary").chapters
    assert [c.titles[0] for c in chapters] == [
        "Alice sends it", "example.com finds the way", "ask.com takes it", "Bob fetches it",
    ]  # fmt: skip
    assert [(c.start, c.end) for c in chapters] == [(0, 4), (5, 6), (7, 12), (13, 14)]
    assert [c.titles[0] for c in drawn("host_down").chapters] == [
        "Alice sends it", "example.com finds the way", "waiting, and trying: 4 days",
        "giving it back",
    ]  # fmt: skip
    assert [c.titles[0] for c in drawn("three").chapters] == [
        "Alice sends it", "example.com finds the way", "three ways",
    ]  # fmt: skip


def test_one_road_from_alice_to_bob() -> None:
    model = drawn("ordinary")
    (road,) = model.roads
    assert [(column + 1, model.lanes[lane].name) for column, lane, _ in road.points] == [
        (1, ALICE), (4, MX1), (10, MX2), (15, BOB),
    ]  # fmt: skip
    assert (road.state, road.back, road.end) == ("fetched", False, None)


def test_roads_part_at_the_router_and_a_bounce_starts_where_a_road_ends() -> None:
    model = drawn("three")
    bob, bbo, carol, bounce = model.roads
    router, born = at(model, "router").number - 1, at(model, "bounce").number - 1
    assert bob.points[2] == (router, 1, -1.0)
    assert carol.points[2] == (router, 1, 1.0)
    assert bbo.points[-1][2] == 0.0 and bbo.end == born
    assert bounce.back and bounce.points[0] == (born, 1, 0.0)
    assert [road.state for road in model.roads] == ["delivered", "bounced", "deferred", "fetched"]
    assert bob.points[-1][1] == 3 and bob.points[-1][2] == 0.0


def test_a_step_for_one_recipient_stands_on_its_road() -> None:
    model = drawn("three")
    assert at(model, "retry").offset == 1.0
    assert at(model, "failed").offset == 0.0


def test_recipients_with_the_same_fate_share_a_road() -> None:
    s = Scene()
    submitted(s, BOB, "carol@ask.com", "dave@ask.com")
    s.tell(Stored, MX1, 1, now=moved(MX1, "store", "delivered", BOB, "carol@ask.com"))
    s.tell(PutOff, MX1, 1, now=moved(MX1, "spool", "deferred", "dave@ask.com"))
    roads = s.trace.story(LETTER, CAST).journey.roads
    assert [road.recipients for road in roads] == [(BOB, "carol@ask.com"), ("dave@ask.com",)]


def test_many_different_fates_are_joined_by_where_they_end() -> None:
    s = Scene()
    who = [f"u{n}@ask.com" for n in range(20)]
    submitted(s, *who)
    for n, one in enumerate(who):
        state = "delivered" if n % 2 else "deferred"
        s.tell(Stored, MX1, 1 + n * 100, recipient=one, now=moved(MX1, "store", state, one))
    roads = s.trace.story(LETTER, CAST).journey.roads
    assert sorted(len(road.recipients) for road in roads) == [10, 10]


def test_the_letter_crosses_where_the_wire_is() -> None:
    """The server tells the crossing first, and the place only with the spool."""
    s = Scene()
    s.tell(Composed, ALICE, 0, now=moved(ALICE, "mua", "under way"))
    s.tell(Accepted, MX1, 0.1, to="128.10.12.20", connection=SUBMISSION, called="DATA")
    s.tell(Spooled, MX1, 0.1, now=moved(MX1, "spool", "under way"))
    model = s.trace.story(LETTER, CAST).journey
    assert model.roads[0].points == ((0, 0, 0.0), (1, 1, 0.0))
    assert at(model, "DATA").arrives == 1


def test_a_host_is_silent_until_it_answers() -> None:
    model = drawn("host_down")
    (silence,) = model.silences
    assert model.lanes[silence.lane].name == MX2
    assert silence.start == at(model, "try 1").number - 1 and silence.end is None
    s = Scene()
    submitted(s)
    s.tell(Called, MX1, 1, to=MX2, worked=False)
    s.tell(Called, MX1, 1000, to=MX2, connection="c")
    (silence,) = s.trace.story(LETTER, CAST).journey.silences
    assert (silence.start, silence.end) == (5, 6)


def test_a_refusal_is_an_answer() -> None:
    s = Scene()
    submitted(s)
    s.tell(Accepted, MX1, 1, to=MX2, worked=False, connection="c")
    assert s.trace.story(LETTER, CAST).journey.silences == ()


def test_tries_keep_their_rhythm() -> None:
    eight, six = at(drawn("host_down"), "8 tries"), at(drawn("host_down"), "6 tries")
    pauses = [b - a for a, b in zip(eight.tries, eight.tries[1:], strict=False)]
    assert max(pauses) - min(pauses) < 0.01
    pauses = [b - a for a, b in zip(six.tries, six.tries[1:], strict=False)]
    assert pauses == sorted(pauses) and pauses[-1] > 3 * pauses[0]
    assert eight.width > 1


@pytest.mark.parametrize(
    ("scene", "line"),
    [
        ("ordinary", "Alice, to bob@ask.com · arrived after 0.20 s, fetched after 2 min"),
        ("host_down", "Alice, to bob@ask.com · given up after 4 days and 28 tries"),
        ("three", "Alice, to three people"),
    ],
)
def test_one_line_says_how_it_went(scene: str, line: str) -> None:
    assert drawn(scene).outcome == line


def test_a_letter_on_its_way_says_so() -> None:
    s = Scene()
    submitted(s)
    assert s.trace.story(LETTER, CAST).journey.outcome == "Alice, to bob@ask.com · under way"
    s.tell(Called, MX1, 1, to=MX2, worked=False)
    s.tell(PutOff, MX1, 1, now=moved(MX1, "spool", "deferred"))
    line = s.trace.story(LETTER, CAST).journey.outcome
    assert line == "Alice, to bob@ask.com · not there yet after one try"


@pytest.mark.parametrize("scene", SCENES)
def test_the_model_is_json(scene: str) -> None:
    model = drawn(scene)
    assert json.loads(json.dumps(model.as_json()))["version"] == 1


def test_a_refused_recipient_at_the_first_server_has_a_short_road() -> None:
    s = Scene()
    s.tell(Composed, ALICE, 0, now=moved(ALICE, "mua", "under way"))
    s.tell(Checked, MX1, 0.1, recipient=BOB, worked=False, connection=SUBMISSION)
    model = journey(s.trace.story(LETTER, CAST))
    assert model.roads[0].points == ((0, 0, 0.0),)
    assert model.roads[0].state == "under way"


def test_events_of_a_host_nobody_knows_and_without_places() -> None:
    s = Scene()
    s.tell(Event, "10.0.0.1", 0)
    s.tell(Routed, "10.0.0.1", 0.1, to="10.0.0.1")
    model = s.trace.story(LETTER).journey
    assert model.columns[1].peer is None and model.roads == ()


def test_words_for_time() -> None:
    assert after(9.994) == "9.99 s" and after(9.996) == "10 s"
    assert after(59.6) == "1 min" and after(3599.7) == "1 h"
    assert after(86400 * 12 + 13 * 3600) == "13 d"
    assert all(len(after(10**k)) <= 8 for k in range(9))
    assert lasting(0) == "0 seconds" and lasting(90) == "1 minute 30 seconds"


def test_folded_tries_do_not_hide_where_the_letter_lies() -> None:
    trace = host_down()
    story = trace.story(LETTER, CAST)
    folded = next(step for step in story if step.tries)
    assert {place.state for _, _, place in folded.moved} == {"deferred"}


def test_three_recipients_are_told_in_one_breath() -> None:
    numbers = [column.number for column in three().story(LETTER, CAST).journey.columns]
    assert numbers == list(range(1, 19))
