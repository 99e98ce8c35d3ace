"""What was made of files is made again only when they say something else."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from labmail.world import HostFiles
from labmail.world.recall import Recall


@pytest.fixture
def files(tmp_path: Path) -> HostFiles:
    files = HostFiles(tmp_path)
    files.write_text("/etc/list", "a b")
    files.write_text("/etc/a", "first")
    return files


class Reader:
    """Makes a text of those files that ``/etc/list`` names, and counts how often."""

    def __init__(self) -> None:
        self.times = 0

    def __call__(self, files: HostFiles) -> str:
        self.times += 1
        names = files.read_text("/etc/list").split()
        return "+".join(
            files.read_text(f"/etc/{name}") if files.exists(f"/etc/{name}") else "none"
            for name in names
        )


def test_the_same_files_are_read_once(files: HostFiles, tmp_path: Path) -> None:
    recall, read = Recall[str](), Reader()
    assert [recall.get("k", files, read) for _ in range(3)] == ["first+none"] * 3
    assert read.times == 1
    elsewhere = HostFiles(tmp_path / "elsewhere")
    elsewhere.write_text("/etc/list", "a b")
    elsewhere.write_text("/etc/a", "first")
    assert recall.get("k", elsewhere, read) == "first+none"
    assert read.times == 1, "other files that say the same are as good"
    recall.get("another key", files, read)
    assert read.times == 2


@pytest.mark.parametrize(
    ("change", "then"),
    [
        (lambda files: files.write_text("/etc/a", "second"), "second+none"),
        (lambda files: files.write_text("/etc/b", "new"), "first+new"),
        (lambda files: files.write_text("/etc/list", "a"), "first"),
        (lambda files: files.real("/etc/a").unlink(), "none+none"),
    ],
)
def test_whatever_changes_is_seen(
    files: HostFiles, change: Callable[[HostFiles], None], then: str
) -> None:
    recall, read = Recall[str](), Reader()
    recall.get("k", files, read)
    change(files)
    assert recall.get("k", files, read) == then
    files.write_text("/etc/unread", "nobody asked for this one")
    assert recall.get("k", files, read) == then
    assert read.times == 2


def test_what_fails_is_not_kept_and_an_error_that_is_handled_is_an_answer(files: HostFiles) -> None:
    recall = Recall[str]()

    def careless(files: HostFiles) -> str:
        return files.read_text("/etc/missing")

    def careful(files: HostFiles) -> str:
        try:
            return careless(files)
        except FileNotFoundError:
            return "nothing"

    for _ in range(2):
        with pytest.raises(FileNotFoundError):
            recall.get("k", files, careless)
    assert recall.get("k", files, careful) == "nothing"
    files.write_text("/etc/missing", "found")
    assert recall.get("k", files, careful) == "found"


def test_the_oldest_is_forgotten(files: HostFiles) -> None:
    recall, read = Recall[str](most=2), Reader()
    for key in "abcab":
        recall.get(key, files, read)
    assert read.times == 5
    recall.get("b", files, read)
    assert read.times == 5
