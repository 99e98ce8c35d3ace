"""Errands: many wishes, few runs, one thread that goes when it is not needed."""

from __future__ import annotations

import threading
import time

import pytest

from labmail.world import Errands


def eventually(true, seconds: float = 10) -> bool:
    until = time.monotonic() + seconds
    while not true() and time.monotonic() < until:
        time.sleep(0.005)
    return bool(true())


def showing() -> int:
    return sum(thread.name == "labmail-show" for thread in threading.enumerate())


def test_many_wishes_are_few_runs_and_the_last_is_not_lost() -> None:
    wished = 0
    seen: list[int] = []
    errands = Errands(lambda: seen.append(wished), pause=0.02, idle=0.05)
    for _ in range(2000):
        wished += 1
        errands.soon()
    assert eventually(lambda: seen and seen[-1] == 2000)
    assert len(seen) < 50


def test_wishes_from_many_threads_are_done_by_one() -> None:
    names: set[str] = set()
    errands = Errands(
        lambda: names.add(f"{threading.current_thread().name}{threading.get_ident()}"),
        pause=0,
        idle=0.5,
    )
    wishers = [threading.Thread(target=errands.soon) for _ in range(20)]
    for wisher in wishers:
        wisher.start()
    for wisher in wishers:
        wisher.join()
    assert eventually(lambda: names)
    assert len(names) == 1


def test_the_thread_ends_when_nobody_asks_and_begins_anew() -> None:
    runs: list[int] = []
    errands = Errands(lambda: runs.append(1), pause=0, idle=0.02)
    assert eventually(lambda: showing() == 0), "somebody else's thread goes on"
    for expected in (1, 2, 3):
        errands.soon()
        assert eventually(lambda n=expected: len(runs) == n and showing() == 0)


def test_no_wish_is_lost_between_the_last_look_and_the_end() -> None:
    seen = [0]
    wished = [0]
    errands = Errands(lambda: seen.__setitem__(0, wished[0]), pause=0, idle=0.001)
    for number in range(1, 300):
        wished[0] = number
        errands.soon()
        assert eventually(lambda n=number: seen[0] == n)
        time.sleep(0.001 * (number % 3))


def test_work_that_fails_does_not_end_it() -> None:
    runs: list[int] = []

    def work() -> None:
        runs.append(1)
        raise ValueError

    errands = Errands(work, pause=0, idle=0.2)
    errands.soon()
    assert eventually(lambda: len(runs) == 1)
    errands.soon()
    assert eventually(lambda: len(runs) == 2)


def test_without_threads_it_is_done_in_place(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(self: threading.Thread) -> None:
        raise RuntimeError("can't start new thread")

    monkeypatch.setattr(threading.Thread, "start", refuse)
    runs: list[int] = []
    errands = Errands(lambda: runs.append(1))
    errands.soon()
    errands.soon()
    assert runs == [1, 1]
