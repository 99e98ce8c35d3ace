"""Imports go one way, and nobody below the face looks up to it.

The floors themselves are import-linter's contract in pyproject.toml (`make check` shows it, too).
"""

from __future__ import annotations

import ast
import subprocess
import sys
import tomllib

import pytest

from tests.architecture.house import FACE, ROOT, face_names, imports, modules, rooms


def test_the_floors_hold() -> None:
    code = "from importlinter.cli import lint_imports_command; lint_imports_command()"
    argv = [sys.executable, "-c", code, "--no-cache"]
    done = subprocess.run(argv, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr


def test_every_room_has_its_floor() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    floors = project["tool"]["importlinter"]["contracts"][0]["layers"]
    named = {word.strip("() ") for floor in floors for word in floor.split("|")}
    assert rooms() <= named


def test_nobody_below_the_face_imports_it() -> None:
    """``from labmail import Lab`` in a room would load the face upside down; rooms are reached as
    ``labmail.room`` or ``from .. import room``."""
    for path, tree in modules():
        if ROOT / path == FACE:
            continue
        for line, module, name in imports(path, tree):
            asked = f"{path}:{line} imports {name or module} from the face"
            assert not (module == "labmail" and name not in rooms()), asked


def test_rooms_are_named_like_no_public_function_or_class() -> None:
    """``labmail.check`` the function and ``labmail.check`` the room could not both be had."""
    assert not face_names() & rooms()
    for path, tree in modules():
        assert isinstance(tree, ast.Module)
        for node in tree.body:
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
                assert node.name not in rooms(), f"{path}:{node.lineno} {node.name} is a room"


HEAVY = ("asyncio", "IPython", "ipykernel", "ipywidgets", "anywidget", "jupyter_client", "dns",
         "aiosmtpd", "aiosmtplib", "rich", "trustme", "cryptography", "email")  # fmt: skip


def test_the_face_loads_nothing_until_it_is_asked() -> None:
    code = f"import labmail, sys; print([n for n in {HEAVY!r} if n in sys.modules])"
    argv = [sys.executable, "-I", "-c", f"import sys; sys.path.insert(0, {str(ROOT)!r}); {code}"]
    done = subprocess.run(argv, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


@pytest.mark.parametrize("name", sorted(face_names()))
def test_what_the_face_promises_is_there(name: str) -> None:
    import labmail

    assert getattr(labmail, name) is not None
    assert name in dir(labmail)


def test_the_face_refuses_what_it_does_not_know() -> None:
    import labmail

    with pytest.raises(AttributeError, match="no_such_thing"):
        _ = labmail.no_such_thing


def test_notebooks_say_nothing_below_the_face() -> None:
    """A student's notebook imports labmail and the standard library, never a room."""
    sources = sorted((ROOT / "notebooks/source").glob("*.py"))
    for source in sources:
        for line, module, name in imports(source.name, ast.parse(source.read_text("utf-8"))):
            top = module.partition(".")[0]
            asked = f"{source.name}:{line} imports {module}.{name}"
            assert module == "labmail" or top in sys.stdlib_module_names, asked
            assert not (module == "labmail" and name in rooms()), asked
