"""Dates: written as RFC 5322 wants, read as generously as it asks."""

from email.utils import formatdate, parsedate_to_datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from labmail.message import DateError, parse_date, rfc5322_date

SECONDS = st.integers(0, 4_102_444_800)
OFFSETS = st.tuples(st.sampled_from("+-"), st.integers(0, 14), st.integers(0, 59)).map(
    lambda zone: f"{zone[0]}{zone[1]:02}{zone[2]:02}"
)


@settings(max_examples=150, deadline=None)
@given(SECONDS, OFFSETS)
def test_dates_come_back_and_the_standard_library_agrees(posix: int, zone: str) -> None:
    text = rfc5322_date(posix, zone)
    assert parse_date(text) == posix
    assert parsedate_to_datetime(text).timestamp() == posix


@settings(max_examples=100, deadline=None)
@given(SECONDS)
def test_the_standard_library_writes_the_same(posix: int) -> None:
    assert rfc5322_date(posix) == formatdate(posix).replace("-0000", "+0000")


@settings(max_examples=200, deadline=None)
@given(st.text(st.sampled_from("Mon, 02ar6:+-()ZGT\x00"), max_size=40))
def test_any_text_is_read_or_says_where_it_is_wrong(text: str) -> None:
    try:
        parse_date(text)
    except DateError as error:
        assert 0 <= error.position <= len(text) and error.expected


@pytest.mark.parametrize(
    "text",
    [
        "Mon, 02 Mar 2026 09:00:00 +0000",
        "2 Mar 2026 09:00:00 +0000",
        "Mon, 2 Mar 2026 09:00 GMT",
        "mon,2 mar 26 09:00:00 UT",
        "Mon, 2 Mar 2026 10:00:00 +0100 (CET)",
        "Mon (day), 2 (of) Mar 2026 04 : 00 : 00 EST",
        "Mon, 2 Mar 126 09:00:00 -0000",
        "Mon, 2 Mar 2026 09:00:00 XYZ",
        "Sun, 2 Mar 2026 09:00:00 Z",  # the day of the week is wrong, and harmless
    ],
)
def test_reading(text: str) -> None:
    assert parse_date(text) == 1772442000.0


@pytest.mark.parametrize(
    ("text", "position", "expected"),
    [
        ("", 0, "the day of the month"),
        ("yesterday", 9, '"," after the day'),
        ("Mon, 32 Mar 2026 09:00:00 +0000", 5, "a day and time that exist"),
        ("Mon, 2 Mrz 2026 09:00:00 +0000", 7, "a month"),
        ("Mon, 2 Mar 2026 09.00 +0000", 18, '":" and the minutes'),
        ("Mon, 2 Mar 2026 25:00:00 +0000", 5, "a day and time that exist"),
        ("Mon, 2 Mar 2026 09:00:75 +0000", 5, "a day and time that exist"),
        ("Mon, 2 Mar 2026 09:00:00", 24, "an offset from UTC"),
        ("Mon, 2 Mar 2026 09:00:00 +9900", 25, "an offset below 24 hours"),
        ("Mon, 2 Mar 99999 09:00:00 +0000", 11, "the year"),
        ("Mon, 2 Mar 0000 09:00:00 +0000", 5, "a day and time that exist"),
        ("Mon, 2 Mar 2026 09:00:00 +0000 x", 31, "the end"),
    ],
)
def test_an_error_knows_where_it_is(text: str, position: int, expected: str) -> None:
    with pytest.raises(DateError) as caught:
        parse_date(text)
    assert caught.value.position == position
    assert expected in caught.value.expected


def test_a_zone_that_is_none_is_refused() -> None:
    with pytest.raises(ValueError, match="expected"):
        rfc5322_date(0, "Europe/Berlin")
