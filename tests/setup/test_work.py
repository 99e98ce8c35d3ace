"""work/ is the student's: what start.py may and may not do in it (starting/work.py)."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from starting.trouble import Trouble
from starting.work import Refreshed, refresh


@pytest.fixture
def notebooks(tmp_path: Path) -> Path:
    folder = tmp_path / "notebooks"
    (folder / "pictures").mkdir(parents=True)
    (folder / "00-start-here.ipynb").write_text("first")
    (folder / "pictures/road.svg").write_text("<svg/>")
    (folder / "source").mkdir()
    (folder / "source/00-start-here.py").write_text("the solutions")
    (folder / ".ipynb_checkpoints").mkdir()
    (folder / ".ipynb_checkpoints/x.ipynb").write_text("no")
    (folder / "__pycache__").mkdir()
    (folder / "__pycache__/x.pyc").write_text("no")
    return folder


@pytest.fixture
def work(tmp_path: Path) -> Path:
    return tmp_path / "work"


def files(folder: Path) -> dict[str, str]:
    return {
        str(path.relative_to(folder)): path.read_text()
        for path in folder.rglob("*")
        if path.is_file() and ".lab" not in path.parts
    }


def test_the_first_start_copies_what_a_student_needs(notebooks: Path, work: Path) -> None:
    done = refresh(notebooks, work)
    assert files(work) == {"00-start-here.ipynb": "first", "pictures/road.svg": "<svg/>"}
    assert done.copied == ["00-start-here.ipynb", "pictures/road.svg"]
    assert refresh(notebooks, work) == Refreshed()


def test_her_own_words_are_never_written_over(notebooks: Path, work: Path) -> None:
    refresh(notebooks, work)
    (work / "00-start-here.ipynb").write_text("mine")
    assert refresh(notebooks, work) == Refreshed()
    (notebooks / "00-start-here.ipynb").write_text("second edition")
    assert refresh(notebooks, work).kept == ["00-start-here.ipynb"]
    assert (work / "00-start-here.ipynb").read_text() == "mine"


def test_an_untouched_copy_follows_the_project(notebooks: Path, work: Path) -> None:
    refresh(notebooks, work)
    (notebooks / "00-start-here.ipynb").write_text("second edition")
    (notebooks / "01-names.ipynb").write_text("new chapter")
    done = refresh(notebooks, work)
    assert done.renewed == ["00-start-here.ipynb"] and done.copied == ["01-names.ipynb"]
    assert files(work)["00-start-here.ipynb"] == "second edition"


def test_a_file_that_was_there_before_us_is_hers(notebooks: Path, work: Path) -> None:
    work.mkdir()
    (work / "00-start-here.ipynb").write_text("older than labmail")
    assert refresh(notebooks, work).kept == ["00-start-here.ipynb"]
    (notebooks / "00-start-here.ipynb").write_text("second edition")
    refresh(notebooks, work)
    assert (work / "00-start-here.ipynb").read_text() == "older than labmail"


def test_a_deleted_copy_comes_back_fresh(notebooks: Path, work: Path) -> None:
    refresh(notebooks, work)
    (work / "00-start-here.ipynb").unlink()
    assert refresh(notebooks, work).copied == ["00-start-here.ipynb"]


def test_what_left_the_project_stays_with_her(notebooks: Path, work: Path) -> None:
    refresh(notebooks, work)
    (notebooks / "00-start-here.ipynb").unlink()
    assert refresh(notebooks, work) == Refreshed()
    assert (work / "00-start-here.ipynb").exists()


def test_a_dangling_link_of_hers_is_left_alone(notebooks: Path, work: Path) -> None:
    work.mkdir()
    (work / "00-start-here.ipynb").symlink_to("/elsewhere")
    assert refresh(notebooks, work).kept == ["00-start-here.ipynb"]
    assert (work / "00-start-here.ipynb").is_symlink()


def test_a_damaged_memory_makes_it_careful(notebooks: Path, work: Path) -> None:
    refresh(notebooks, work)
    (work / ".lab/copied.json").write_text("{")
    (notebooks / "00-start-here.ipynb").write_text("second edition")
    assert refresh(notebooks, work).kept == ["00-start-here.ipynb"]


def test_an_interrupted_copy_leaves_no_half_notebook(
    notebooks: Path, work: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupt(*args: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(os, "replace", interrupt)
    with pytest.raises(KeyboardInterrupt):
        refresh(notebooks, work)
    monkeypatch.undo()
    assert files(work).get("00-start-here.ipynb") is None
    refresh(notebooks, work)
    assert files(work)["00-start-here.ipynb"] == "first"


def test_a_file_called_work_is_a_trouble_with_a_cure(notebooks: Path, work: Path) -> None:
    work.write_text("in the way")
    with pytest.raises(Trouble, match=r"work.*cannot be written"):
        refresh(notebooks, work)


Edits = st.lists(
    st.tuples(st.sampled_from(["hers", "ours", "delete", "start"]), st.integers(0, 2)), max_size=12
)


@settings(max_examples=60, deadline=None)
@given(edits=Edits)
def test_no_history_loses_a_word_of_hers(
    tmp_path_factory: pytest.TempPathFactory, edits: list[tuple[str, int]]
) -> None:
    folder = tmp_path_factory.mktemp("history")
    notebooks, work = folder / "notebooks", folder / "work"
    for place in (notebooks, work):
        place.mkdir()
    (notebooks / "a").write_text("ours 0")
    hers: str | None = None
    for what, number in edits:
        if what == "hers":
            hers = f"hers {number}"
            (work / "a").write_text(hers)
        elif what == "delete":
            hers = None
            (work / "a").unlink(missing_ok=True)
        elif what == "ours":
            (notebooks / "a").write_text(f"ours {number}")
        else:
            refresh(notebooks, work)
        if hers is not None:
            assert (work / "a").read_text() == hers
