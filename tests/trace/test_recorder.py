"""The recorder: stamps, never raises, drops watchers that fail, and finds what was told."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from labmail.trace import SILENT, Event, Recorder, Said
from tests.trace.scenes import ALICE, BOB, LETTER, MX1, MX2, Composed, Routed, Spooled, ordinary


def test_events_are_stamped_with_name_number_and_time() -> None:
    clock = iter([10.0, 10.5, 11.0])
    trace = Recorder(lambda: next(clock))
    told = [trace.tell(Event, host=host) for host in ("a.test", "b.test", "a.test")]
    assert [(e.name, e.number, e.time) for e in told] == [
        ("a.test#1", 1, 10.0),
        ("b.test#1", 2, 10.5),
        ("a.test#2", 3, 11.0),
    ]


def test_when_off_nothing_is_kept_and_the_answer_has_no_name() -> None:
    trace = Recorder.off()
    assert trace.tell(Event, host="a.test") is SILENT
    assert trace.tell(Said, host="a.test", nonsense=1).name == ""
    assert not trace.events
    assert not trace.faults


def test_telling_never_raises() -> None:
    trace = Recorder(lambda: 0.0)
    assert trace.tell(Event, host="a.test", no_such_field=1) is SILENT
    assert trace.tell(Said, host="a.test") is SILENT  # protocol, speaker and text are missing
    assert trace.tell(Event, host="a.test").number == 1  # numbers have no holes
    assert "Event on a.test could not be told: TypeError" in trace.faults[0]
    assert "Said" in trace.faults[1]


def test_a_clock_that_fails_does_not_stop_the_mail() -> None:
    def broken() -> float:
        raise RuntimeError("no clock")

    trace = Recorder(broken)
    assert trace.tell(Event, host="a.test") is SILENT
    assert "no clock" in trace.faults[0]


def test_faults_do_not_eat_memory() -> None:
    trace = Recorder(lambda: 0.0)
    for _ in range(1000):
        trace.tell(Event, host="a.test", no_such_field=1)
    assert len(trace.faults) <= 100


def test_watchers_see_each_event_and_a_failing_one_is_dropped() -> None:
    trace = Recorder(lambda: 0.0)
    seen: list[str] = []

    def faulty(event: Event) -> None:
        seen.append("faulty")
        raise ValueError("oops")

    trace.watch(faulty)
    stop = trace.watch(lambda event: seen.append(event.name))
    trace.tell(Event, host="a.test")
    trace.tell(Event, host="a.test")
    stop()
    stop()  # twice is no mistake
    trace.tell(Event, host="a.test")
    assert seen == ["faulty", "a.test#1", "a.test#2"]
    assert len(trace.faults) == 1 and "oops" in trace.faults[0]
    assert len(trace) == 3


def test_a_watcher_may_tell_and_may_stop_itself() -> None:
    trace = Recorder(lambda: 0.0)

    def once(event: Event) -> None:
        stop()
        trace.tell(Event, host="watcher.test")

    stop = trace.watch(once)
    trace.tell(Event, host="a.test")
    assert [e.name for e in trace.events] == ["a.test#1", "watcher.test#1"]


class Deaf:
    """A journal that cannot take anything."""

    def __init__(self) -> None:
        self.asked = 0

    def write(self, event: Event) -> None:
        raise OSError(28, "No space left on device")

    def flush(self) -> None:
        self.asked += 1
        raise OSError(28, "No space left on device")

    def close(self) -> None:
        self.flush()


def test_a_journal_that_fails_is_dropped() -> None:
    trace = Recorder(lambda: 0.0, journal=Deaf())
    trace.tell(Event, host="a.test")
    trace.tell(Event, host="a.test")
    assert len(trace) == 2
    assert len(trace.faults) == 1 and "No space left" in trace.faults[0]


def test_one_flush_is_asked_for_each_burst() -> None:
    class Kept:
        events: list[str] = []  # noqa: RUF012
        flushed = 0

        def write(self, event: Event) -> None:
            self.events.append(event.name)

        def flush(self) -> None:
            self.flushed += 1

        def close(self) -> None:
            self.flush()

    asked: list[Callable[[], None]] = []
    journal = Kept()
    trace = Recorder(lambda: 0.0, journal=journal, schedule=asked.append)
    for _ in range(5):
        trace.tell(Event, host="a.test")
    assert len(asked) == 1
    asked[0]()
    trace.tell(Event, host="a.test")
    assert len(asked) == 2
    assert journal.flushed == 1
    assert len(journal.events) == 6


def test_a_flush_that_fails_is_a_fault_and_is_tried_again() -> None:
    class Full(Deaf):
        def write(self, event: Event) -> None:
            pass

    journal = Full()
    trace = Recorder(lambda: 0.0, journal=journal)
    trace.flush()
    trace.flush()
    assert journal.asked == 2
    assert "tried again" in trace.faults[0]
    trace.close()
    trace.close()
    assert "could not be closed" in trace.faults[2]
    assert trace.tell(Event, host="a.test").name


def test_since_gives_what_a_widget_has_not_seen() -> None:
    trace = ordinary()
    assert trace.since(0) == tuple(trace.events)
    assert [e.number for e in trace.since(len(trace) - 2)] == [len(trace) - 1, len(trace)]
    assert trace.since(len(trace)) == ()


def test_finding_by_name_kind_fields_and_letter() -> None:
    trace = ordinary()
    spooled = trace.find(Spooled)
    assert [event.host for event in spooled] == [MX1, MX2]
    assert trace.find(Spooled, host=MX2) == spooled[1:]
    assert trace.find("tests.trace.scenes.Spooled") == spooled
    assert trace.find(Routed, recipient=BOB, host="nowhere") == ()
    assert trace.find(Routed, no_such_field=None) == ()
    assert trace.get(spooled[0].name) is spooled[0]
    assert trace.get("nobody#1") is None and trace.get(None) is None and trace.get("") is None
    assert trace.letters == (LETTER,)
    assert trace.about(LETTER)[0].host == ALICE
    assert trace.first(LETTER) == trace.find(Composed)[0]


def test_the_index_grows_with_the_trace() -> None:
    trace = Recorder(lambda: 0.0)
    one = trace.tell(Event, host="a.test", letter="a/1")
    assert trace.get("a.test#1") is one
    two = trace.tell(Event, host="a.test", letter="a/1", connection="c")
    assert trace.about("a/1") == (one, two)
    assert trace.on_connection("c") == (two,)


@pytest.mark.parametrize("who", [ALICE, MX1])
def test_letters_get_names_that_were_never_used(who: str) -> None:
    trace = Recorder(lambda: 0.0)
    assert [trace.name_letter(who) for _ in range(2)] == [f"{who}/1", f"{who}/2"]
    assert trace.name_letter("other@example.com") == "other@example.com/1"
