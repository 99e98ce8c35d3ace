"""Reading the house as text: its modules, parsed, and what they reach for."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[2]
HOUSE = ROOT / "labmail"
FACE = HOUSE / "__init__.py"


@cache
def modules() -> tuple[tuple[str, ast.Module], ...]:
    """Every module of labmail: its path from the root, and its tree."""
    found = sorted(HOUSE.rglob("*.py"))
    return tuple((str(p.relative_to(ROOT)), ast.parse(p.read_text("utf-8"))) for p in found)


def rooms() -> set[str]:
    """The rooms of the house: the folders with an ``__init__`` or any module in them."""
    return {path.name for path in HOUSE.iterdir() if path.is_dir() and any(path.glob("**/*.py"))}


def face_names() -> set[str]:
    """What the face offers: the names in its ``__all__``."""
    for node in ast.parse(FACE.read_text("utf-8")).body:
        if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "__all__":
            return set(ast.literal_eval(node.value))
    raise AssertionError("the face has no __all__")


def imports(path: str, tree: ast.AST) -> Iterator[tuple[int, str, str]]:
    """(line, module, name) of each import; relative ones made absolute, name "" for a whole one."""
    package = path.removesuffix(".py").split("/")[:-1]
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            for alias in node.names:
                yield node.lineno, alias.name, ""
        elif isinstance(node, ast.ImportFrom):
            above = package[: len(package) - node.level + 1] if node.level else []
            module = ".".join([*above, *([node.module] if node.module else [])])
            for alias in node.names:
                yield node.lineno, module, alias.name


def reaches(path: str, tree: ast.AST) -> Iterator[tuple[int, str]]:
    """(line, dotted name) of everything taken from a module by its name: ``time.sleep``, and
    ``time.sleep()`` where it is called.

    Sees ``import time; time.sleep``, ``import time as t; t.sleep`` and ``from time import sleep``.
    """
    known: dict[str, str] = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            for alias in node.names:
                known[alias.asname or alias.name.partition(".")[0]] = (
                    alias.name if alias.asname else alias.name.partition(".")[0]
                )
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            for alias in node.names:
                known[alias.asname or alias.name] = f"{node.module}.{alias.name}"
                yield node.lineno, f"{node.module}.{alias.name}"
    for node in ast.walk(tree):
        called = isinstance(node, ast.Call)
        named = node.func if isinstance(node, ast.Call) else node
        if isinstance(named, ast.Attribute | ast.Name):
            dotted = ast.unparse(named)
            first, dot, rest = dotted.partition(".")
            if first in known and dotted.replace(".", "").isidentifier():
                yield named.lineno, f"{known[first]}{dot}{rest}{'()' if called else ''}"
