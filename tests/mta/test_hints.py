"""Hints: what is remembered of hosts that failed, in memory and on the disk."""

from pathlib import Path

from labmail.mta import DEFAULT
from labmail.mta.hosts import Host
from labmail.mta.retry.hints import FILE, Hints, host_key
from labmail.world import HostFiles

KEY = "T:mail.ask.com:128.10.30.2"


def saved(hints: Hints) -> Hints:
    """The hints after a restart."""
    text = hints.text()
    if text is not None:
        hints.save(text)
    again = Hints(hints.files)
    assert again.load() == ""
    return again


def test_keys() -> None:
    assert host_key(Host("mail.ask.com", "128.10.30.2")) == KEY
    assert host_key(Host("mail.ask.com", "128.10.30.2", port=25)) == KEY
    assert host_key(Host("mail.ask.com", "128.10.30.2", port=587)) == f"{KEY}:587"


def test_a_failure_is_remembered_over_a_restart(tmp_path: Path) -> None:
    hints = Hints(HostFiles(tmp_path))
    hints.failed(KEY, 1000.0, "Connection refused", DEFAULT)
    again = saved(hints)
    assert again.find(KEY) == hints.find(KEY)
    assert again.waits(KEY, 1000.0) and not again.waits(KEY, 1900.0)


def test_two_failures_at_one_moment_are_one(tmp_path: Path) -> None:
    hints = Hints(HostFiles(tmp_path))
    first = hints.failed(KEY, 1000.0, "Connection refused", DEFAULT)
    assert hints.failed(KEY, 1000.0, "Connection refused", DEFAULT) == first
    assert hints.failed(KEY, 1900.0, "Connection refused", DEFAULT).last_try == 1900.0
    late = hints.failed(KEY, 1000.0 + 8 * 3600, "Connection refused", DEFAULT)
    hints.failed(KEY, late.next_try, "Connection refused", DEFAULT)
    assert hints.failed(KEY, late.next_try, "x", DEFAULT).next_try == late.next_try + 5400.0


def test_who_began_before_another_one_failed_learns_nothing_new(tmp_path: Path) -> None:
    hints = Hints(HostFiles(tmp_path))
    first = hints.failed(KEY, 1000.0, "Connection timed out", DEFAULT, began=873.0)
    assert hints.failed(KEY, 1010.0, "Connection timed out", DEFAULT, began=990.0) == first
    later = hints.failed(KEY, 1010.0, "Connection timed out", DEFAULT, began=1001.0)
    assert later.last_try == 1010.0


def test_success_forgets(tmp_path: Path) -> None:
    hints = Hints(HostFiles(tmp_path))
    hints.failed(KEY, 1000.0, "Connection refused", DEFAULT)
    hints.worked(KEY)
    assert hints.find(KEY) is None
    assert list(saved(hints)) == []


def test_nothing_is_written_where_nothing_changed(tmp_path: Path) -> None:
    hints = Hints(HostFiles(tmp_path))
    assert hints.text() is None
    hints.failed(KEY, 1.0, "x", DEFAULT)
    assert hints.text() is not None
    assert hints.text() is None


def test_a_damaged_file_costs_only_hints(tmp_path: Path) -> None:
    files = HostFiles(tmp_path)
    hints = Hints(files)
    hints.failed(KEY, 1000.0, "Connection refused", DEFAULT)
    files.write_text(FILE, f"rubbish\n{hints.text()}[1]\n" + '{"key": "x"}\n')
    again = Hints(files)
    assert again.load() == f"{FILE}, line 1: not a retry record; it is ignored"
    assert [key for key, _ in again] == [KEY]
