"""The notebooks: built from their sources, run by a student, run when solved, run twice.

What the solved notebooks show is compared cell by cell by nbval, which collects them from this
folder (``--nbval`` in pyproject.toml). Here is what nbval cannot see.
"""

from __future__ import annotations

import ast
import json
import re
import tempfile
from functools import cache
from pathlib import Path
from typing import Any

import nbformat
import pytest

from labmail.exercises import MIME, all_exercises, build

ROOT = Path(__file__).parents[2]
SOURCES = sorted((ROOT / "notebooks/source").glob("*.py"))
CHAPTERS = [source.stem for source in SOURCES]
each_chapter = pytest.mark.parametrize("chapter", CHAPTERS)
each_in_turn = pytest.mark.parametrize(
    "chapter", [CHAPTERS[0], *(pytest.param(each, marks=pytest.mark.long) for each in CHAPTERS[1:])]
)
"""For what runs a whole notebook: `make test` looks at the first one, `make test-all` at all."""


def source_of(chapter: str) -> str:
    return (ROOT / "notebooks/source" / f"{chapter}.py").read_text("utf-8")


@cache
def students_run(chapter: str) -> Any:
    """The student's notebook as it is stored, run from top to bottom as she would."""
    notebook = nbformat.read(ROOT / "notebooks" / f"{chapter}.ipynb", 4)
    return build.run(notebook)


@cache
def solved(chapter: str) -> Any:
    """The solved notebook as it is stored: nbval makes sure that its outputs are true."""
    return nbformat.read(ROOT / "tests/notebooks" / f"{chapter}.ipynb", 4)


def code(notebook: Any) -> list[Any]:
    return [cell for cell in notebook.cells if cell.cell_type == "code"]


def verdicts(notebook: Any) -> dict[str, bool]:
    """What the checks of a notebook have said: number of the exercise and whether all holds."""
    said: dict[str, bool] = {}
    for cell in code(notebook):
        for output in cell.outputs:
            found = output.get("data", {}).get(MIME)
            if found is not None:
                facts = json.loads(found) if isinstance(found, str) else found
                said[facts["id"]] = facts["ok"]
    return said


def failed(notebook: Any) -> list[str]:
    return [c.source for c in code(notebook) for o in c.outputs if o.output_type == "error"]


def of_chapter(chapter: str) -> list[str]:
    """The numbers of the chapter's exercises."""
    return [number for number in all_exercises() if number.split(".")[0] == chapter[:2]]


# ── built ────────────────────────────────────────────────────────────────────────────────────────


def test_there_are_chapters() -> None:
    assert CHAPTERS and CHAPTERS[0] == "00-start-here"


@each_chapter
def test_both_notebooks_are_built_from_the_source_as_it_is(chapter: str) -> None:
    stale = build.stale(ROOT, ROOT / "notebooks/source" / f"{chapter}.py")
    assert not stale, f"make notebooks; {stale}"


def test_a_source_that_has_changed_is_seen(tmp_path: Path) -> None:
    for folder in ("notebooks/source", "tests/notebooks"):
        (tmp_path / folder).mkdir(parents=True)
    text = "# %% [markdown]\n# # Title\n\n# %%\n### BEGIN SOLUTION\nx = 1\n### END SOLUTION\n"
    source = tmp_path / "notebooks/source/99-try.py"
    source.write_text(text)
    assert len(build.stale(tmp_path, source)) == 2
    build.build(tmp_path, source)
    assert build.stale(tmp_path, source) == []
    source.write_text(text.replace("x = 1", "x = 2"))
    assert build.stale(tmp_path, source) == [tmp_path / "tests/notebooks/99-try.ipynb"]


def test_nothing_lies_about_that_has_no_source() -> None:
    for folder in ("notebooks", "tests/notebooks"):
        assert sorted(p.stem for p in (ROOT / folder).glob("*.ipynb")) == CHAPTERS


# ── as the student gets it ───────────────────────────────────────────────────────────────────────


@each_chapter
def test_the_student_gets_no_outputs_and_no_solutions(chapter: str) -> None:
    notebook = nbformat.read(ROOT / "notebooks" / f"{chapter}.ipynb", 4)
    assert not any(cell.outputs or cell.execution_count for cell in code(notebook))
    text = "\n".join(cell.source for cell in notebook.cells)
    assert "SOLUTION" not in text and "### ELSE" not in text
    given = "\n".join(line for line in text.split("\n") if not line.startswith("#"))
    for answer in re.findall(r"(?ms)^### BEGIN SOLUTION\n(.*?)^### E", source_of(chapter)):
        assert answer.rstrip("\n") not in given


@each_in_turn
def test_the_students_notebook_runs_and_no_check_holds_yet(chapter: str) -> None:
    run = students_run(chapter)
    assert failed(run) == []
    said = verdicts(run)
    assert sorted(said) == of_chapter(chapter), "every exercise is checked in its chapter"
    assert said and not any(said.values())


@each_chapter
def test_in_the_solved_notebook_every_check_holds(chapter: str) -> None:
    assert failed(solved(chapter)) == []
    said = verdicts(solved(chapter))
    assert sorted(said) == of_chapter(chapter)
    assert said and all(said.values())


def test_the_first_notebook_can_be_run_again_in_the_same_kernel() -> None:
    run_again(CHAPTERS[0])


@pytest.mark.long
@pytest.mark.parametrize("chapter", CHAPTERS[1:])
def test_a_notebook_can_be_run_again_in_the_same_kernel(chapter: str) -> None:
    run_again(chapter)


def run_again(chapter: str) -> None:
    """The lab of the second run takes the place of the first, and the same things happen."""
    once = build.solved(source_of(chapter), chapter)
    count = len(once.cells)
    once.cells += [nbformat.from_dict(dict(cell)) for cell in once.cells]
    for number, cell in enumerate(once.cells):
        cell["id"] = f"cell-{number}"
    run = build.run(once)
    assert failed(run) == []
    first, second = ([shown(c) for c in part] for part in (run.cells[:count], run.cells[count:]))
    assert first == second


def shown(cell: Any) -> list[dict[str, Any]]:
    """The outputs of a cell without the number of its run, and without the names of live widgets,
    which are new each time."""
    kept = ("output_type", "text", "name")
    return [
        {k: o[k] for k in kept if k in o}
        | {"data": {k: v for k, v in o.get("data", {}).items() if "widget-view" not in k}}
        for o in cell.get("outputs", ())
    ]


# ── how they are written ─────────────────────────────────────────────────────────────────────────


def test_at_most_two_outputs_are_not_compared_and_none_of_them_shows_a_story() -> None:
    for chapter in CHAPTERS:
        excused = [
            cell
            for cell in code(solved(chapter))
            if "nbval-ignore-output" in cell.metadata.get("tags", [])
            or re.search(r"NBVAL_(IGNORE_OUTPUT|SKIP)", cell.source)
            or "nbval-skip" in cell.metadata.get("tags", [])
        ]
        assert len(excused) <= 2, chapter
        assert not any(re.search(r"story|journey", cell.source) for cell in excused), chapter


@each_chapter
def test_the_head_asks_a_question_and_says_what_it_is_for(chapter: str) -> None:
    head = solved(chapter).cells[0].source
    assert head.startswith("# ")
    assert re.search(r"\*\*[^*]*\?\*\*|\*[^*]+\?\*", head), "a question"
    assert re.search(r"\d+ minutes", head)
    assert "you will be able to" in head


@each_chapter
def test_experiments_come_after_a_guess_and_end_in_something_to_remember(chapter: str) -> None:
    prose = "\n".join(c.source for c in solved(chapter).cells if c.cell_type == "markdown")
    assert len(re.findall(r"(?i)guess|predict", prose)) >= 3
    assert re.search(r"(?im)^## .*remember", prose)
    assert re.search(r"(?im)^#+ .*words", prose)


SHORT = 2
"""Lines of an experiment's cell; longer code belongs in the package."""


def test_the_first_chapters_cells_are_of_one_or_two_lines_without_loops() -> None:
    for cell in code(solved("00-start-here")):
        assert len(cell.source.splitlines()) <= SHORT, cell.source
        loops = (ast.For, ast.While, ast.FunctionDef, ast.ListComp)
        assert not any(isinstance(n, loops) for n in ast.walk(ast.parse(cell.source)))


@each_chapter
def test_no_address_in_the_prose_becomes_a_link_that_opens_a_mail_program(chapter: str) -> None:
    for cell in solved(chapter).cells:
        if cell.cell_type == "markdown":
            prose = re.sub(r"```.*?```|`[^`]*`", "", cell.source, flags=re.DOTALL)
            assert not re.search(r"[\w.]+@[\w.]+\w", prose), prose


@each_chapter
def test_nothing_of_this_machine_is_in_the_outputs(chapter: str) -> None:
    text = json.dumps(solved(chapter))
    folders = [str(folder) for folder in (ROOT, Path.home(), tempfile.gettempdir())]
    for unwanted in ("127.0.0.1", *(f"{folder}/" for folder in folders if len(folder) > 1)):
        assert unwanted not in text, unwanted
    assert not re.search(r" at 0x[0-9a-f]{6,}", text), "an object that shows its place in memory"
