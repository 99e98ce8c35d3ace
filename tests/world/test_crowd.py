"""Who is let in where many want to, and who makes room."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from labmail.world import Crowd


def test_who_has_said_nothing_for_longest_goes_first() -> None:
    crowd: Crowd[str] = Crowd(3, 3)
    for name in ("a", "b", "c"):
        assert crowd.arrive(name, "192.0.2.1").leaves is None
    crowd.advance("a", 1)
    assert crowd.arrive("d", "192.0.2.1").leaves == "b"
    assert "b" not in crowd and len(crowd) == 3


def test_a_letter_stands_above_a_greeting_however_old_it_is() -> None:
    crowd: Crowd[str] = Crowd(2, 2)
    crowd.arrive("letter", "192.0.2.1")
    crowd.advance("letter", 2)
    crowd.arrive("chatter", "192.0.2.1")
    for n in range(100):
        crowd.advance("chatter", 1)
        assert crowd.arrive(f"new {n}", "192.0.2.1").leaves in ("chatter", f"new {n - 1}")
    assert "letter" in crowd


def test_nobody_is_sent_away_in_the_middle_of_work() -> None:
    crowd: Crowd[str] = Crowd(1, 1)
    crowd.arrive("a", "192.0.2.1")
    crowd.work("a", True)
    assert not crowd.arrive("b", "192.0.2.1").room and "b" not in crowd
    crowd.work("a", False)
    assert crowd.arrive("b", "192.0.2.1").leaves == "a"


def test_one_address_makes_room_for_itself() -> None:
    crowd: Crowd[str] = Crowd(10, 2)
    crowd.arrive("friend", "128.10.12.4")
    for n in range(20):
        crowd.arrive(f"flood {n}", "192.0.2.1")
    assert "friend" in crowd and len(crowd) == 3


def test_whoever_left_is_forgotten() -> None:
    crowd: Crowd[str] = Crowd(1, 1)
    crowd.arrive("a", "192.0.2.1")
    crowd.leave("a")
    crowd.leave("a")
    crowd.advance("a", 2)
    crowd.work("a", True)
    assert crowd.arrive("b", "192.0.2.1").leaves is None and len(crowd) == 1


@given(st.lists(st.tuples(st.sampled_from("axlw"), st.integers(0, 9), st.integers(0, 2))))
def test_there_are_never_more_than_places(steps: list[tuple[str, int, int]]) -> None:
    crowd: Crowd[tuple[int, int]] = Crowd(4, 2)
    inside: dict[tuple[int, int], str] = {}
    for number, (step, who, which) in enumerate(steps):
        address = f"192.0.2.{which}"
        guest = next((g for g in inside if g[1] == who), (number, who))
        if step == "a" and guest not in inside:
            entry = crowd.arrive(guest, address)
            if entry.leaves is not None:
                del inside[entry.leaves]
            if entry.room:
                inside[guest] = address
        elif step == "x":
            crowd.advance(guest, which)
        elif step == "w":
            crowd.work(guest, bool(which))
        elif step == "l":
            crowd.leave(guest)
            inside.pop(guest, None)
        assert len(crowd) == len(inside) <= 4
        assert all(list(inside.values()).count(each) <= 2 for each in inside.values())
