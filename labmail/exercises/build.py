"""Builds the notebooks: one source for each chapter, two notebooks from it.

A chapter is written as a Python file in percent form, ``notebooks/source/00-start-here.py``, which
reads well in a diff. From it come

    notebooks/00-start-here.ipynb         the student's: no outputs, blanks instead of solutions
    tests/notebooks/00-start-here.ipynb   solved and run, with outputs, compared by nbval

Between ``### BEGIN SOLUTION`` and ``### END SOLUTION`` stands what the student has to find; a line
``### ELSE`` between them begins what she is given instead.

Try: ``python -m labmail.exercises.build``, and ``--check`` to see whether all is current.
"""

from __future__ import annotations

import argparse
import re
import sys
import tempfile
from pathlib import Path
from typing import Any

import jupytext
import nbformat

_SOLUTION = re.compile(
    r"(?ms)^### BEGIN SOLUTION\n(?P<solved>.*?)(?:^### ELSE\n(?P<given>.*?))?^### END SOLUTION\n?"
)
BLANK = "# Your lines here.\n"
KERNEL = {"name": "python3", "display_name": "Python 3", "language": "python"}


def student(source: str, name: str) -> Any:
    """The student's notebook: solutions replaced by blanks, no outputs."""
    return _notebook(_SOLUTION.sub(lambda m: _uncomment(m["given"]) or BLANK, source), name)


def solved(source: str, name: str) -> Any:
    """The solved notebook, not yet run."""
    return _notebook(_SOLUTION.sub(lambda m: m["solved"], source), name)


def _uncomment(given: str | None) -> str:
    return re.sub(r"(?m)^# ?", "", given or "")


def _notebook(text: str, name: str) -> Any:
    notebook = jupytext.reads(text, fmt="py:percent")
    notebook.metadata = nbformat.from_dict(
        {"kernelspec": KERNEL, "language_info": {"name": "python"}, "title": _title(notebook)}
    )
    for number, cell in enumerate(notebook.cells):
        cell["id"] = f"{name.partition('-')[0]}-{number:03}"
        cell.source = _cell_magic(cell.source.rstrip("\n"))
        if cell.cell_type == "code":
            cell.outputs, cell.execution_count = [], None
    notebook.nbformat, notebook.nbformat_minor = 4, 5
    return notebook


def _cell_magic(source: str) -> str:
    """A cell that is no Python stands in the source as a comment, under its ``# %%word``."""
    head, *lines = source.split("\n")
    if not head.startswith("%%"):
        return source
    return "\n".join([head, *(re.sub("^# ?", "", line) for line in lines)])


def _title(notebook: Any) -> str:
    head = notebook.cells[0].source.lstrip("# ").partition("\n")[0] if notebook.cells else ""
    return str(head)


LIVE = "application/vnd.jupyter.widget-view+json"
"""Where a widget's model is in the kernel that made it: another number on each run, and of no use
once that kernel has gone."""


def run(notebook: Any) -> Any:
    """Runs a notebook in a fresh kernel and keeps its outputs. Raises where a cell fails."""
    from nbclient import NotebookClient

    with tempfile.TemporaryDirectory() as folder:
        client = NotebookClient(
            notebook,
            timeout=60,
            record_timing=False,
            coalesce_streams=True,  # a line is one output, however it was flushed
            store_widget_state=False,  # the page in each output shows the same
            resources={"metadata": {"path": folder}},
        )
        client.execute()
    for cell in notebook.cells:
        for output in cell.get("outputs", []):
            output.get("data", {}).pop(LIVE, None)
    return notebook


def write(notebook: Any) -> str:
    """The notebook as it is stored."""
    return str(nbformat.writes(notebook)) + "\n"


def stale(root: Path, source: Path) -> list[Path]:
    """The notebooks that were not built from this source as it is now."""
    text, name = source.read_text("utf-8"), source.stem
    wanted = {
        root / "notebooks" / f"{name}.ipynb": student(text, name),
        root / "tests" / "notebooks" / f"{name}.ipynb": solved(text, name),
    }
    return [path for path, notebook in wanted.items() if _sources(path) != _cells(notebook)]


def _sources(path: Path) -> list[Any] | None:
    return _cells(nbformat.read(path, 4)) if path.exists() else None


def _cells(notebook: Any) -> list[Any]:
    return [(c["id"], c.cell_type, c.source, c.metadata.get("tags")) for c in notebook.cells]


def build(root: Path, source: Path) -> None:
    """Builds both notebooks of a chapter."""
    text, name = source.read_text("utf-8"), source.stem
    (root / "notebooks" / f"{name}.ipynb").write_text(write(student(text, name)), "utf-8")
    target = root / "tests" / "notebooks" / f"{name}.ipynb"
    target.parent.mkdir(exist_ok=True)
    target.write_text(write(run(solved(text, name))), "utf-8")


def main() -> int:
    """Builds every chapter, or with ``--check`` says which are not current."""
    parser = argparse.ArgumentParser(prog="python -m labmail.exercises.build")
    parser.add_argument("--check", action="store_true", help="build nothing, name what is stale")
    parser.add_argument("chapters", nargs="*", help="chapters to build, such as 00-start-here")
    options = parser.parse_args()
    root = Path(__file__).parents[2]
    sources = sorted((root / "notebooks" / "source").glob("*.py"))
    if options.chapters:
        sources = [s for s in sources if s.stem in options.chapters]
    if options.check:
        old = [path for source in sources for path in stale(root, source)]
        for path in old:
            print(f"{path.relative_to(root)} is not current: run make notebooks", file=sys.stderr)
        return 1 if old else 0
    for source in sources:
        print(f"building {source.stem}")
        build(root, source)
    return 0


if __name__ == "__main__":
    sys.exit(main())
