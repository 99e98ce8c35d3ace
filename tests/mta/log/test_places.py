"""Where lines go: files with dates, syslog, a letter's own log; and if they cannot be written."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from labmail.mta import log
from labmail.mta.log.places import Places, file_name
from labmail.world import HostFiles, World, simulate

from ..fakes import orders

NOON = 1772442000.0


def logged(tmp: Path, main: str, act: Callable[[log.Logs, HostFiles], None]) -> HostFiles:
    """What a configuration with such main options leaves of ``act``."""

    async def play(world: World) -> HostFiles:
        files = HostFiles(tmp)
        logs = log.Logs(files, world.clock)
        logs.obey(orders(tmp, "", main=main))
        act(logs, files)
        return files

    return simulate(play)


@pytest.mark.parametrize(
    ("path", "main", "panic"),
    [
        ("/l/%slog-%D", "/l/mainlog-20260302", "/l/paniclog"),
        ("/l/exim-%s-%D.log", "/l/exim-main-20260302.log", "/l/exim-panic.log"),
        ("/l/%D-%slog", "/l/20260302-mainlog", "/l/paniclog"),
        ("/l/%s.%M", "/l/main.202603", "/l/panic"),
    ],
)
def test_names_with_a_date(path: str, main: str, panic: str) -> None:
    assert file_name(path, "main", NOON) == main
    assert file_name(path, "panic", NOON) == panic


def test_the_list() -> None:
    assert Places.read("", "/spool") == Places("/spool/log/%slog")
    assert Places.read("syslog", "/s") == Places("", True)
    assert Places.read("syslog : /l/%s", "/s") == Places("/l/%s", True)
    assert Places.read(" : syslog", "/s") == Places("/var/log/exim4/%slog", True)
    assert Places.read("relative", "/s").problem
    assert Places.read("/a/%s : /b/%s", "/s").path == "/a/%s"


def test_another_place_and_no_reject_log(tmp_path: Path) -> None:
    def act(logs: log.Logs, files: HostFiles) -> None:
        logs.reject("no")

    main = "log_file_path = /srv/${uc:x}/%slog\nwrite_rejectlog = false\n"
    files = logged(tmp_path, main, act)
    assert files.listdir("/srv/X") == ["mainlog"]


def test_syslog(tmp_path: Path) -> None:
    def act(logs: log.Logs, files: HostFiles) -> None:
        logs.reject("no", "1vwz8C-000001-00")
        logs.main("x" * 900)

    main = "log_file_path = syslog\nsyslog_timestamp = false\nsyslog_duplication = false\n"
    files = logged(tmp_path, main, act)
    lines = files.read_text("/var/log/syslog").splitlines()
    assert lines[0] == "Mar  2 09:00:00 mx1 exim[1]: 1vwz8C-000001-00 no"
    assert lines[1:] == [
        f"Mar  2 09:00:00 mx1 exim[1]: [1/2] {'x' * 870}",
        f"Mar  2 09:00:00 mx1 exim[1]: [2/2] {'x' * 30}",
    ]
    assert not files.exists("/var/log/exim4/mainlog")


def test_whoever_renames_a_log_finds_the_next_line_in_a_new_one(tmp_path: Path) -> None:
    def act(logs: log.Logs, files: HostFiles) -> None:
        logs.main("one")
        files.real("/var/log/exim4/mainlog").rename(files.real("/var/log/exim4/mainlog.1"))
        logs.main("two")

    files = logged(tmp_path, "", act)
    assert files.read_text("/var/log/exim4/mainlog") == "2026-03-02 09:00:00 two\n"


def test_a_log_that_cannot_be_written(tmp_path: Path) -> None:
    def act(logs: log.Logs, files: HostFiles) -> None:
        files.mkdir("/var/log/exim4/mainlog")  # a folder is in its way
        logs.main("one")
        assert logs.lost == ["mainlog: Is a directory: 2026-03-02 09:00:00 one"]

    files = logged(tmp_path, "", act)
    assert files.read_text("/var/log/exim4/paniclog") == (
        "2026-03-02 09:00:00 cannot write mainlog: Is a directory: 2026-03-02 09:00:00 one\n"
    )


def test_what_is_not_selected_is_not_written(tmp_path: Path) -> None:
    def act(logs: log.Logs, files: HostFiles) -> None:
        logs.main("Start queue run", when="queue_run")
        logs.main("kept")

    files = logged(tmp_path, "log_selector = -queue_run +pid\n", act)
    assert files.read_text("/var/log/exim4/mainlog") == "2026-03-02 09:00:00 [1] kept\n"


@pytest.mark.parametrize(("option", "left"), [("", []), ("preserve_message_logs\n", ["<id>"])])
def test_the_log_of_a_letter(tmp_path: Path, option: str, left: list[str]) -> None:
    def act(logs: log.Logs, files: HostFiles) -> None:
        logs.note("<id>", "Received from ann@lab.test")
        logs.keep("<id>")
        assert files.listdir("/var/spool/exim4/msglog") == ["<id>"]
        logs.note("<id>", "*** Frozen", stamped=False)
        logs.keep("<id>")
        assert files.read_text("/var/spool/exim4/msglog/<id>") == (
            "2026-03-02 09:00:00 Received from ann@lab.test\n*** Frozen\n"
        )
        (logs.preserve if logs.preserved else logs.forget)("<id>")

    files = logged(tmp_path, option, act)
    old = "/var/spool/exim4/msglog.OLD"
    assert (files.listdir(old) if files.exists(old) else []) == left


def test_no_logs_of_letters(tmp_path: Path) -> None:
    def act(logs: log.Logs, files: HostFiles) -> None:
        logs.note("<id>", "x")
        logs.keep("<id>")

    files = logged(tmp_path, "message_logs = false\n", act)
    assert not files.exists("/var/spool/exim4/msglog")
