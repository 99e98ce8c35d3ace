"""``labmail update-exim4.conf`` on its command line."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from labmail.commands import main
from labmail.commands.update_exim4_conf import parser
from labmail.exim.debian.answers import DEFAULTS
from tests.exim.debian.hosts import Host


@pytest.fixture
def host(tmp_path: Path) -> Host:
    made = Host(tmp_path / "host").own_tree()
    made.answer(dc_eximconfig_configtype="local", CFILEMODE="640")
    return made


def run(host: Host, *words: str) -> int:
    given = ["-d", str(host.confdir), "--mailname", str(host.mailname)]
    return main(["update-exim4.conf", *given, *words])


def test_the_file_is_written_with_its_mode(host: Host) -> None:
    output = host.folder / "config"
    output.write_text("old")
    assert run(host, "-o", str(output)) == 0
    assert "ETC_MAILNAME=example.com\n" in output.read_text()
    assert output.stat().st_mode & 0o777 == 0o640
    assert sorted(path.name for path in host.folder.iterdir()) == ["config", "exim4", "mailname"]


def test_comments(host: Host) -> None:
    output = host.folder / "config"
    assert run(host, "--keepcomments", "-o", str(output)) == 0
    assert "# Routers: each address" in output.read_text()
    assert run(host, "--removecomments", "--output", str(output)) == 0
    assert "# Routers: each address" not in output.read_text()


def test_a_check_writes_nothing(host: Host, capsys: pytest.CaptureFixture[str]) -> None:
    output = host.folder / "config"
    assert run(host, "--check", "-o", str(output)) == 0
    host.write("exim4.conf.localmacros", "no_such_option = 1\n")
    assert run(host, "--check", "-o", str(output)) == 1
    assert "no_such_option" in capsys.readouterr().err
    assert not output.exists()


def test_what_would_change(host: Host, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(host, "--diff", "dc_eximconfig_configtype=internet") == 0
    told = capsys.readouterr().out
    assert "- DC_eximconfig_configtype=local\n+ DC_eximconfig_configtype=internet\n" in told
    assert "router nonlocal goes\n" in told
    assert "router dnslookup comes: dnslookup\n" in told


def test_where_addresses_would_go(host: Host, capsys: pytest.CaptureFixture[str]) -> None:
    words = ("--diff", "dc_eximconfig_configtype=smarthost", "--diff", "dc_smarthost=192.0.2.7")
    assert run(host, *words, "--ask", "bob@ask.com") == 0
    told = capsys.readouterr().out
    assert "  now       router smarthost, transport remote_smtp_smarthost, host 192.0.2.7" in told
    assert "  why       nonlocal refused it, and is gone; smarthost is new, and takes it\n" in told
    assert run(host, *words, "--ask", "bob@ask.com", "--json") == 0
    assert json.loads(capsys.readouterr().out)["decisions"][0]["changed"] is True
    assert run(host, *words, "--ask", "bob@@ask.com") == 1
    assert "update-exim4.conf: " in capsys.readouterr().err


def test_what_is_read_and_what_is_not(host: Host, capsys: pytest.CaptureFixture[str]) -> None:
    host.answer(dc_eximconfig_configtype="local", dc_use_split_config="true")
    host.write("conf.d/main/01_answers.bak", "")
    assert run(host, "-v", "-o", str(host.folder / "config")) == 0
    told = capsys.readouterr()
    assert told.out == f"using split configuration scheme from {host.confdir}/conf.d\n"
    assert told.err == f"ignoring file: {host.confdir}/conf.d/main/01_answers.bak\n"


@pytest.mark.parametrize("words", [["--nosuch"], ["word"], ["-o"]])
def test_words_that_nobody_knows(host: Host, words: list[str]) -> None:
    assert run(host, *words) == 1


def test_a_mistake_in_the_answers(host: Host, capsys: pytest.CaptureFixture[str]) -> None:
    host.write("update-exim4.conf.conf", "dc_smarthost=mail.ask.com\nrm -rf\n")
    assert run(host, "-o", str(host.folder / "config")) == 1
    assert "update-exim4.conf.conf, line 2: found 'rm -rf'" in capsys.readouterr().err


def test_a_folder_that_is_not_there(host: Host, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(host, "-o", str(host.folder / "no" / "config")) == 1
    assert "No such file or directory" in capsys.readouterr().err


def test_help(host: Host, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(host, "--help") == 0
    assert "--keepcomments" in capsys.readouterr().out


def test_the_page_about_it_names_all_options_and_answers() -> None:
    page = (Path(__file__).parents[3] / "docs" / "debian.md").read_text()
    options = [option for action in parser()._actions for option in action.option_strings]
    answers = [name for name in DEFAULTS if name not in ("dc_mailname_in_oh", "ue4c_keepcomments")]
    missing = [word for word in (*options, *answers) if f"`{word}" not in page]
    assert missing == ["-h", "--help"]
