"""Chapters as a student sees them: in JupyterLab, in a browser, run to the end.

`make lab` starts the same JupyterLab with the same settings. No cell may fail, and the page may
ask nobody but this machine. With ``LABMAIL_PICTURES=FOLDER`` pictures of the whole page are kept
there, light and dark, to be looked at.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.browser import jupyterlab
from tests.browser.chromium import Page, chromium
from tests.browser.seeing import QUESTIONS

ROOT = Path(__file__).parents[2]
CHAPTERS = sorted((ROOT / "notebooks").glob("*.ipynb"))
THEMES = ("JupyterLab Light", "JupyterLab Dark")

pytestmark = pytest.mark.peer("chromium")


@pytest.fixture
def page(tmp_path: Path) -> Iterator[Page]:
    with chromium(tmp_path / "profile") as page:
        page.size(1280, 900)
        yield page


def run(notebook: Path, folder: Path, page: Page) -> list[tuple[str, list[dict[str, Any]]]]:
    with jupyterlab.jupyterlab(notebook, folder) as address:
        cells = jupyterlab.run_all(page, address)
        jupyterlab.show_all(page)
        looked_at(page, notebook.stem)
    return cells


def looked_at(page: Page, chapter: str) -> None:
    """What is wrong with how it looks, as far as a program can tell, in both themes."""
    for theme in THEMES:
        jupyterlab.theme(page, theme)
        keep(page, f"{chapter}-{theme.split()[-1].lower()}")
        for what, question in QUESTIONS.items():
            assert page.run(question) == [], f"{theme}: {what}"


def keep(page: Page, name: str) -> None:
    if folder := os.environ.get("LABMAIL_PICTURES"):
        Path(folder).mkdir(parents=True, exist_ok=True)
        for number, top in enumerate(range(0, page.height, 1300)):
            page.picture(Path(folder, f"{name}-{number:02}.png"), top, 1300)


@pytest.mark.parametrize("notebook", CHAPTERS[:1], ids=lambda path: path.stem)
def test_the_first_chapter_runs_in_a_browser(notebook: Path, tmp_path: Path, page: Page) -> None:
    judge(run(notebook, tmp_path, page), page)


@pytest.mark.long
@pytest.mark.parametrize("notebook", CHAPTERS[1:], ids=lambda path: path.stem)
def test_every_chapter_runs_in_a_browser(notebook: Path, tmp_path: Path, page: Page) -> None:
    judge(run(notebook, tmp_path, page), page)


@pytest.mark.long
@pytest.mark.parametrize("notebook", CHAPTERS, ids=lambda path: path.stem)
def test_every_solved_chapter_runs_in_a_browser(notebook: Path, tmp_path: Path, page: Page) -> None:
    judge(run(ROOT / "tests/notebooks" / notebook.name, tmp_path, page), page)


def judge(cells: list[tuple[str, list[dict[str, Any]]]], page: Page) -> None:
    kinds = [output["output_type"] for _, outputs in cells for output in outputs]
    assert len(cells) > 20 and len(kinds) > 10, "it has run"
    errors = [(source, o["evalue"]) for source, outs in cells for o in outs if "evalue" in o]
    assert errors == []
    assert page.requests and page.outside("127.0.0.1") == []
