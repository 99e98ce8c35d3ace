"""The house can be read: chapters with heads, functions of one thought, no names of machines."""

from __future__ import annotations

import ast
import re
import subprocess
from collections.abc import Iterator

import pytest

from tests.architecture.house import HOUSE, ROOT, modules

LINES = 50
"""A function is one thought; its docstring does not count."""
USUAL, LONGEST = 250, 400
"""Lines of a file, as most have them, and as none has more."""


def test_every_module_opens_like_a_chapter() -> None:
    bare = [path for path, tree in modules() if not ast.get_docstring(tree)]
    bare += [
        str(path.relative_to(ROOT))
        for path in [*(ROOT / "starting").glob("*.py"), ROOT / "start.py"]
        if not ast.get_docstring(ast.parse(path.read_text("utf-8")))
    ]
    assert not bare


def test_every_room_has_a_table_of_contents() -> None:
    folders = {path.parent for path in HOUSE.rglob("*.py")}
    assert not [str(folder) for folder in folders if not (folder / "__init__.py").exists()]


def functions() -> Iterator[tuple[str, ast.FunctionDef | ast.AsyncFunctionDef]]:
    for path, tree in modules():
        for node in ast.walk(tree):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                yield path, node


def test_a_function_is_one_thought() -> None:
    long = []
    for path, node in functions():
        words = ast.get_docstring(node, clean=False) or ""
        lines = (node.end_lineno or 0) - node.lineno + 1 - len(words.splitlines())
        if lines > LINES:
            long.append(f"{path}:{node.lineno} {node.name} has {lines} lines")
    assert not long


def test_a_file_is_one_sitting() -> None:
    """Most have 60 to 250 lines; those that are longer have an end, too."""
    files = [path for kind in ("py", "js") for path in HOUSE.rglob(f"*.{kind}")]
    lines = {path: len(path.read_text("utf-8").splitlines()) for path in files}
    assert not [f"{path}: {count}" for path, count in lines.items() if count > LONGEST]
    assert sum(count > USUAL for count in lines.values()) < len(lines) / 20


UNWANTED = re.compile(
    rf"{re.escape(str(ROOT))}/|/r[o]ot/|/w[o]rk/|p[y]pi\.org|p[y]thonhosted|n[p]mjs|d[e]b\.debian"
)
"""Paths of one machine, and addresses of package indexes: nobody else's. (So written that this
file is clean by its own measure.)"""


@pytest.mark.peer("git")
def test_no_file_names_a_machine_or_an_index() -> None:
    listed = ["git", "-c", "safe.directory=*", "ls-files", "-z"]
    names = subprocess.run(listed, cwd=ROOT, capture_output=True, text=True, check=False).stdout
    for name in filter(None, names.split("\0")):
        path = ROOT / name
        if not path.is_file():
            continue
        found = UNWANTED.search(path.read_text("utf-8", errors="replace"))
        assert not found, f"{name}: {found and found[0]}"
