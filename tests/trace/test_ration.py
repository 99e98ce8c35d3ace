"""What strangers may have told of themselves has an end, and grows again."""

from __future__ import annotations

from labmail.trace import Ration


def test_it_ends_and_grows_again() -> None:
    now = [0.0]
    ration = Ration(lambda: now[0], most=10, rate=2.0)
    assert [ration.spend() for _ in range(12)] == [True] * 10 + [False] * 2
    assert ration.skipped == 2
    now[0] = 1.0
    assert [ration.spend() for _ in range(3)] == [True, True, False]
    now[0] = 1e6
    assert [ration.spend() for _ in range(11)].count(True) == 10


def test_what_is_long_costs_more() -> None:
    ration = Ration(lambda: 0.0, most=10, rate=0.0)
    assert ration.spend(5 * 1024) and ration.spend(3 * 1024) and not ration.spend()
