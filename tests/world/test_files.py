"""A host's tree: its paths mean its own files, and no path leads out of it."""

import os
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from labmail.world import HostFiles


@pytest.fixture
def files(tmp_path):
    secret = tmp_path / "secret"
    secret.write_text("of the machine")
    return HostFiles(tmp_path / "host")


@pytest.fixture
def link(files):
    def make(where, target):
        real = files.root / where.lstrip("/")
        real.parent.mkdir(parents=True, exist_ok=True)
        os.symlink(target, real)

    return make


# -- reading and writing


def test_what_is_written_is_read(files):
    files.write_text("/etc/exim4/local", "line\n", 0o640)
    assert files.read_text("/etc/exim4/local") == "line\n"
    assert (files.root / "etc/exim4/local").stat().st_mode & 0o777 == 0o640
    assert files.listdir("/etc/exim4") == ["local"]
    files.write_text("/etc/exim4/local", "other\n")
    assert files.read_bytes("/etc/exim4/local") == b"other\n"
    assert files.listdir("/etc/exim4") == ["local"]


def test_logs_are_appended_to(files):
    for line in ("one\n", "two\n"):
        files.append("/var/log/exim4/mainlog", line)
    assert files.read_text("/var/log/exim4/mainlog") == "one\ntwo\n"


def test_bytes_that_are_no_utf8_come_back_as_they_were(files):
    path = files.mkdir("/etc") / "aliases"
    path.write_bytes(b"caf\xe9: bob\n")
    text = files.read_text("/etc/aliases")
    files.write_text("/etc/aliases", text)
    files.append("/etc/aliases", text)
    assert path.read_bytes() == b"caf\xe9: bob\n" * 2


def test_a_path_need_not_begin_with_a_slash(files):
    files.write_text("etc/mailname", "example.com\n")
    assert files.exists("/etc//./mailname")


def test_a_hosts_root_is_for_its_owner_only(files):
    assert files.root.stat().st_mode & 0o777 == 0o700


def test_what_is_not_there(files):
    assert not files.exists("/etc/nothing")
    with pytest.raises(FileNotFoundError):
        files.read_text("/etc/nothing")
    files.mkdir("/etc")
    with pytest.raises(IsADirectoryError):
        files.read_text("/etc")


@pytest.mark.parametrize("path", ["/", "/etc", "/etc/mailname", "/.forward", "/home/bob/.forward"])
def test_a_real_file_has_a_name_in_the_lab(files, path):
    assert files.lab_path(files.real(path)) == path


def test_a_real_file_elsewhere_has_none(files):
    with pytest.raises(ValueError, match="is not below"):
        files.lab_path(files.root.parent / "secret")


# -- ways out, all shut


@pytest.mark.parametrize(
    "path", ["../secret", "/../secret", "/etc/../../secret", "/a/../../../secret"]
)
def test_dots_stop_at_the_root(files, path):
    assert files.real(path) == files.root / "secret"
    assert not files.exists(path)
    with pytest.raises(FileNotFoundError):
        files.read_text(path)


@pytest.mark.parametrize("target", ["/etc/passwd", "../../../../etc/passwd", "/../../etc/passwd"])
def test_a_link_shows_the_hosts_own_file(files, link, target):
    link("/home/bob/link", target)
    assert not files.exists("/home/bob/link")
    with pytest.raises(FileNotFoundError):
        files.read_text("/home/bob/link")
    files.write_text("/etc/passwd", "root:x:0:0\n")
    assert files.read_text("/home/bob/link") == "root:x:0:0\n"


def test_a_link_to_a_real_path_outside_finds_nothing(files, link):
    link("/out", str(files.root.parent / "secret"))
    link("/folder", str(files.root.parent))
    assert not files.exists("/out")
    assert not files.exists("/folder/secret")
    files.write_text("/folder/secret", "of the host")
    assert (files.root.parent / "secret").read_text() == "of the machine"


def test_what_follows_a_link_is_read_from_there(files, link):
    files.write_text("/srv/mail/bob", "mbox")
    link("/var/mail", "../srv/mail")
    assert files.read_text("/var/mail/bob") == "mbox"
    assert files.real("/var/mail/../x") == files.root / "srv" / "x"
    assert files.lab_path(files.real("/var/mail/bob")) == "/srv/mail/bob"


def test_links_that_go_round(files, link):
    link("/a", "b")
    link("/b", "/a")
    link("/self", "self")
    for path in ("/a", "/b", "/self", "/self/x"):
        assert not files.exists(path)
        with pytest.raises(OSError, match="symbolic links"):
            files.read_text(path)


def test_forty_links_are_followed_and_no_more(files, link):
    files.write_text("/n0", "end")
    for n in range(1, 42):
        link(f"/n{n}", f"n{n - 1}")
    assert files.read_text("/n40") == "end"
    assert not files.exists("/n41")


@pytest.mark.parametrize("path", ["/etc/\0passwd", "\0", "/etc/passwd\0.txt"])
def test_a_name_with_nul_is_no_name(files, path):
    assert not files.exists(path)
    for attempt in (files.real, files.read_text, files.listdir, files.mkdir):
        with pytest.raises(FileNotFoundError):
            attempt(path)
    with pytest.raises(FileNotFoundError):
        files.write_text(path, "x")


def test_a_name_that_is_too_long_is_the_systems_error(files):
    with pytest.raises(OSError):
        files.read_text("/" + "x" * 300)
    assert not files.exists("/" + "x" * 300)


NAMES = st.sampled_from(["a", "b", "c", "etc"])
PARTS = st.lists(NAMES | st.just("..") | st.just("."), max_size=6).map("/".join)
PATHS = st.tuples(st.sampled_from(["", "/", "//", "../", "/../"]), PARTS).map("".join)


@settings(max_examples=150, deadline=None)
@given(links=st.lists(st.tuples(NAMES, NAMES, PATHS), max_size=6), path=PATHS)
def test_whatever_the_links_the_answer_lies_inside(tmp_path_factory, links, path):
    """A small tree with links of every kind: what is found is inside, and holds no link itself."""
    files = HostFiles(tmp_path_factory.mktemp("host"))
    for folder, name, target in links:
        where = files.root / folder
        if not where.is_symlink():
            where.mkdir(exist_ok=True)
            if target and not (where / name).exists() and not (where / name).is_symlink():
                os.symlink(target, where / name)
    try:
        real = files.real(path)
    except OSError:
        return  # a loop
    assert real == files.root or files.root in real.parents
    assert ".." not in real.parts
    assert Path(os.path.realpath(real)) == real
