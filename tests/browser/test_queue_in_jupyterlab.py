"""The queue in JupyterLab: worked on by mouse, by keys, and from a second terminal."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import nbformat
import pytest

from tests.browser import jupyterlab
from tests.browser.jupyterlab import NOTEBOOK

expect = pytest.importorskip("playwright.sync_api").expect

pytestmark = [pytest.mark.peer("chromium"), pytest.mark.long]

HOST = "mail.example.com"
CELLS = (
    "from labmail import Lab, queue\n"
    'lab = Lab("two_companies", root=ROOT); lab.down("mail.ask.com")\n'
    'alice = lab.user("alice@example.com")\n'
    'alice.send(to="bob@ask.com", subject="One")\n'
    'lab.clock.advance("2h"); alice.send(to="carol@ask.com", subject="Two")\n',
    f'queue(lab.host("{HOST}"))',
    f'print(len(lab.host("{HOST}").queue))',
)


@pytest.fixture
def opened(tmp_path: Path, watched: Any) -> Iterator[Any]:
    """The notebook, with its cells run."""
    notebook = nbformat.v4.new_notebook()
    notebook.metadata.kernelspec = {"name": "python3", "display_name": "Python 3"}
    first, *others = CELLS
    first = first.replace("ROOT", repr(str(tmp_path / "lab")))
    notebook.cells = [nbformat.v4.new_code_cell(source) for source in (first, *others)]
    file = tmp_path / "queue.ipynb"
    nbformat.write(notebook, file)
    with jupyterlab.jupyterlab(file, tmp_path) as address:
        jupyterlab.run_all(watched.page, address)
        yield watched
    assert watched.outside("127.0.0.1") == []


def at(root: Path, *words: str) -> str:
    """A command in a second terminal."""
    command = [sys.executable, "-m", "labmail.commands", "at", "--root", str(root), HOST, *words]
    ended = subprocess.run(command, capture_output=True, text=True, timeout=60, check=True)
    return ended.stdout


def test_it_lives_in_a_notebook(opened: Any, tmp_path: Path) -> None:
    page = opened.page
    shown = page.get_by_role("region", name=f"Queue of {HOST}")
    chips = shown.locator(".chip")
    expect(chips).to_have_text(["deferred", "deferred"])
    keep(shown, "light")

    # keys belong to the widget: `d d` in command mode would delete the cell
    shown.locator(".who").first.focus()
    for key in ("ArrowDown", "d", "d", "x", "Home"):
        page.keyboard.press(key)
    assert page.evaluate(f"({NOTEBOOK}).model.cells.length") == len(CELLS)
    shown.get_by_role("button", name="To the next try").click()
    expect(shown.locator(".said b")).to_contain_text("lab.clock.advance(")

    # a second terminal freezes a letter, and the page shows it
    waiting = at(tmp_path / "lab", "exiqgrep", "-r", "carol", "-i").strip()
    assert at(tmp_path / "lab", "exim", "-Mf", waiting) == f"Message {waiting} is now frozen\n"
    expect(chips).to_have_text(["deferred", "frozen"])
    shown.get_by_role("button", name="Thaw: carol@ask.com").first.click()
    expect(chips).to_have_text(["deferred", "deferred"])
    assert "frozen" not in at(tmp_path / "lab", "mailq")

    jupyterlab.theme(page, "JupyterLab Dark")
    shown.get_by_role("button", name="+ 5 d").click()
    expect(chips).to_have_text(["bounced", "bounced"])
    keep(shown, "dark")
    page.evaluate(f"({NOTEBOOK}).sessionContext.session.kernel.shutdown()")
    expect(shown.get_by_text("The kernel is gone.")).to_be_visible()
    expect(shown.get_by_role("button", name="+ 5 d")).to_be_disabled()


def keep(shown: Any, name: str) -> None:
    """A picture, if somebody wants to look."""
    if folder := os.environ.get("LABMAIL_PICTURES"):
        Path(folder).mkdir(parents=True, exist_ok=True)
        shown.screenshot(path=Path(folder, f"queue-in-jupyterlab-{name}.png"))
