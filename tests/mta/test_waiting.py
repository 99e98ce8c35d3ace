"""What takes long: warnings, and what becomes of frozen letters in time."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from labmail.message.field import Field
from labmail.mta.header import join
from labmail.mta.letter import Letter
from labmail.mta.queue.thawing import BY_ITSELF, BY_TIMER, FORCED, GIVEN_UP, WAITS, Fate, fate
from labmail.mta.recipient import Recipient
from labmail.mta.reports.statusreport import Manner
from labmail.mta.reports.warning import Delay, report, span, stage
from labmail.mta.spool.spoolfile import SpoolHeader

DAY, WEEK = 86400, 604800
MANNER = Manner(hostname="mail.inn.test", boundary="frontier")


def letter(sender: str = "ann@inn.test", frozen: int | None = None) -> Letter:
    head = SpoolHeader(
        id="1vwz8C-000001-00",
        sender=sender,
        received=0.0,
        recipients=("bob@far.test",),
        fields=(Field(b"Subject: Lunch\r\n"),),
        facts={} if frozen is None else {"frozen": str(frozen)},
    )
    return Letter(head, 10)


@pytest.mark.parametrize(
    ("hours", "times", "due"),
    [
        (3, (4, 24), 0), (4, (4, 24), 1), (23, (4, 24), 1), (24, (4, 24), 2),
        (43, (4, 24), 2), (44, (4, 24), 3), (64, (4, 24), 4), (100, (), 0),
    ],
)  # fmt: skip
def test_how_many_warnings_are_due(hours: int, times: tuple[int, ...], due: int) -> None:
    assert stage(hours * 3600, [each * 3600 for each in times])[0] == due


def test_how_long_in_words() -> None:
    assert span(3600, 3600) == "60 minutes" and span(90000, 86400) == "24 hours"


def test_a_warning() -> None:
    delays = [Delay(Recipient("bob@far.test"), "Connection refused")]
    content = join(*report(letter(), delays, MANNER, "24 hours")).decode()
    assert "\r\nSubject: Warning: message 1vwz8C-000001-00 delayed 24 hours\r\n" in content
    assert "The address to which the message has not yet been delivered is:" in content
    assert "\r\n  bob@far.test\r\n    Delay reason: Connection refused\r\n" in content
    assert "\r\nAction: delayed\r\nFinal-Recipient: rfc822;bob@far.test\r\nStatus: 4.0.0" in content
    assert "Content-type: text/rfc822-headers\r\n" in content


def decided(made: Letter, now: float, *, forced: bool = False, **options: int) -> Fate:
    known = {"timeout_frozen_after": 0, "auto_thaw": 0, "ignore_bounce_errors_after": 10 * WEEK}
    orders: Any = SimpleNamespace(main=(known | options).__getitem__)
    return fate(made, now, orders, forced=forced)


def test_frozen_until_somebody_looks() -> None:
    assert decided(letter(frozen=10), WEEK) is WAITS
    assert decided(letter(frozen=10), WEEK, forced=True) is FORCED


def test_frozen_until_it_thaws_by_itself() -> None:
    assert decided(letter(frozen=10), 3600, auto_thaw=3600) is WAITS
    assert decided(letter(frozen=10), 3611, auto_thaw=3600) is BY_ITSELF
    assert decided(letter("", frozen=10), WEEK, auto_thaw=3600) is WAITS  # nobody is told anyway


def test_frozen_until_it_is_given_up() -> None:
    assert decided(letter(frozen=10), WEEK, timeout_frozen_after=WEEK) is GIVEN_UP
    assert decided(letter(frozen=10), WEEK - 1, timeout_frozen_after=WEEK) is WAITS


def test_a_bounce_that_nobody_minds() -> None:
    assert decided(letter("", frozen=10), 2 * DAY, ignore_bounce_errors_after=DAY) is BY_TIMER
    assert decided(letter(frozen=10), 2 * DAY, ignore_bounce_errors_after=DAY) is WAITS
