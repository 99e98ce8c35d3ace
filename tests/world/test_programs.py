"""Programs of a host: found in its tree alone, told no more than they need, and ended in time."""

from __future__ import annotations

import os
import time
from pathlib import Path

import pytest

from labmail.world import HostFiles, Programs


@pytest.fixture
def files(tmp_path: Path) -> HostFiles:
    return HostFiles(tmp_path / "host")


def script(files: HostFiles, path: str, text: str, mode: int = 0o755) -> str:
    files.mkdir(path.rpartition("/")[0])
    files.write_text(path, f"#!/bin/sh\n{text}\n")
    files.real(path).chmod(mode)
    return path


def test_it_reads_prints_and_ends(files: HostFiles) -> None:
    name = script(files, "/bin/count", "wc -c; echo $1; echo oops >&2; exit 3")
    ran = Programs(files).run([name, "a b"], b"12345")
    assert (ran.output.split(), ran.status) == ([b"5", b"a", b"b", b"oops"], 3)
    apart = Programs(files).run([name, "x"], b"", apart=True)
    assert (apart.output.split(), apart.errors) == ([b"0", b"x"], b"oops\n")


def test_it_is_told_no_more_than_it_should(files: HostFiles) -> None:
    name = script(files, "/bin/env", "env; pwd")
    files.mkdir("/home/bob")
    os.environ["LABMAIL_TEST_SECRET"] = "x"
    try:
        ran = Programs(files).run([name], environment={"HOME": "/home/bob"}, folder="/home/bob")
    finally:
        del os.environ["LABMAIL_TEST_SECRET"]
    lines = ran.output.decode().splitlines()
    home = str(files.real("/home/bob"))
    assert sorted(lines) == sorted(
        ["HOME=/home/bob", f"LAB_ROOT={files.root}", f"PWD={home}", home]
    )


@pytest.mark.parametrize(
    "name", ["/bin/sh", "/../../../../bin/sh", "/link", "/plain", "/home", "sh", "", "/bin/\0sh"]
)
def test_what_is_not_the_hosts_own_is_not_run(name: str, files: HostFiles) -> None:
    files.mkdir("/home")
    files.write_text("/plain", "#!/bin/sh\n")
    (files.root / "link").symlink_to("/bin/sh")
    ran = Programs(files).run([name])
    assert (ran.status, ran.output) == (127, b"")
    assert ran.problem


def test_what_the_town_lists_is_run(files: HostFiles) -> None:
    programs = Programs(files, {"/usr/bin/say": Path("/bin/echo")})
    assert programs.run(["/usr/bin/say", "hello"]).output == b"hello\n"
    assert programs.exists("/usr/bin/say")
    assert not programs.exists("/bin/echo")


def test_where_none_is_allowed_none_runs(files: HostFiles) -> None:
    name = script(files, "/bin/x", "exit 0")
    programs = Programs(files, {"/bin/y": Path("/bin/true")}, allowed=False)
    assert [programs.run([each]).status for each in (name, "/bin/y")] == [127, 127]


def test_it_is_ended_when_it_takes_too_long_and_its_children_too(files: HostFiles) -> None:
    name = script(files, "/bin/slow", "(sleep 2; touch $LAB_ROOT/late) & sleep 60")
    began = time.monotonic()
    ran = Programs(files).run([name], patience=0.3)
    assert ran.timed_out
    assert time.monotonic() - began < 2.0
    time.sleep(2.0)
    assert not files.exists("/late")


def test_it_is_ended_when_it_prints_too_much(files: HostFiles) -> None:
    ran = Programs(files).run([script(files, "/bin/much", "yes")], most=1000)
    assert ran.status == -9
    assert 1000 < len(ran.output) < 200_000


def test_one_that_does_not_read_does_not_block(files: HostFiles) -> None:
    ran = Programs(files).run([script(files, "/bin/deaf", "exit 0")], b"x" * 5_000_000)
    assert (ran.status, ran.timed_out) == (0, False)


def test_a_signal_is_a_negative_status(files: HostFiles) -> None:
    assert Programs(files).run([script(files, "/bin/kill", "kill -9 $$")]).status == -9
