"""The words of the command line and of the Makefile (starting/tasks.py)."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest

from starting import place, tasks

ROOT = Path(__file__).parents[2]


def test_the_makefile_says_what_start_py_does() -> None:
    words = re.search(r"^WORDS := (.*)$", (ROOT / "Makefile").read_text(), re.MULTILINE)
    assert words and set(words[1].split()) == set(tasks.TASKS)


@pytest.mark.peer("make")
@pytest.mark.parametrize("word", sorted(tasks.TASKS))
def test_each_word_of_make_is_one_call(word: str) -> None:
    argv = ["make", "--dry-run", "--no-print-directory", word, "PYTHON=python3.99", "ARGS=--port 1"]
    done = subprocess.run(argv, cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout == f"python3.99 start.py {word} --port 1\n"


def test_no_word_opens_the_lab() -> None:
    for argv in ([], ["--no-browser"], ["--here"], ["lab"]):
        assert tasks.parse(argv).task == "lab"
    assert tasks.parse(["--no-browser"]).browser is False
    assert tasks.parse(["lab", "--port", "8899"]).port == 8899


def test_more_words_go_to_the_program_that_is_run() -> None:
    assert tasks.parse(["test", "-k", "routers", "-x"]).rest == ["-k", "routers", "-x"]
    assert tasks.parse(["test", "--", "--here"]).rest == ["--here"]


@pytest.mark.parametrize("words", [[], ["-ra"], ["-x", "-q"], ["--durations=20"]])
def test_all_tests_are_run_by_several_processes(words: list[str]) -> None:
    assert "-n" in tasks.workers(words)


@pytest.mark.parametrize(
    "words", [["-k", "routers"], ["tests/smtp", "-x"], ["--pdb"], ["-ra", "-s"]]
)
def test_some_tests_are_run_by_one(words: list[str]) -> None:
    assert tasks.workers(words) == []


@pytest.mark.parametrize("argv", [["lab", "--colour"], ["clean", "work"], ["nonsense"]])
def test_a_word_too_many_is_refused(argv: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as end:
        tasks.parse(argv)
    assert end.value.code == 2
    assert "usage: start.py" in capsys.readouterr().err


def test_a_trouble_is_one_text_and_no_traceback(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def fail(place: object, args: object) -> int:
        raise tasks.Trouble("the disk is full.", "make room")

    monkeypatch.setitem(tasks.TASKS, "setup", fail)
    assert tasks.main(["setup"]) == 1
    assert capsys.readouterr().err == (
        "labmail cannot go on: the disk is full.\n\nWhat to do:\n  make room\n"
    )


def test_a_file_of_somebody_else_is_named(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def fail(place: object, args: object) -> int:
        raise PermissionError(13, "Permission denied", ".venv/bin/python")

    monkeypatch.setitem(tasks.TASKS, "setup", fail)
    assert tasks.main(["setup"]) == 1
    said = capsys.readouterr().err
    assert ".venv/bin/python may not be written" in said and "chown -R" in said


def test_clean_takes_what_was_made_here_and_never_work(tmp_path: Path) -> None:
    for folder in (".venv/lib", "work/.lab", "labmail/dns/__pycache__", ".ruff_cache", "notebooks"):
        (tmp_path / folder).mkdir(parents=True)
    (tmp_path / ".venv/.labmail").touch()
    (tmp_path / "work/__pycache__").mkdir()
    (tmp_path / "work/mine.ipynb").write_text("mine")
    args = tasks.parse(["clean"])
    assert tasks.clean(tasks.Place(tmp_path, here=False), args) == 0
    left = {str(path.relative_to(tmp_path)) for path in tmp_path.rglob("*")}
    assert left == {
        "labmail", "labmail/dns", "notebooks", "work", "work/.lab", "work/__pycache__",
        "work/mine.ipynb",
    }  # fmt: skip
    assert tasks.clean(tasks.Place(tmp_path, here=False), args) == 0, "twice is as well as once"


def test_clean_leaves_a_venv_that_is_not_ours(tmp_path: Path) -> None:
    (tmp_path / ".venv/bin").mkdir(parents=True)
    with pytest.raises(tasks.Trouble):
        tasks.clean(tasks.Place(tmp_path, here=False), tasks.parse(["clean"]))
    assert (tmp_path / ".venv/bin").exists()


def test_here_names_what_this_python_lacks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        place.importlib.metadata, "requires", lambda name: ["rich>=15", "no-such[x]>=1; x == 'y'"]
    )
    assert place.lacking() == ["no-such"]
    with pytest.raises(tasks.Trouble, match="lacks no-such"):
        tasks.Place(ROOT, here=True).ensure()
