"""A JupyterLab to look at, started as `make lab` starts it, and a notebook run in it to its end.

JupyterLab is asked through its own application object (``--LabApp.expose_app_in_browser``): that
tells reliably when the kernel is connected, when the last cell has ended, and which cells have
failed. What the page shows may lag behind, and cells out of sight are not drawn at all.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from starting import children, isolation, jupyter

PATIENCE = 60.0
"""Seconds that JupyterLab may take to answer, and a notebook to run."""

NOTEBOOK = "[...jupyterapp.shell.widgets('main')].find(widget => widget.sessionContext)"

READY = f"""(async () => {{
  if (!window.jupyterapp) return false;
  await jupyterapp.restored;
  const notebook = {NOTEBOOK};
  if (!notebook) return false;
  jupyterapp.shell.activateById(notebook.id);
  await notebook.context.ready;
  await notebook.sessionContext.ready;
  await notebook.sessionContext.session.kernel.info;
  return true }})()"""

RUN_ALL = """window.ended = false;
jupyterapp.commands.execute('notebook:run-all-cells').then(() => { window.ended = true }); true"""

ENDED = f"window.ended && ({NOTEBOOK}).sessionContext.session.kernel.status === 'idle'"

OUTPUTS = f"""[...({NOTEBOOK}).model.cells].filter(cell => cell.type === 'code')
  .map(cell => [cell.sharedModel.getSource(), cell.outputs.toJSON()])"""


@contextmanager
def jupyterlab(notebook: Path, folder: Path) -> Iterator[str]:
    """A JupyterLab that has a copy of ``notebook``; gives the address at which it opens."""
    work, place = folder / "work", folder / "jupyter"
    work.mkdir()
    shutil.copy(notebook, work)
    isolation.furnish(place, sys.executable)
    env = isolation.jupyter(os.environ, place, None)
    argv = jupyter.command(sys.executable, work, port=None, root=jupyter.is_root())
    with open(folder / "jupyter.log", "wb") as log:
        child = subprocess.Popen(
            [*argv, "--LabApp.expose_app_in_browser=True"],
            env=env,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            process_group=0,
        )
    try:
        yield _answering(place / "runtime", folder / "jupyter.log").address(notebook.name)
    finally:
        children.stop(child)


def _answering(runtime: Path, log: Path) -> jupyter.Server:
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until:
        if server := jupyter.running(runtime):
            return server
        time.sleep(0.05)
    raise TimeoutError(f"JupyterLab does not answer: {log.read_text(errors='replace')[-2000:]}")


def wait_for(page: Any, expression: str, seconds: float = PATIENCE) -> None:
    """Asks until the expression is true; a promise is awaited. Raises TimeoutError."""
    until = time.monotonic() + seconds
    while not page.evaluate(expression):
        if time.monotonic() > until:
            raise TimeoutError(f"not true after {seconds:.0f} s: {expression}")
        page.wait_for_timeout(100)


def run_all(page: Any, address: str) -> list[tuple[str, list[dict[str, Any]]]]:
    """Opens the notebook, runs all its cells, and gives each code cell's source and outputs."""
    page.goto(address)
    wait_for(page, READY)
    page.evaluate(RUN_ALL)
    wait_for(page, ENDED, 2 * PATIENCE)
    return [(source, outputs) for source, outputs in page.evaluate(OUTPUTS)]


CELLS = "document.querySelectorAll('.jp-Cell')"
TALL = 24_000
"""Pixels that the longest notebook needs."""


def show_all(page: Any) -> int:
    """Makes the window as high as the notebook, so that every cell is drawn; gives its height."""
    width = page.viewport_size["width"]
    page.set_viewport_size({"width": width, "height": TALL})
    page.evaluate(
        "document.querySelectorAll('.jp-WindowedPanel-outer').forEach(e => e.scrollTop = 0)"
    )
    wait_for(page, f"{CELLS}.length >= ({NOTEBOOK}).model.cells.length")
    page.wait_for_timeout(500)
    bottom = page.evaluate(f"[...{CELLS}].at(-1).getBoundingClientRect().bottom")
    height = min(int(bottom) + 100, TALL)
    page.set_viewport_size({"width": width, "height": height})
    return height


def theme(page: Any, name: str) -> None:
    """Changes JupyterLab's theme and waits until it is there."""
    page.evaluate(f"jupyterapp.commands.execute('apputils:change-theme', {{theme: {name!r}}})")
    light = "false" if "Dark" in name else "true"
    wait_for(page, f"document.body.dataset.jpThemeLight === '{light}'")
