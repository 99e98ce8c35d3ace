"""The retry rule: Debian's schedule to the second, and rules that cannot be meant."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from labmail.mta import DEFAULT, RetryRule
from labmail.mta.retry.retry import Attempt, still_waiting

HOUR = 3600.0


def test_debians_schedule() -> None:
    times = [round(time / HOUR, 4) for time in DEFAULT.schedule()]
    quarters = [number / 4 for number in range(9)]
    growing = [3.0, 4.5, 6.75, 10.125, 15.1875, 22.7812]
    assert times[:15] == quarters + growing
    assert [round(b - a, 3) for a, b in pairwise(times[14:])] == [6.0] * 13
    assert times[-2] < 96 <= times[-1]
    assert len(times) == 28


def test_patience_ends_with_the_last_part() -> None:
    rule = RetryRule.parse("F,1h,20m")
    attempt = None
    for now in (0.0, 1200.0, 2400.0):
        attempt = rule.failed(now, attempt)
        assert not attempt.expired
    assert rule.failed(3600.0, attempt).expired


def test_a_late_try_does_not_make_the_pause_longer() -> None:
    """The factor belongs to the shorter of the planned and the real pause."""
    rule = RetryRule.parse("G,10h,1h,2")
    before = Attempt(first_failed=0.0, last_try=0.0, next_try=HOUR)
    assert rule.failed(5 * HOUR, before).next_try == 5 * HOUR + 2 * HOUR


def test_no_pause_is_longer_than_a_day() -> None:
    rule = RetryRule.parse("F,60d,9d")
    assert rule.failed(0.0, None).next_try == 24 * HOUR


def test_a_rule_without_parts_gives_up_at_once() -> None:
    assert RetryRule.parse("").failed(0.0, None).expired


@given(st.lists(st.floats(0, 1e5), min_size=1, max_size=30))
def test_the_next_try_is_always_later(steps: list[float]) -> None:
    now, attempt = 0.0, None
    for step in steps:
        now += step
        attempt = DEFAULT.failed(now, attempt)
        assert attempt.next_try >= now + 900
        assert attempt.first_failed == 0.0 + steps[0]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("F,2h", "comma expected"),
        ("F,two,15m", "bad parameters for retry rule"),
        ("G,4d,1h,0.5", "bad parameters for retry rule"),
        ("F,1h,0s", "bad parameters for retry rule"),
    ],
)
def test_rules_that_cannot_be_meant(text: str, words: str) -> None:
    with pytest.raises(ValueError, match=words):
        RetryRule.parse(text)


def test_the_rule_explains_itself() -> None:
    first = DEFAULT.failed(0.0, None)
    assert DEFAULT.explain(first) == (
        "the first failure was just now, so F,2h,15m: until 2h have passed, every 15m",
        "G,16h,1h,1.5: until 16h have passed, first after 1h, then each pause 1.5 times the last",
        "F,4d,6h: until 4d have passed, every 6h",
    )


def test_waiting() -> None:
    attempt = Attempt(0.0, 0.0, 900.0)
    assert still_waiting(attempt, 899.0)
    assert not still_waiting(attempt, 900.0)
    assert not still_waiting(None, 0.0)
