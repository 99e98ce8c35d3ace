"""An exported notebook: its widgets' own pages, and nothing from elsewhere."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import nbformat

from labmail.widgets.exporter import PageExporter
from labmail.widgets.journey.widget import JourneyWidget
from tests.widgets import journeys

ROOT = Path(__file__).parents[2]


def exported() -> str:
    shown, _ = JourneyWidget(*journeys.hostile(), live=False)._repr_mimebundle_()
    cell = nbformat.v4.new_code_cell("journey(lab, letter)")
    cell.outputs = [nbformat.v4.new_output("execute_result", shown)]
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_markdown_cell("# Road"), cell])
    notebook.metadata.widgets = {"application/vnd.jupyter.widget-state+json": {"state": {}}}
    page, _ = PageExporter().from_notebook_node(notebook)
    return str(page)


def test_the_widget_is_there_as_a_page_and_not_as_a_model_that_nobody_has() -> None:
    page = exported()
    assert 'class="lm-still" data-widget="journey"' in page
    assert "widget-view+json" not in page


def test_nothing_is_fetched() -> None:
    page = exported()
    assert (
        re.findall(r'<(?:script|link|img|iframe)\b[^>]*\b(?:src|href)="?(?:https?:)?//', page) == []
    )
    assert "require.min.js" not in page and "MathJax.js" not in page


def test_a_stranger_adds_nothing_to_it() -> None:
    page = exported()
    assert "taken" in page and "<script>document" not in page and "<img src=x" not in page


def test_it_is_known_to_nbconvert() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    points = project["entry-points"]["nbconvert.exporters"]
    assert points == {"labmail": f"{PageExporter.__module__}:{PageExporter.__name__}"}
