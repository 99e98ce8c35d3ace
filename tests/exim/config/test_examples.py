"""What the docstrings show is so, and the chapter can be run."""

from __future__ import annotations

import doctest
import importlib
import pkgutil
from pathlib import Path

import pytest

import labmail.exim.config
from labmail.exim.config.__main__ import main

MODULES = sorted(module.name for module in pkgutil.iter_modules(labmail.exim.config.__path__))


@pytest.mark.parametrize("name", MODULES)
def test_docstrings(name: str) -> None:
    module = importlib.import_module(f"labmail.exim.config.{name}")
    assert doctest.testmod(module).failed == 0


def test_the_chapter_runs(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "exim.conf"
    path.write_text("A = 1\n.ifdef A\nsmtp_banner = A \\\n  b\n.endif\nbegin acl\nx:\n")
    assert main(str(path)) == 0
    assert capsys.readouterr().out == (
        f"{path}:1: A = 1\n{path}:4: smtp_banner = 1 b\n{path}:6: begin acl\n{path}:7: x:\n"
    )
    path.write_text(".endif\n")
    assert main(str(path)) == 1
    assert ":1: .endif without" in capsys.readouterr().err
