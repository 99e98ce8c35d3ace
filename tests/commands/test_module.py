"""``python -m labmail`` is ``labmail``, for where that is not on the PATH."""

from __future__ import annotations

import subprocess
import sys

import pytest

from labmail.commands import main


def run(*words: str) -> subprocess.CompletedProcess[str]:
    argv = [sys.executable, "-m", "labmail", *words]
    return subprocess.run(argv, capture_output=True, text=True, timeout=60, check=False)


def test_it_answers_as_the_command() -> None:
    done = run("exim", "-be", "${uc:hello}")
    assert (done.stdout, done.stderr, done.returncode) == ("HELLO\n", "", 0)


def test_its_exit_code_is_the_commands(capsys: pytest.CaptureFixture[str]) -> None:
    done = run("exim", "-no-such-option")
    assert done.returncode == main(["exim", "-no-such-option"]) == 1
    assert done.stderr == capsys.readouterr().err
