"""``labmail demo``: a letter in the terminal, quick, at any width, and the README's picture."""

from __future__ import annotations

import re
import subprocess
import sys
import time
from pathlib import Path

import pytest
from rich.cells import cell_len

from labmail.commands import demo, main

ROOT = Path(__file__).parents[2]
PICTURE = ROOT / "docs/pictures/journey.svg"
ESCAPE = "\x1b["


def told(capsys: pytest.CaptureFixture[str], *words: str) -> str:
    assert main(["demo", *words]) == 0
    return capsys.readouterr().out


@pytest.mark.parametrize("columns", [60, 80, 120, 200])
def test_the_story_fits_the_terminal(
    columns: int, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("COLUMNS", str(columns))
    out = told(capsys)
    assert max(map(cell_len, out.splitlines())) <= min(columns, demo.WIDEST)
    words = " ".join(out.split())
    for part in (
        "Alice <alice@example.com> writes to Bob <bob@ask.com>.",
        "Alice ━━ mail.example.com ━━ mail.ask.com ━━ Bob",
        "Which router takes bob@ask.com?",
        "✓ bob@ask.com: delivered",
        "make lab",
    ):
        assert part in words, part


def test_every_step_of_the_story_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    out = told(capsys)
    numbers = [int(n) for n in re.findall(r"(?m)^ {2,3}(\d+) [\d.]+ s ", out)]
    assert numbers == list(range(1, 17))
    for chapter in ("Alice sends it", "finds the way", "ask.com takes it", "Bob fetches it"):
        assert f"{chapter}  ──" in out


def test_reasons_and_dialogue_are_told_when_asked_for(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("COLUMNS", "120")
    plain, why, spoken = told(capsys), told(capsys, "--why"), told(capsys, "--dialogue")
    assert "system_aliases" not in plain and "· system_aliases" in why
    assert "C: RCPT TO:<bob@ask.com>" not in plain and "C: RCPT TO:<bob@ask.com>" in spoken
    assert "C: AUTH PLAIN ***" in spoken


def test_there_are_colours_on_a_terminal_only(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert ESCAPE not in told(capsys)
    monkeypatch.setattr(demo, "PAUSE", 0.0)
    monkeypatch.setenv("FORCE_COLOR", "1")
    monkeypatch.setenv("TERM", "xterm-256color")
    coloured = told(capsys)
    assert ESCAPE in coloured
    monkeypatch.delenv("FORCE_COLOR")
    bare = re.sub(r"\x1b\[[0-9;]*m", "", coloured)
    mine = re.sub(r"[\d.]+ s on yours", "", bare), re.sub(r"[\d.]+ s on yours", "", told(capsys))
    assert mine[0] == mine[1], "colour says no more than the words"


def test_a_town_of_ones_own_is_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    town = tmp_path / "village.toml"
    town.write_text(
        '[hosts."mail.village.test"]\naddress = "192.0.2.25"\n'
        'services = ["smtp", "submission", "pop3"]\ndomains = ["village.test"]\n'
        '[users."ann@village.test"]\n'
    )
    out = told(capsys, str(town))
    assert "Ann <ann@village.test> writes to Ann <ann@village.test>." in out
    assert "✓ ann@village.test: delivered" in out


def test_a_town_without_people_is_a_mistake_that_is_explained(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    town = tmp_path / "desert.toml"
    town.write_text('[hosts."mail.desert.test"]\naddress = "192.0.2.25"\nservices = ["smtp"]\n')
    assert main(["demo", str(town)]) == 1
    assert "nobody lives in desert" in capsys.readouterr().err


def test_it_takes_less_than_ten_seconds_and_ends_cleanly() -> None:
    began = time.monotonic()
    argv = [sys.executable, "-X", "dev", "-c", "import sys; from labmail.commands import main; "]
    argv[-1] += "sys.exit(main(['demo']))"
    done = subprocess.run(argv, cwd=ROOT, capture_output=True, text=True, timeout=60)
    assert done.returncode == 0
    assert done.stderr == ""
    assert time.monotonic() - began < 10


def test_a_pipe_that_closes_early_is_no_catastrophe() -> None:
    code = "import sys; from labmail.commands import main; sys.exit(main(['demo']))"
    child = subprocess.Popen(
        [sys.executable, "-c", code],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    assert child.stdout and child.stderr
    child.stdout.readline()
    child.stdout.close()
    said = child.stderr.read().decode()
    child.stderr.close()
    assert child.wait(30) in (0, 1)
    assert "Traceback" not in said


def test_the_readmes_picture_is_the_journey_as_it_is_now(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    fresh = tmp_path / "journey.svg"
    assert "16 steps" in told(capsys, "--picture", str(fresh))
    cure = "labmail demo --picture docs/pictures/journey.svg"
    assert PICTURE.read_text("utf-8") == fresh.read_text("utf-8"), cure


def test_the_picture_stands_alone() -> None:
    svg = PICTURE.read_text("utf-8")
    assert svg.startswith("<svg ") and "<script" not in svg
    assert not re.search(r"(href|src|url)\s*[=(]\s*[\"']?(?!#)[\w/]", svg), "it fetches something"


def test_a_picture_that_cannot_be_written_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["demo", "--picture", "/no/such/folder/x.svg"]) == 1
    assert "/no/such/folder/x.svg" in capsys.readouterr().err
