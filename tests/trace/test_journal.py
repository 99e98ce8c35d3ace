"""Events in a file: every kind comes back, strange ones keep their words, torn lines go."""

from __future__ import annotations

import json
import os
import stat
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from labmail.message.outcome import Delivered, Failed, Outcome
from labmail.trace import Event, Gap, Journal, Place, Recorder, Said, Told, read_journal
from labmail.trace.event import KINDS
from labmail.trace.record import from_record, to_record
from tests.trace.scenes import (
    BOB,
    LETTER,
    SCENES,
    Happened,
    Scene,
    ordinary,
    submitted,
    three,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Rich(Event):
    """An event with values that JSON does not know."""

    octets: bytes = b""
    outcomes: dict[str, Outcome] | None = None
    hosts: tuple[tuple[str, int], ...] = ()


def again(event: Event) -> Event:
    return from_record(json.loads(json.dumps(to_record(event))))


@pytest.mark.parametrize("scene", SCENES)
def test_every_event_of_a_journey_comes_back_as_it_was(scene: str) -> None:
    for event in SCENES[scene]().events:
        assert again(event) == event


def test_values_that_json_does_not_know_come_back() -> None:
    event = Rich(
        host="a.test",
        octets=b"\x00\xff\r\n",
        outcomes={BOB: Delivered("250 OK", host="mail.ask.com"), "x@y": Failed("550", reply="550")},
        hosts=(("mail.ask.com", 10), ("backup.ask.com", 20)),
    )
    assert again(event) == event


@given(st.text(), st.text(st.characters(max_codepoint=255)))
@settings(max_examples=100)
def test_any_text_comes_back(subject: str, line: str) -> None:
    said = Said(host="a.test", protocol="SMTP", speaker="C", text=line, letter=subject or None)
    assert again(said) == said


def test_a_record_can_be_read_without_the_class() -> None:
    record = to_record(ordinary().find(recipient=BOB, host="mail.ask.com")[-1])
    assert record["kind"] == "tests.trace.scenes.Stored"
    assert record["story"]["question"] == "The letter is put into Bob's mailbox"
    assert record["story"]["places"][BOB]["state"] == "delivered"


def test_an_unknown_class_keeps_its_words_and_can_be_written_again() -> None:
    record = to_record(ordinary().find(recipient=BOB, host="mail.ask.com")[-1])
    record["kind"] = "some.Other"
    told = from_record(json.loads(json.dumps(record)))
    assert isinstance(told, Told)
    assert told.question == "The letter is put into Bob's mailbox"
    assert (told.role, told.component, told.label, told.ok) == ("keep", "store", "Maildir", True)
    assert told.places() == {BOB: Place("mail.ask.com", "store", "delivered")}
    assert to_record(told) == record
    assert isinstance(again(told), Told)


@pytest.mark.parametrize(
    "change",
    [
        {"fields": {"no_such_field": 1}},
        {"fields": {"outcomes": {"x": {"!": "os.system", "command": "true"}}}},
    ],
)
def test_a_class_that_has_changed_is_told_in_its_recorded_words(change: dict[str, Any]) -> None:
    record = to_record(Rich(host="a.test")) | change
    assert isinstance(from_record(record), Told)


@pytest.mark.parametrize("junk", [{}, [], 3, None, {"kind": "trace.Said"}, {"n": 1, "name": "x"}])
def test_what_is_no_record_is_a_value_error(junk: Any) -> None:
    with pytest.raises(ValueError, match="not the record of an event"):
        from_record(junk)


def test_an_event_whose_sentence_is_broken_costs_only_that_sentence() -> None:
    @dataclass(frozen=True, slots=True, kw_only=True)
    class Broken(Event):
        @property
        def question(self) -> str:
            raise RuntimeError("no words")

    record = to_record(Broken(host="a.test"))
    assert "no words" in record["story"]["answer"]
    del KINDS["tests.trace.test_journal.Broken"]


def test_the_file_is_written_in_one_go_and_read_back(tmp_path: Path) -> None:
    path = tmp_path / "trace" / "events.jsonl"
    journal = Journal(path)
    trace = Recorder(lambda: 1.0, journal=journal)
    ordinary(trace)
    assert not path.exists()
    trace.flush()
    assert list(read_journal(path)) == trace.events
    trace.tell(Event, host="a.test")
    journal.close()
    assert list(read_journal(path)) == trace.events
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700


def test_a_missing_file_is_an_empty_journal(tmp_path: Path) -> None:
    assert list(read_journal(tmp_path / "none.jsonl")) == []


def test_half_a_line_at_the_end_is_left_out_and_the_next_writer_starts_a_new_one(
    tmp_path: Path,
) -> None:
    path = tmp_path / "events.jsonl"
    trace = ordinary()
    journal = Journal(path)
    for event in trace.events:
        journal.write(event)
    journal.close()
    os.truncate(path, path.stat().st_size - 7)
    assert list(read_journal(path)) == trace.events[:-1]
    later = Journal(path)
    later.write(Event(host="a.test", name="a.test#1", number=99))
    later.close()
    assert [e.number for e in read_journal(path)] == [e.number for e in trace.events[:-1]] + [99]


def test_lines_that_are_no_events_are_left_out(tmp_path: Path) -> None:
    path = tmp_path / "events.jsonl"
    good = json.dumps(to_record(Event(host="a.test", name="a.test#1", number=1)))
    path.write_bytes(b"\xff\xfe\n[1]\nnull\n" + good.encode() + b"\n{}\n\n")
    assert [event.name for event in read_journal(path)] == ["a.test#1"]


def test_a_full_disk_loses_nothing_once_there_is_room(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    journal = Journal(tmp_path / "events.jsonl")
    journal.write(Event(host="a.test", name="a.test#1"))
    real = os.write

    def half(fd: int, data: bytes) -> int:
        if len(data) < 20:
            raise OSError(28, "No space left on device")
        return real(fd, data[: len(data) - 10])

    monkeypatch.setattr(os, "write", half)
    with pytest.raises(OSError, match="No space"):
        journal.flush()
    monkeypatch.setattr(os, "write", real)
    journal.write(Event(host="a.test", name="a.test#2"))
    journal.close()
    assert [e.name for e in read_journal(journal.path)] == ["a.test#1", "a.test#2"]


def test_after_a_restart_names_go_on_and_the_story_shows_the_gap(tmp_path: Path) -> None:
    path = tmp_path / "events.jsonl"
    before = three()
    journal = Journal(path)
    for event in before.events:
        journal.write(event)
    journal.close()
    after = Recorder(lambda: before.events[-1].time + 3600, journal=Journal(path))
    gap = after.resume(read_journal(path))
    assert isinstance(gap, Gap)
    assert gap.number == len(before) + 1
    assert after.name_letter("alice@example.com") == "alice@example.com/2"
    count = sum(event.host == "mail.example.com" for event in before.events)
    told = after.tell(Happened, host="mail.example.com", letter=LETTER, cause=None, says="Again?")
    assert told.name == f"mail.example.com#{count + 1}"
    after.flush()
    story = after.story(LETTER)
    assert [step.label for step in story.steps][-2:] == ["gap", "Happened"]
    assert "The lab was stopped here" in story.text
    assert "1 hour later" in story.text
    assert list(read_journal(path)) == after.events


def test_what_is_told_in_the_same_second_after_a_restart_comes_after_the_gap() -> None:
    before = Scene()
    spooled = submitted(before)
    after = Scene(Recorder(lambda: 0.0))
    after.now = before.now
    after.trace.resume(before.trace.events)
    after.tell(Happened, "mail.example.com", cause=spooled, called="resumed")
    after.tell(Happened, "mail.example.com", called="tried")
    labels = [step.label for step in after.trace.story(LETTER)]
    assert labels[-3:] == ["gap", "resumed", "tried"]


def test_a_journal_of_nothing_makes_no_gap() -> None:
    trace = Recorder(lambda: 0.0)
    trace.resume([])
    assert not trace.events


def test_a_letter_that_had_arrived_before_the_stop_has_no_gap_in_its_story() -> None:
    trace = Recorder(lambda: 1.0)
    trace.resume(ordinary().events)
    assert all(step.label != "gap" for step in trace.story(LETTER).steps)
