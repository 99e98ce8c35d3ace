"""A power cut takes what was not synced, and nothing else."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from labmail.world import HostFiles, PowerCut, PoweredDisk

NEW = os.O_WRONLY | os.O_CREAT | os.O_EXCL
pytestmark = pytest.mark.only_on("linux")


@pytest.fixture
def disk(tmp_path: Path) -> PoweredDisk:
    (tmp_path / "old").write_bytes(b"of old")
    (tmp_path / "box").mkdir()
    disk = PoweredDisk()
    disk.remember(tmp_path)
    return disk


def cut(disk: PoweredDisk) -> None:
    disk.die()
    disk.forget()
    disk.revive()


def make(disk: PoweredDisk, path: Path, content: bytes, *, sync: bool) -> int:
    fd = disk.open(path, NEW)
    disk.write(fd, content)
    if sync:
        disk.fsync(fd)
    return fd


def found(root: Path) -> dict[str, bytes]:
    return {p.name: p.read_bytes() for p in root.rglob("*") if p.is_file()}


@pytest.mark.parametrize(
    ("content", "name", "left"),
    [(False, False, {}), (True, False, {}), (False, True, {"a": b""}), (True, True, {"a": b"new"})],
)
def test_a_new_file_lasts_when_its_content_and_its_name_were_synced(
    content: bool, name: bool, left: dict[str, bytes], disk: PoweredDisk, tmp_path: Path
) -> None:
    make(disk, tmp_path / "a", b"new", sync=content)
    if name:
        disk.sync_folder(tmp_path)
    cut(disk)
    assert found(tmp_path) == {"old": b"of old", **left}


def test_what_was_added_behind_the_last_sync_is_gone(disk: PoweredDisk, tmp_path: Path) -> None:
    fd = disk.open(tmp_path / "old", os.O_WRONLY | os.O_APPEND)
    disk.write(fd, b", and")
    disk.fsync(fd)
    disk.write(fd, b" new")
    cut(disk)
    assert found(tmp_path) == {"old": b"of old, and"}


def test_a_rename_and_a_removal_last_when_their_folder_was_synced(
    disk: PoweredDisk, tmp_path: Path
) -> None:
    fd = make(disk, tmp_path / "a", b"a", sync=True)
    disk.sync_folder(tmp_path)
    disk.rename(tmp_path / "a", tmp_path / "box" / "b")
    disk.write(fd, b"b")
    disk.fsync(fd)  # a file that has another name by now
    disk.unlink(tmp_path / "old")
    disk.sync_folder(tmp_path / "box")
    cut(disk)
    assert found(tmp_path) == {"old": b"of old", "a": b"ab", "b": b"ab"}


def test_a_file_that_takes_the_place_of_another_does_not_get_its_content(
    disk: PoweredDisk, tmp_path: Path
) -> None:
    disk.unlink(tmp_path / "old")
    for number in range(20):  # one of them is given the old one's inode
        make(disk, tmp_path / f"{number}", b"x", sync=False)
    cut(disk)
    assert found(tmp_path) == {"old": b"of old"}


def test_whole_files_are_old_or_new(disk: PoweredDisk, tmp_path: Path) -> None:
    files = HostFiles(tmp_path, disk)
    files.write_text("/old", "whole")
    files.append("/old", " and more")
    files.append("/log", "a line\n")
    cut(disk)
    assert found(tmp_path) == {"old": b"whole"}


def test_without_power_nothing_can_be_done_and_with_it_everything(
    disk: PoweredDisk, tmp_path: Path
) -> None:
    fd = make(disk, tmp_path / "a", b"a", sync=True)
    disk.die()
    deeds = [
        lambda: disk.open(tmp_path / "old", os.O_RDONLY),
        lambda: disk.write(fd, b""),
        lambda: disk.fsync(fd),
        lambda: disk.truncate(fd, 0),
        lambda: disk.close(fd),
        lambda: disk.rename(tmp_path / "a", tmp_path / "b"),
        lambda: disk.link(tmp_path / "a", tmp_path / "b"),
        lambda: disk.unlink(tmp_path / "a"),
        lambda: disk.mkdir(tmp_path / "c"),
        lambda: disk.sync_folder(tmp_path),
    ]
    for deed in deeds:
        with pytest.raises(PowerCut):
            deed()
    disk.forget()
    disk.revive()
    with pytest.raises(OSError):  # the program that had it open is no more
        os.fstat(fd)
    make(disk, tmp_path / "a", b"again", sync=True)
    assert (tmp_path / "a").read_bytes() == b"again"


def test_in_a_sealed_folder_nothing_changes(disk: PoweredDisk, tmp_path: Path) -> None:
    fd = make(disk, tmp_path / "box" / "a", b"a", sync=True)
    disk.seal(tmp_path / "box")
    deeds = [
        lambda: disk.open(tmp_path / "box" / "b", NEW),
        lambda: disk.write(fd, b"b"),
        lambda: disk.truncate(fd, 0),
        lambda: disk.rename(tmp_path / "box" / "a", tmp_path / "a"),
        lambda: disk.link(tmp_path / "old", tmp_path / "box" / "old"),
        lambda: disk.unlink(tmp_path / "box" / "a"),
        lambda: disk.mkdir(tmp_path / "box" / "c"),
    ]
    for deed in deeds:
        with pytest.raises(OSError, match="Read-only"):
            deed()
    disk.close(disk.open(tmp_path / "box" / "a", os.O_RDONLY))
    make(disk, tmp_path / "c", b"elsewhere", sync=True)
    disk.unseal(tmp_path / "box")
    disk.write(fd, b"b")
    assert found(tmp_path) == {"old": b"of old", "a": b"ab", "c": b"elsewhere"}


def test_a_power_cut_that_never_comes_leaves_everything(disk: PoweredDisk, tmp_path: Path) -> None:
    make(disk, tmp_path / "a", b"a", sync=False)
    disk.relax()
    disk.forget()
    assert found(tmp_path) == {"old": b"of old", "a": b"a"}
