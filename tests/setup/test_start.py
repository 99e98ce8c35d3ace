"""start.py answers any Python kindly, and goes on with a newer one where there is one."""

from __future__ import annotations

import ast
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
START = ROOT / "start.py"
OLD = ("python2.7", "python3.6", "python3.8", "python3.10")


def old_pythons() -> list[str]:
    """Old Pythons that lie on this machine: on the PATH, or kept by pyenv."""
    kept = Path.home().glob(".pyenv/versions/*/bin/python")
    found = [shutil.which(name) for name in OLD] + [str(path) for path in kept]
    return [path for path in found if path and version(path) < (3, 11)]


def version(python: str) -> tuple[int, ...]:
    ask = "import sys; print('%d %d' % sys.version_info[:2])"
    done = subprocess.run([python, "-c", ask], capture_output=True, text=True, check=False)
    return tuple(int(part) for part in done.stdout.split()) or (99,)


def pretend(version: str, path: str) -> subprocess.CompletedProcess[str]:
    """Run start.py --help with a Python that says it is ``version``."""
    code = (
        f"import sys, runpy; sys.version_info = {version}; sys.argv = ['start.py', '--help'];"
        f"runpy.run_path({str(START)!r}, run_name='__main__')"
    )
    env = os.environ | {"PATH": path}
    argv = [sys.executable, "-c", code]
    return subprocess.run(argv, capture_output=True, text=True, env=env, check=False)


@pytest.mark.parametrize("minor", [4, 6, 8])
def test_an_old_python_can_read_it(minor: int) -> None:
    ast.parse(START.read_text(encoding="ascii"), feature_version=(3, minor))


@pytest.mark.parametrize("old", ["(2, 7, 18)", "(3, 4, 0)", "(3, 10, 13)"])
def test_an_old_python_gets_a_sentence_and_a_cure(old: str) -> None:
    done = pretend(old, "/nowhere")
    assert done.returncode == 1
    assert "labmail needs Python 3.11 or newer" in done.stderr
    assert "apt install python3.11" in done.stderr
    assert "Traceback" not in done.stderr


def test_real_old_pythons_get_it_too() -> None:
    for python in old_pythons():
        env = {"PATH": "/nowhere"}
        argv = [python, str(START), "--help"]
        done = subprocess.run(argv, capture_output=True, text=True, env=env, check=False)
        assert done.returncode == 1, python
        assert "labmail needs Python 3.11 or newer" in done.stderr, python


def test_a_newer_python_on_the_path_goes_on(tmp_path: Path) -> None:
    (tmp_path / "python3.12").write_text("#!/bin/sh\nexit 127\n")  # a shim without its Python
    (tmp_path / "python3.12").chmod(0o755)
    (tmp_path / "python3").symlink_to(sys.executable)
    done = pretend("(3, 9, 1)", f"{tmp_path}:/usr/bin:/bin")
    assert done.returncode == 0, done.stderr
    assert "usage: start.py" in done.stdout


def test_windows_is_told_about_wsl(monkeypatch: pytest.MonkeyPatch) -> None:
    space: dict[str, object] = {"__name__": "start"}
    exec(compile(START.read_text(), str(START), "exec"), space)
    monkeypatch.setattr(os, "name", "nt")
    assert "WSL" in str(space["complaint"]())  # type: ignore[operator]


def test_before_the_set_up_nothing_but_the_standard_library_is_imported() -> None:
    for path in [START, *(ROOT / "starting").glob("*.py")]:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            names = []
            if isinstance(node, ast.Import):
                names = [alias.name for alias in node.names]
            elif isinstance(node, ast.ImportFrom):
                names = [node.module or ""]
            for name in names:
                top = name.partition(".")[0]
                assert top in sys.stdlib_module_names | {"starting"}, f"{path.name}: {name}"
