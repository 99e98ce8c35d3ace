"""A recorder remembers all, or the newest; what it lets go is in the journal."""

from __future__ import annotations

from pathlib import Path

import pytest

from labmail.trace import Event, Journal, Recorder, Said, read_journal


def recorder(keep: int | None = None, journal: Journal | None = None) -> Recorder:
    return Recorder(lambda: 0.0, keep=keep, journal=journal)


def test_all_is_remembered_unless_a_measure_is_given() -> None:
    trace = recorder()
    for _ in range(5000):
        trace.tell(Event, host="mail.ask.com")
    assert len(trace) == 5000


def test_with_a_measure_the_newest_stay() -> None:
    trace = recorder(keep=100)
    for number in range(1, 1001):
        trace.tell(Event, host="mail.ask.com", letter=f"a@b.test/{number}", connection=f"{number}")
        assert len(trace) <= 100
        assert trace.events[-1].number == number
    assert len(trace) >= 50
    assert [event.number for event in trace.events] == list(range(trace.events[0].number, 1001))


def test_what_is_long_weighs_more() -> None:
    trace = recorder(keep=100)
    for _ in range(100):
        trace.tell(Said, host="mail.ask.com", protocol="SMTP", speaker="C", text="x" * 20_480)
    assert 1 <= len(trace) <= 5


def test_one_event_beyond_every_measure_is_kept_all_the_same() -> None:
    trace = recorder(keep=10)
    for _ in range(3):
        trace.tell(Said, host="mail.ask.com", protocol="SMTP", speaker="C", text="x" * 65_536)
    assert len(trace) == 1


def test_the_index_knows_the_ones_that_stayed_and_no_others() -> None:
    trace = recorder(keep=10)
    for number in range(1, 41):
        trace.tell(Event, host="h", letter=f"a/{number}", connection=f"c{number}")
        assert trace.about(f"a/{number}"), "asked all the time, it is caught up all the time"
    first = trace.events[0].number
    assert trace.letters == tuple(f"a/{number}" for number in range(first, 41))
    assert trace.get(f"h#{first}") is trace.events[0]
    assert trace.get("h#1") is None and not trace.about("a/1") and not trace.on_connection("c1")
    assert len(trace.on_connection("c40")) == 1 and trace.first("a/40") is trace.events[-1]
    assert trace.since(39) == (trace.events[-1],)


def test_what_is_forgotten_is_in_the_journal_and_numbers_go_on(tmp_path: Path) -> None:
    path = tmp_path / "events.jsonl"
    trace = recorder(keep=10, journal=Journal(path))
    for _ in range(50):
        trace.tell(Event, host="h", letter=trace.name_letter("a@b.test"))
    trace.close()
    assert [event.number for event in read_journal(path)] == list(range(1, 51))
    again = recorder(keep=10)
    again.resume(read_journal(path))
    assert len(again) <= 11
    assert again.tell(Event, host="h").name == "h#51"
    assert again.name_letter("a@b.test") == "a@b.test/51"


def test_a_story_that_is_too_old_is_said_to_be_forgotten() -> None:
    trace = recorder(keep=10)
    with pytest.raises(KeyError, match="the last ones are: none yet"):
        trace.story("alice@example.com/1")
    for number in range(30):
        trace.tell(Event, host="mail.ask.com", letter=f"alice@example.com/{number}")
    assert trace.forgotten > 0
    with pytest.raises(KeyError, match="older letters were forgotten"):
        trace.story("alice@example.com/1")
