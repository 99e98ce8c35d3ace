"""Intervals as Exim writes them."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from labmail.world import seconds

UNITS = {"w": 604800, "d": 86400, "h": 3600, "m": 60, "s": 1}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("15m", 900),
        ("4d", 345600),
        ("2h30m", 9000),
        ("1w", 604800),
        ("1w2d3h4m5s", 788645),
        ("90", 90),
        ("0s", 0),
        ("1.5h", 5400),
        ("20ms", 0.02),
        (" 2h 30m ", 9000),
        (90, 90),
        (0.25, 0.25),
        (timedelta(days=4), 345600),
    ],
)
def test_what_an_interval_means(text, expected):
    assert seconds(text) == pytest.approx(expected)


@given(st.lists(st.tuples(st.integers(0, 999), st.sampled_from(sorted(UNITS))), min_size=1))
def test_parts_add_up(parts):
    text = "".join(f"{number}{unit}" for number, unit in parts)
    assert seconds(text) == sum(number * UNITS[unit] for number, unit in parts)


@pytest.mark.parametrize("text", ["", "  ", "soon", "4x", "-1m", "1m-", "m", "1..5h", "4d!"])
def test_what_is_no_interval_is_named(text):
    with pytest.raises(ValueError, match="expected a number"):
        seconds(text)


@pytest.mark.parametrize("value", [-1, -0.001, float("inf"), float("nan"), timedelta(-1)])
def test_time_does_not_run_backwards_nor_for_ever(value):
    with pytest.raises(ValueError, match="zero or more"):
        seconds(value)


def test_the_error_says_where():
    with pytest.raises(ValueError, match=r"'2h3x', column 4"):
        seconds("2h3x")


@given(st.text(max_size=20))
def test_any_text_is_an_interval_or_a_clear_error(text):
    try:
        assert seconds(text) >= 0
    except ValueError as error:
        assert repr(text) in str(error) or repr(text.strip()) in str(error)
