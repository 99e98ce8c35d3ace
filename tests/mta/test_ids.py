"""Message ids: Exim's form, unique although the clock stands still."""

import itertools

from hypothesis import given
from hypothesis import strategies as st

from labmail.mta.spool.ids import PATTERN, MessageIds, message_id


@given(st.floats(0, 4e9), st.integers(0, 62**6 - 1))
def test_the_form(when: float, number: int) -> None:
    assert PATTERN.fullmatch(message_id(when, number))


@given(st.integers(0, 1_999_999), st.integers(0, 1_999_999))
def test_later_is_greater(one: int, other: int) -> None:
    base = 1_772_442_000
    low, high = sorted((one, other))
    first = message_id(base + low * 0.0005, 1)
    second = message_id(base + high * 0.0005, 1)
    assert (first[:6], first[-2:]) <= (second[:6], second[-2:])


def test_a_frozen_clock_gives_no_id_twice() -> None:
    ids = MessageIds(itertools.count(1))
    assert len({ids.new(1_772_442_000.0) for _ in range(5000)}) == 5000


def test_ids_of_the_spool_are_not_given_again() -> None:
    ids = MessageIds(itertools.count(1))
    ids.reserve(["1vwz8C-000001-00"])
    assert ids.new(1_772_442_000.0) == "1vwz8C-000002-00"
