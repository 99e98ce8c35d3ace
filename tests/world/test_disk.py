"""The disk: safety rests on the order of its calls, and a full one is an error, not a loss."""

import errno
import os
import threading

import pytest

from labmail.world import Disk, HostFiles


class Witness(Disk):
    """Notes each call, and can be told to fail at one."""

    def __init__(self, fails_at=None):
        super().__init__()
        self.calls, self.fails_at = [], fails_at

    def _note(self, name):
        self.calls.append(name)
        if name == self.fails_at:
            raise OSError(errno.EIO, "Input/output error")

    def write(self, fd, data):
        self._note("write")
        super().write(fd, data)

    def fsync(self, fd):
        self._note("fsync")
        super().fsync(fd)

    def close(self, fd):
        super().close(fd)
        self._note("close")

    def rename(self, source, target):
        self._note("rename")
        super().rename(source, target)

    def sync_folder(self, path):
        self._note("sync_folder")
        super().sync_folder(path)


def no_space():
    return pytest.raises(OSError, match="No space left on device")


def test_content_is_synced_before_the_name_and_the_name_before_the_return(tmp_path):
    disk = Witness()
    disk.replace(tmp_path / "aliases", b"new")
    assert disk.calls == ["write", "fsync", "close", "rename", "sync_folder"]
    assert (tmp_path / "aliases").read_bytes() == b"new"
    assert os.listdir(tmp_path) == ["aliases"]


@pytest.mark.parametrize("step", ["write", "fsync", "close", "rename"])
def test_a_step_that_fails_leaves_the_old_file_and_nothing_else(tmp_path, step):
    (tmp_path / "aliases").write_bytes(b"old")
    with pytest.raises(OSError, match="Input/output"):
        Witness(step).replace(tmp_path / "aliases", b"new")
    assert (tmp_path / "aliases").read_bytes() == b"old"
    assert os.listdir(tmp_path) == ["aliases"]


def test_no_descriptor_is_left_when_a_write_fails(tmp_path):
    before = os.listdir("/proc/self/fd") if os.path.isdir("/proc/self/fd") else []
    for _ in range(10):
        with pytest.raises(OSError, match="Input/output"):
            Witness("write").replace(tmp_path / "aliases", b"new")
    after = os.listdir("/proc/self/fd") if os.path.isdir("/proc/self/fd") else []
    assert len(after) <= len(before)


def test_two_who_replace_the_same_file_do_not_mix(tmp_path):
    disk, path = Disk(), tmp_path / "hints"
    texts = [bytes([65 + n]) * 50_000 for n in range(4)]

    def write(text):
        for _ in range(20):
            disk.replace(path, text)

    writers = [threading.Thread(target=write, args=(text,)) for text in texts]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()
    assert path.read_bytes() in texts
    assert os.listdir(tmp_path) == ["hints"]


def test_a_full_disk_refuses_whatever_needs_room(tmp_path):
    disk = Disk()
    old = tmp_path / "old"
    old.write_bytes(b"old")
    fd = disk.open(old, os.O_WRONLY)
    disk.full = True
    with no_space():
        disk.write(fd, b"more")
    for attempt in (
        lambda: disk.open(tmp_path / "new", os.O_WRONLY | os.O_CREAT),
        lambda: disk.replace(old, b"new"),
        lambda: disk.link(old, tmp_path / "lock"),
        lambda: disk.mkdir(tmp_path / "folder"),
    ):
        with no_space():
            attempt()
    assert os.listdir(tmp_path) == ["old"]
    assert old.read_bytes() == b"old"
    disk.fsync(fd)
    disk.close(fd)


def test_a_full_disk_still_gives_room_back(tmp_path):
    disk = Disk()
    for name in ("a", "b"):
        (tmp_path / name).write_bytes(b"x" * 10)
    disk.full = True
    disk.unlink(tmp_path / "a")
    disk.rename(tmp_path / "b", tmp_path / "c")
    disk.mkdir(tmp_path)
    fd = disk.open(tmp_path / "c", os.O_RDWR | os.O_CREAT)
    disk.truncate(fd, 3)
    disk.close(fd)
    disk.sync_folder(tmp_path)
    assert (tmp_path / "c").read_bytes() == b"xxx"
    disk.full = False
    disk.replace(tmp_path / "c", b"room again")
    assert (tmp_path / "c").read_bytes() == b"room again"


def test_a_host_on_a_full_disk(tmp_path):
    files = HostFiles(tmp_path / "host")
    files.write_text("/etc/mailname", "example.com\n")
    files.disk.full = True
    for attempt in (files.write_text, files.append):
        for path in ("/etc/mailname", "/var/log/exim4/mainlog"):
            with no_space():
                attempt(path, "more\n")
    assert files.read_text("/etc/mailname") == "example.com\n"
    assert files.listdir("/etc") == ["mailname"]


def test_a_link_is_the_safe_lock_of_old(tmp_path):
    disk = Disk()
    (tmp_path / "mine").write_bytes(b"")
    disk.link(tmp_path / "mine", tmp_path / "lock")
    with pytest.raises(FileExistsError):
        disk.link(tmp_path / "mine", tmp_path / "lock")


def test_descriptors_do_not_go_to_child_processes(tmp_path):
    disk = Disk()
    fd = disk.open(tmp_path / "x", os.O_WRONLY | os.O_CREAT)
    assert not os.get_inheritable(fd)
    disk.close(fd)


def test_a_write_is_a_whole_one(tmp_path, monkeypatch):
    """write(2) may take less than it was given: the rest must follow."""
    real = os.write
    monkeypatch.setattr(os, "write", lambda fd, data: real(fd, bytes(data)[:7]))
    disk = Disk()
    disk.replace(tmp_path / "x", b"longer than seven bytes")
    assert (tmp_path / "x").read_bytes() == b"longer than seven bytes"
