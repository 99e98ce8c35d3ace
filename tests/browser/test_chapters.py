"""Chapters as a student sees them: in JupyterLab, in a browser, run to the end.

`make lab` starts the same JupyterLab with the same settings. No cell may fail, the page may ask
nobody but this machine, and nothing may look wrong, as far as a program can tell. With
``LABMAIL_PICTURES=FOLDER`` pictures of the whole page are kept there, light and dark, to be looked
at.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest

from tests.browser import jupyterlab
from tests.browser.seeing import QUESTIONS

ROOT = Path(__file__).parents[2]
CHAPTERS = sorted((ROOT / "notebooks").glob("*.ipynb"))
THEMES = ("JupyterLab Light", "JupyterLab Dark")
STRIP = 1300
"""Pixels of a page in one picture."""

pytestmark = pytest.mark.peer("chromium")


@pytest.mark.parametrize("notebook", CHAPTERS[:1], ids=lambda path: path.stem)
def test_the_first_chapter_runs_in_a_browser(notebook: Path, tmp_path: Path, watched: Any) -> None:
    read_and_judged(notebook, tmp_path, watched, notebook.stem)


@pytest.mark.long
@pytest.mark.parametrize("notebook", CHAPTERS[1:], ids=lambda path: path.stem)
def test_every_chapter_runs_in_a_browser(notebook: Path, tmp_path: Path, watched: Any) -> None:
    read_and_judged(notebook, tmp_path, watched, notebook.stem)


@pytest.mark.long
@pytest.mark.parametrize("notebook", CHAPTERS, ids=lambda path: path.stem)
def test_every_solved_chapter_runs_in_a_browser(
    notebook: Path, tmp_path: Path, watched: Any
) -> None:
    solved = ROOT / "tests/notebooks" / notebook.name
    read_and_judged(solved, tmp_path, watched, f"{notebook.stem}-solved")


def read_and_judged(notebook: Path, folder: Path, watched: Any, name: str) -> None:
    """Runs a notebook, looks at it in both themes, and says what is wrong."""
    with jupyterlab.jupyterlab(notebook, folder) as address:
        cells = jupyterlab.run_all(watched.page, address)
        height = jupyterlab.show_all(watched.page)
        for theme in THEMES:
            jupyterlab.theme(watched.page, theme)
            keep(watched.page, f"{name}-{theme.split()[-1].lower()}", height)
            for what, question in QUESTIONS.items():
                assert watched.page.evaluate(question) == [], f"{theme}: {what}"
    outputs = [output for _, made in cells for output in made]
    assert len(cells) > 20 and len(outputs) > 10, "it has run"
    errors = [(source, o["evalue"]) for source, made in cells for o in made if "evalue" in o]
    assert errors == []
    assert watched.asked and watched.outside("127.0.0.1") == []


def keep(page: Any, name: str, height: int) -> None:
    """Writes pictures of the page, strip by strip, where somebody wants to look at them."""
    folder, width = os.environ.get("LABMAIL_PICTURES"), page.viewport_size["width"]
    if folder:
        Path(folder).mkdir(parents=True, exist_ok=True)
        page.wait_for_timeout(500)
        for number, top in enumerate(range(0, height, STRIP)):
            clip = {"x": 0, "y": top, "width": width, "height": min(STRIP, height - top)}
            page.screenshot(path=Path(folder, f"{name}-{number:02}.png"), clip=clip)
