"""The spool: what is on the disk after a power cut at every single step, and what is put aside."""

from __future__ import annotations

import errno
import os
import shutil
from pathlib import Path

import pytest

from labmail.message.field import Field
from labmail.mta.spool import ASIDE, INPUT, Spool
from labmail.mta.spoolfile import SpoolFormatError, SpoolHeader
from labmail.world import Disk, HostFiles

from ..store.power import Forgetful, PowerCut, Recorder, until_the_cut

ID = "1vwz8C-000001-00"
BODY = b"Noon?\r\n.\r\nFrom me\r\n"


def head(*, done: tuple[str, ...] = (), message_id: str = ID) -> SpoolHeader:
    return SpoolHeader(
        id=message_id,
        sender="alice@example.com",
        received=1772442000.0,
        recipients=("bob@ask.com", "carol@ask.com"),
        done=frozenset(done),
        fields=(Field(b"Subject: Lunch\r\n"),),
        variables={"_letter": "alice@example.com/1"},
    )


def waiting(files: HostFiles) -> list[tuple[str, ...]]:
    """For each letter in the spool, who still waits; every one must be whole."""
    spool = Spool(files)
    found = spool.load()
    for letter in found.letters:
        assert spool.body(letter.id) == BODY
        assert letter.fields == head().fields
    return [tuple(each.address for each in letter.waiting) for letter in found.letters]


# ── the order of things ──────────────────────────────────────────────────────────────────────────


def test_both_files_are_synced_before_the_name_counts(tmp_path: Path) -> None:
    disk = Recorder()
    Spool(HostFiles(tmp_path, disk)).store(head(), BODY)
    assert disk.calls == [
        ("write", f"{ID}-D"),
        ("write", f"{ID}-D"),
        ("fsync", f"{ID}-D"),
        ("write", f"hdr.{ID}"),
        ("fsync", f"hdr.{ID}"),
        ("rename", f"{ID}-H"),
        ("sync folder", "input"),
    ]


def test_a_letter_leaves_by_its_head(tmp_path: Path) -> None:
    disk = Recorder()
    spool = Spool(HostFiles(tmp_path, disk))
    spool.store(head(), BODY)
    spool.note_done(ID, ["bob@ask.com"])
    disk.calls.clear()
    spool.remove(ID)
    assert disk.calls[:4] == [
        ("unlink", f"{ID}-H"),
        ("sync folder", "input"),
        ("unlink", f"{ID}-D"),
        ("unlink", f"{ID}-J"),
    ]
    assert os.listdir(tmp_path / INPUT[1:]) == []


# ── power cuts ───────────────────────────────────────────────────────────────────────────────────

linux = pytest.mark.only_on("linux")


class Host:
    """A host on a disk that forgets, with a spool folder that is durable already."""

    def __init__(self, tmp: Path, *, with_letter: bool = False) -> None:
        self.tmp = tmp
        root = tmp / "host"
        root.mkdir(parents=True)
        HostFiles(root).mkdir(INPUT)
        if with_letter:
            Spool(HostFiles(root)).store(head(), BODY)
        self.disk = Forgetful(root)
        self.spool = Spool(HostFiles(root, self.disk))

    def afterwards(self) -> list[list[tuple[str, ...]]]:
        """Who waits when nothing unsynced was kept, and when all of it was."""
        pessimist = self.disk.after_the_cut(self.tmp / "pessimist")
        shutil.copytree(self.tmp / "host", self.tmp / "optimist")
        return [waiting(pessimist), waiting(HostFiles(self.tmp / "optimist"))]


@linux
def test_a_letter_is_there_whole_or_was_never_accepted(tmp_path: Path) -> None:
    whole = ("bob@ask.com", "carol@ask.com")
    steps, accepted = 0, False
    while not accepted:
        steps += 1
        host = Host(tmp_path / str(steps))
        with until_the_cut(host.disk, steps):
            host.spool.store(head(), BODY)
            accepted = True
        for found in host.afterwards():
            assert found == [whole] if accepted else found in ([], [whole])
    assert steps > 8


@linux
def test_who_is_done_is_never_forgotten(tmp_path: Path) -> None:
    steps, noted, finished = 0, False, False
    while not finished:
        steps += 1
        noted = False
        host = Host(tmp_path / str(steps), with_letter=True)
        with until_the_cut(host.disk, steps):
            host.spool.note_done(ID, ["bob@ask.com"])
            noted = True
            host.spool.update(head(done=("bob@ask.com",)))
            finished = True
        for found in host.afterwards():
            rest = [("carol@ask.com",)]
            assert found == rest if noted else found in (rest, [("bob@ask.com", "carol@ask.com")])


@linux
def test_a_letter_that_leaves_is_gone_or_still_whole(tmp_path: Path) -> None:
    steps, gone = 0, False
    while not gone:
        steps += 1
        host = Host(tmp_path / str(steps), with_letter=True)
        with until_the_cut(host.disk, steps):
            host.spool.remove(ID)
            gone = True
        for found in host.afterwards():
            assert found == [] if gone else found in ([], [("bob@ask.com", "carol@ask.com")])


# ── a full disk ──────────────────────────────────────────────────────────────────────────────────


class Filling(Disk):
    """A disk that is full from the n-th write on."""

    def __init__(self, room: int) -> None:
        super().__init__()
        self.room = room

    def write(self, fd: int, data: bytes) -> None:
        self.room -= 1
        if self.room < 0:
            raise OSError(errno.ENOSPC, "No space left on device")
        super().write(fd, data)


@pytest.mark.parametrize("room", range(3))
def test_a_full_disk_leaves_nothing_behind(room: int, tmp_path: Path) -> None:
    spool = Spool(HostFiles(tmp_path, Filling(room)))
    with pytest.raises(OSError, match="No space left"):
        spool.store(head(), BODY)
    assert os.listdir(tmp_path / INPUT[1:]) == []


# ── starting ─────────────────────────────────────────────────────────────────────────────────────


@pytest.fixture
def files(tmp_path: Path) -> HostFiles:
    files = HostFiles(tmp_path)
    Spool(files).store(head(), BODY)
    return files


def real(files: HostFiles, kind: str) -> Path:
    return files.real(f"{INPUT}/{ID}-{kind}")


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        (b"garbage", "line 1: expected the name of the file, found the end of the file"),
        (b"", "line 1: expected the name of the file, found the end of the file"),
        (b"1vwz8C-000009-00-H\nD 1 2\n<>\n0 0\nXX\n0\n\n", "found 1vwz8C-000009-00-H"),
    ],
)
def test_a_broken_head_is_put_aside_with_its_body(
    files: HostFiles, content: bytes, problem: str
) -> None:
    real(files, "H").write_bytes(content)
    found = Spool(files).load()
    assert found.letters == []
    assert [aside.file for aside in found.aside] == [f"{INPUT}/{ID}-H", f"{INPUT}/{ID}-D"]
    assert problem in found.aside[0].problem
    assert files.listdir(ASIDE) == [f"{ID}-D", f"{ID}-H"]
    assert files.listdir(INPUT) == []


def test_a_head_without_its_body_is_put_aside(files: HostFiles) -> None:
    real(files, "D").unlink()
    found = Spool(files).load()
    assert "the body is lost" in found.aside[0].problem
    assert files.listdir(ASIDE) == [f"{ID}-H"]


def test_a_body_without_its_head_was_never_accepted(files: HostFiles) -> None:
    real(files, "H").unlink()
    (aside,) = Spool(files).load().aside
    assert not aside.damaged
    assert files.listdir(ASIDE) == [f"{ID}-D"]


def test_one_broken_letter_does_not_stop_the_others(files: HostFiles) -> None:
    other = "1vwz8C-000002-00"
    Spool(files).store(head(message_id=other), BODY)
    real(files, "H").write_bytes(b"garbage")
    assert [letter.id for letter in Spool(files).load().letters] == [other]


def test_a_torn_last_line_of_the_journal_does_not_count(files: HostFiles) -> None:
    real(files, "J").write_bytes(b"carol@ask.com\nbob@ask.com")
    (letter,) = Spool(files).load().letters  # it might have been bob@ask.com.au
    assert [each.address for each in letter.waiting] == ["bob@ask.com"]


def test_a_strange_body_is_told(files: HostFiles) -> None:
    real(files, "D").write_bytes(b"something else\n")
    with pytest.raises(SpoolFormatError, match=f"expected {ID}-D"):
        Spool(files).body(ID)


def test_what_a_crash_left_half_written_is_cleared(files: HostFiles) -> None:
    files.real(f"{INPUT}/hdr.{ID}").write_bytes(b"half")
    files.real(f"{INPUT}/1vwz8C-000009-00-J").write_bytes(b"x@y.test\n")
    Spool(files).load()
    assert files.listdir(INPUT) == [f"{ID}-D", f"{ID}-H"]


def test_power_cuts_are_not_swallowed() -> None:
    assert issubclass(PowerCut, BaseException) and not issubclass(PowerCut, Exception)
