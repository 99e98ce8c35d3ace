"""Which events belong to a story, and in which order they are told."""

from __future__ import annotations

from itertools import permutations

from labmail.trace import Event, Recorder
from labmail.trace.causes import family, gather, told, tree
from labmail.trace.fold import rhythm
from tests.trace.scenes import (
    ALICE,
    BOB,
    LETTER,
    MX1,
    TRANSFER,
    Called,
    Checked,
    Happened,
    Opened,
    Scene,
    Spooled,
    Stored,
    fetched,
    ordinary,
    submitted,
    three,
)


def names(trace: Recorder, letter: str = LETTER) -> list[str]:
    """The order of the telling, by the first event of each step."""
    events = gather(trace, family(trace, letter))
    nodes = told(tree(trace, events, lambda event: (event.host, type(event))))
    return [node.first.name for node in nodes]


def test_a_branch_is_told_to_its_end_before_the_next_begins() -> None:
    s = Scene()
    root = s.tell(Happened, "r", 0)
    a, b = (s.tell(Happened, host, 0.1, cause=root.name) for host in "ab")
    a2 = s.tell(Happened, "a", 0.2, cause=a.name)
    b2 = s.tell(Happened, "b", 0.2, cause=b.name)
    a3 = s.tell(Happened, "a", 0.3, cause=a2.name)
    assert names(s.trace) == [root.name, a.name, a2.name, a3.name, b.name, b2.name]


def test_no_branch_runs_ahead_of_the_calendar() -> None:
    s = Scene()
    root = s.tell(Happened, "r", 0)
    a, b = (s.tell(Happened, host, 0.1, cause=root.name) for host in "ab")
    tomorrow = s.tell(Happened, "a", 86400, cause=a.name)
    s.now -= 86400
    today = s.tell(Happened, "b", 10, cause=b.name)
    assert names(s.trace) == [root.name, a.name, b.name, today.name, tomorrow.name]


def test_events_whose_cause_is_unknown_are_roots_in_their_place() -> None:
    s = Scene()
    s.tell(Happened, "a", 0, cause="nobody#7")
    s.tell(Happened, "b", 0.1, cause="")
    s.tell(Happened, "c", 0.2, cause=None)
    assert names(s.trace) == ["a#1", "b#1", "c#1"]


def test_a_circle_of_causes_does_no_harm() -> None:
    s = Scene()
    s.tell(Happened, "a", 0, cause="b#1")
    s.tell(Happened, "b", 0, cause="a#1")
    s.tell(Happened, "c", 0, cause="c#1")
    assert names(s.trace) == ["a#1", "b#1", "c#1"]
    s.tell(Happened, "login", letter=None, cause="login#2")
    s.tell(Happened, "login", letter=None, cause="login#1")
    s.tell(Happened, "d", 0.1, cause="login#2")
    assert names(s.trace) == ["a#1", "b#1", "c#1", "login#1", "login#2", "d#1"]
    assert s.trace.story(LETTER).text


def test_every_event_is_told_once_and_after_its_cause() -> None:
    trace = three()
    order = names(trace)
    every = {e.name for letter in trace.letters for e in trace.about(letter) if e.step}
    assert len(order) == len(set(order))
    grouped = {e.name for e in gather(trace, family(trace, LETTER))}
    assert every <= grouped
    for name in order:
        event = trace.get(name)
        assert event is not None
        if event.cause in order:
            assert order.index(event.cause) < order.index(name)


def test_interleaved_recordings_of_one_journey_tell_one_story() -> None:
    """Two connections at once: whichever was recorded first, each is told to its end."""

    def story(first: str, second: str) -> list[str]:
        s = Scene()
        root = s.tell(Happened, "r", 0).name
        heads = {h: s.tell(Happened, h, 0.1, cause=root).name for h in "ab"}
        for _ in range(3):
            for host in (first, second):
                heads[host] = s.tell(Happened, host, 0.2, cause=heads[host]).name
        return names(s.trace)

    stories = [story(*order) for order in permutations("ab")]
    assert stories[0] == stories[1]


def test_a_step_for_several_recipients_is_one_node() -> None:
    trace = three()
    events = gather(trace, family(trace, LETTER))
    nodes = told(tree(trace, events, lambda event: (event.host, type(event))))
    sizes = [len(node.events) for node in nodes if isinstance(node.first, Checked)]
    assert sizes == [3, 2]  # alice's server asked about three, bob's about two


def test_the_same_recipient_again_is_another_node() -> None:
    s = Scene()
    root = s.tell(Happened, "r", 0).name
    for _ in range(2):
        s.tell(Checked, MX1, cause=root, recipient=BOB)
    s.tell(Checked, MX1, 3600, cause=root, recipient="carol@ask.com")  # much later: another step
    nodes = told(tree(s.trace, s.trace.events, lambda event: (event.host, type(event))))
    assert [len(node.events) for node in nodes] == [1, 1, 1, 1]


def test_a_login_without_a_letter_belongs_to_the_letter_that_it_led_to() -> None:
    trace = ordinary()
    logins = [e for e in gather(trace, [LETTER]) if isinstance(e, Opened)]
    assert [e.letter for e in logins] == [None]


def test_a_login_that_led_to_another_letter_does_not() -> None:
    s = Scene()
    submitted(s)
    fetched(s, BOB, MX1, 5, letter=f"{ALICE}/2")
    assert not [e for e in gather(s.trace, [LETTER]) if isinstance(e, Opened)]


def test_what_was_asked_on_behalf_of_a_letter_belongs_to_it() -> None:
    s = Scene()
    root = s.tell(Happened, "r", 0)
    asked = s.tell(Happened, "dns", 0.1, letter=None, cause=root.name)
    s.tell(Happened, "dns", 0.1, letter=None, cause=None)
    assert gather(s.trace, [LETTER]) == [root, asked]


def test_a_bounce_is_born_of_its_letter() -> None:
    assert family(three(), LETTER) == (LETTER, f"{MX1}/1vOU3k-00000002Lm0-1cDe")


def test_the_next_letter_on_the_same_connection_is_not() -> None:
    s = Scene()
    submitted(s)
    s.tell(Called, MX1, connection=TRANSFER)
    s.tell(Checked, MX1, connection=TRANSFER, letter=None)
    s.tell(Spooled, MX1, connection=TRANSFER, letter="mail.ask.com/2")
    assert family(s.trace, LETTER) == (LETTER,)
    assert not [e for e in gather(s.trace, [LETTER]) if isinstance(e, Checked) and not e.letter]


def test_lines_of_dialogue_are_passed_through_on_the_way_to_a_cause() -> None:
    s = Scene()
    root = s.tell(Stored, "a", 0)
    s.say("a", "c", "C: hello")
    line = s.trace.events[-1]
    after = s.tell(Stored, "b", 0.1, cause=line.name)
    nodes = tree(s.trace, [root, after], lambda event: event.name)
    assert [node.first for node in nodes[0].children] == [after]
    assert gather(s.trace, [LETTER]) == [root, after]


def test_a_long_chain_needs_no_deep_stack() -> None:
    s = Scene()
    for _ in range(5000):
        s.tell(Event, "a")
    assert len(names(s.trace)) == 5000


def test_rhythm_follows_the_parts_of_a_retry_rule() -> None:
    quarter = [900.0 * k for k in range(9)]
    growing = [quarter[-1] + sum(3600 * 1.5**k for k in range(n)) for n in range(1, 7)]
    even = [growing[-1] + 21600 * k for k in range(1, 14)]
    assert rhythm([*quarter, *growing, *even]) == [(0, 9), (9, 15), (15, 28)]
    assert rhythm([]) == []
    assert rhythm([5.0]) == [(0, 1)]
