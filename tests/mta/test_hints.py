"""Hints: what is remembered of hosts that failed, in memory and on the disk."""

import shutil
import sqlite3
from pathlib import Path

import pytest

from labmail.mta import DEFAULT
from labmail.mta.hosts import Host
from labmail.mta.retry.hints import Hints, host_key
from labmail.mta.retry.hintsfile import ASIDE, FILE
from labmail.world import HostFiles

KEY = "T:mail.ask.com:128.10.30.2"


def saved(hints: Hints) -> Hints:
    """The hints after a restart."""
    hints.save(hints.changes())
    hints.close()
    again = Hints(hints.file.files)
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


def test_only_what_has_changed_is_written(tmp_path: Path) -> None:
    hints = Hints(HostFiles(tmp_path))
    assert hints.changes() == {}
    first = hints.failed(KEY, 1.0, "x", DEFAULT, errno=111)
    assert hints.changes() == {KEY: first} and hints.changes() == {}
    other = hints.failed("T:bob@ask.com", 2.0, "y", DEFAULT)
    hints.worked(KEY)
    assert hints.changes() == {KEY: None, "T:bob@ask.com": other}


def test_one_file_is_left_and_anybody_can_read_it(tmp_path: Path) -> None:
    files = HostFiles(tmp_path)
    hints = Hints(files)
    hints.failed(KEY, 1000.0, "Connection refused", DEFAULT, errno=111)
    again = saved(hints)
    assert again.find(KEY) == hints.find(KEY)
    again.close()
    assert files.listdir("/var/spool/exim4/db") == ["retry.sqlite"]
    with sqlite3.connect(files.real(FILE)) as opened:
        (row,) = opened.execute("select key, next_try, errno, problem from retry")
    opened.close()
    assert row == (KEY, 1900.0, 111, "Connection refused")


@pytest.mark.parametrize("octets", [b"rubbish" * 500, b"", b"SQLite format 3\0" + b"\xff" * 4096])
def test_a_damaged_file_is_put_aside_and_begun_anew(octets: bytes, tmp_path: Path) -> None:
    files = HostFiles(tmp_path)
    files.mkdir("/var/spool/exim4/db")
    files.real(FILE).write_bytes(octets)
    hints = Hints(files)
    problem = hints.load()
    assert list(hints) == []
    if octets:
        assert problem.startswith(f"{FILE}: ") and f"kept as {ASIDE}, and every" in problem
        assert files.read_bytes(ASIDE) == octets
    hints.failed(KEY, 1000.0, "Connection refused", DEFAULT)
    assert [key for key, _ in saved(hints)] == [KEY]


def test_a_record_that_is_none_is_damage(tmp_path: Path) -> None:
    hints = Hints(HostFiles(tmp_path))
    hints.failed(KEY, 1000.0, "x", DEFAULT)
    hints.save(hints.changes())
    hints.close()
    with sqlite3.connect(hints.file.files.real(FILE)) as opened:
        opened.execute("update retry set next_try = 'soon'")
    opened.close()
    again = Hints(hints.file.files)
    assert "expected a number, found 'soon'" in again.load() and list(again) == []


def test_what_was_saved_outlives_a_process_that_did_not_end_in_order(tmp_path: Path) -> None:
    """Nobody has closed the file: the newest changes lie beside it."""
    files = HostFiles(tmp_path / "one")
    hints = Hints(files)
    hints.failed(KEY, 1000.0, "x", DEFAULT)
    hints.save(hints.changes())
    shutil.copytree(tmp_path / "one", tmp_path / "two")
    again = Hints(HostFiles(tmp_path / "two"))
    assert again.load() == "" and again.find(KEY) == hints.find(KEY)
    again.close()
    hints.close()


def test_where_nothing_can_be_written(tmp_path: Path) -> None:
    files = HostFiles(tmp_path)
    files.write_text("/var/spool/exim4/db", "a file in the place of the folder")
    hints = Hints(files)
    hints.failed(KEY, 1000.0, "x", DEFAULT)
    with pytest.raises(OSError):
        hints.save(hints.changes())
