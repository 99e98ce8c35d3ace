"""Who owns what on a host: by the host's accounts, whoever runs the lab."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from labmail.exim.routing.files import may_read
from labmail.mta.ownership import Owners
from labmail.mta.surroundings import HostTree
from labmail.world import HostFiles

PASSWD = (
    "root:x:0:0:root:/root:/bin/bash\nmail:x:8:8:mail:/var/mail:/bin/false\n"
    "Debian-exim:x:100:102::/var/spool/exim4:/bin/false\n"
    "bob:x:1001:1001:Bob:/home/bob:/bin/bash\nbobby:x:1002:1003:Bobby:/home/bobby:/bin/bash\n"
)


@pytest.fixture
def files(tmp_path: Path) -> HostFiles:
    old = os.umask(0o077)
    try:
        files = HostFiles(tmp_path / "host")
        files.write_text("/etc/passwd", PASSWD)
        files.write_text("/etc/group", "root:x:0:\nmail:x:8:\n")
        files.write_text("/home/bob/.forward", "alice@example.com\n")
        files.write_text("/etc/exim4/passwd.client", "")
    finally:
        os.umask(old)
    return files


@pytest.mark.parametrize(
    ("path", "owner"),
    [
        ("/home/bob", (1001, 1001)),
        ("/home/bob/Maildir/new/1", (1001, 1001)),
        ("/home/bobby/x", (1002, 1003)),
        ("/home/bobbyx", (0, 0)),
        ("/var/mail", (0, 8)),
        ("/var/mail/bob", (1001, 8)),
        ("/var/mail/nosuch", (0, 8)),
        ("/var/spool/exim4/input/1-H", (100, 102)),
        ("/etc/exim4/passwd.client", (0, 102)),
        ("/etc/aliases", (0, 0)),
        ("/", (0, 0)),
    ],
)
def test_files_belong_to_whom_the_accounts_say(files, path, owner):
    assert Owners(files).of(path) == owner


def test_the_engine_sees_owners_sizes_and_times(files):
    tree = HostTree(files)
    seen, real = tree.stat("/home/bob/.forward"), files.real("/home/bob/.forward").stat()
    assert (seen.st_uid, seen.st_gid) == (1001, 1001)
    assert (seen.st_size, seen.st_mtime_ns, seen.st_ino) == (
        real.st_size,
        real.st_mtime_ns,
        real.st_ino,
    )


def test_a_link_is_its_folders_and_what_it_leads_to_is_its_own(files):
    os.symlink("/etc/passwd", files.real("/home/bob/link"))
    tree = HostTree(files)
    assert tree.lstat("/home/bob/link").st_uid == 1001
    assert tree.stat("/home/bob/link").st_uid == 0


def test_everybody_gets_through_the_folders_whatever_the_umask(files):
    tree = HostTree(files)
    assert may_read(tree, "/home/bob/.forward", 1001, 1001)
    assert not may_read(tree, "/home/bob/.forward", 1002, 1003)


def test_a_new_account_counts_as_soon_as_somebody_looks_again(files):
    owners = Owners(files)
    assert owners.of("/home/eve/x") == (0, 0)
    files.write_text("/etc/passwd", PASSWD + "eve:x:1009:1009:Eve:/home/eve:/bin/sh\n")
    owners.look_again()
    assert owners.of("/home/eve/x") == (1009, 1009)
