"""The journey in JupyterLab: it grows while a cell runs, keeps its keys, outlives its kernel."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import nbformat
import pytest

from tests.browser import jupyterlab
from tests.browser.jupyterlab import NOTEBOOK

expect = pytest.importorskip("playwright.sync_api").expect

pytestmark = [pytest.mark.peer("chromium"), pytest.mark.long]

CELLS = (
    "import time\n"
    "from labmail import Lab, journey\n"
    'lab = Lab("two_companies"); lab.down("mail.ask.com")\n'
    'letter = lab.user("alice@example.com").send(to="bob@ask.com", subject="Lunch?", text="-")\n',
    "road = journey(lab, letter)\nroad",
    'lab.up("mail.ask.com"); lab.clock.advance("20m"); time.sleep(8)\n',
    "print(road.view.get('step'), len(road.data['steps']))",
)


@pytest.fixture
def opened(tmp_path: Path, watched: Any) -> Iterator[Any]:
    """The notebook, run to its end but for what the tests themselves do."""
    notebook = nbformat.v4.new_notebook()
    notebook.metadata.kernelspec = {"name": "python3", "display_name": "Python 3"}
    notebook.cells = [nbformat.v4.new_code_cell(source) for source in CELLS]
    file = tmp_path / "journey.ipynb"
    nbformat.write(notebook, file)
    with jupyterlab.jupyterlab(file, tmp_path) as address:
        watched.address = address
        watched.page.goto(address)
        jupyterlab.wait_for(watched.page, jupyterlab.READY)
        yield watched
    assert watched.outside("127.0.0.1") == []


def run(page: Any, number: int, *, wait: bool = True) -> None:
    """Runs cell ``number``; with ``wait`` to its end."""
    page.evaluate(f"({NOTEBOOK}).content.activeCellIndex = {number}")
    page.evaluate(RUN)
    if wait:
        jupyterlab.wait_for(page, jupyterlab.ENDED)


RUN = """window.ended = false;
jupyterapp.commands.execute('notebook:run-cell').then(() => { window.ended = true }); true"""


def cells(page: Any) -> int:
    return int(page.evaluate(f"({NOTEBOOK}).model.cells.length"))


def test_it_lives_in_a_notebook(opened: Any) -> None:
    page = opened.page
    for number in (0, 1):
        run(page, number)
    road = page.get_by_role("region", name="Journey of a letter")
    options = road.get_by_role("option")
    expect(road.locator(".chip")).to_contain_text("deferred")
    before = options.count()
    expect(options.last).to_have_attribute("aria-selected", "true")

    # keys belong to the widget: `d d` in command mode would delete the cell
    options.last.focus()
    page.keyboard.press("Home")
    for key in ("d", "d", "ArrowDown", "ArrowRight", "x", "b"):
        page.keyboard.press(key)
    assert cells(page) == len(CELLS)
    expect(road.locator(".sentence .n")).to_have_text("3")
    expect(options.nth(2)).to_be_focused()
    page.keyboard.press("End")

    # it grows while a cell is still running, and follows since the reader was at the end
    page.evaluate(
        f"({NOTEBOOK}).model.cells.get(2).sharedModel.setSource({CELLS[2]!r}.replace('GO and', ''))"
    )
    run(page, 2, wait=False)
    expect(road.locator(".chip")).to_contain_text("delivered", timeout=5000)
    assert page.evaluate(jupyterlab.ENDED) is False
    assert options.count() > before
    expect(options.last).to_have_attribute("aria-selected", "true")
    jupyterlab.wait_for(page, jupyterlab.ENDED)

    # the page loaded again: the same journey at the same step, from the kernel that still runs
    options.nth(5).click()
    expect(road.locator(".sentence .n")).to_have_text("6")
    page.wait_for_timeout(800)
    run(page, 3)
    said = page.locator(".jp-OutputArea-output", has_text=re.compile(r"^\s*6 \d+\s*$"))
    expect(said).to_be_visible()
    page.evaluate("jupyterapp.commands.execute('docmanager:save')")
    page.wait_for_timeout(500)
    page.reload()
    jupyterlab.wait_for(page, jupyterlab.READY)
    expect(road.locator(".sentence .n")).to_have_text("6")
    expect(road.locator(".chip")).to_contain_text("delivered")

    # in JupyterLab's dark theme it is dark
    jupyterlab.theme(page, "JupyterLab Dark")
    surface = "getComputedStyle(document.querySelector('.lm-journey')).backgroundColor"
    red = int(re.findall(r"\d+", page.evaluate(surface))[0])
    assert red < 64

    # the kernel goes: what is there stays and can be used, and says that it will not grow
    page.evaluate(f"({NOTEBOOK}).sessionContext.session.kernel.shutdown()")
    expect(road.get_by_text("The kernel is gone.")).to_be_visible()
    options.nth(2).click()
    expect(road.locator(".sentence .n")).to_have_text("3")


def test_a_kernel_that_is_started_anew_no_longer_knows_it(opened: Any) -> None:
    page = opened.page
    for number in (0, 1):
        run(page, number)
    road = page.get_by_role("region", name="Journey of a letter")
    expect(road.get_by_text("The kernel is gone.")).to_be_hidden()
    page.evaluate(f"({NOTEBOOK}).sessionContext.session.kernel.restart()")
    expect(road.get_by_text("The kernel is gone.")).to_be_visible()
