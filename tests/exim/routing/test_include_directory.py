"""``include_directory``: an included file's path begins with it, and goes on without links."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.conftest import open_to_all
from tests.exim.routing.asking import lay_out, ours, routers, theirs

LIST = """list:
  driver = redirect
  local_parts = x
  data = :include:{{DIR}}/{file}
  include_directory = {{DIR}}/{folder}
user:
  driver = accept
  transport = box
"""
PART = "failed to open DIR/{} (component of included file); could be symbolic link"
NOT_IN = "included file DIR/{} is not in directory DIR/{}"
ODD = "included file DIR/{} is not a regular file in the DIR/{} directory"
GOOD = "ann@lab.test\n    <-- x@lab.test\n"
CASES = [
    ("in", "in/list", GOOD),
    ("in", "in/sub/list", GOOD),
    ("in/", "in/list", GOOD),
    ("in", "in/./sub/list", GOOD),
    ("in", "in/sub/../list", GOOD),
    ("in", "in/../out/list", GOOD),  # Exim looks for links only
    ("out/../in", "out/../in/list", GOOD),
    ("alias", "alias/list", GOOD),
    ("in", "in//list", PART),
    ("in/", "in//list", PART),
    ("in", "in/sub//list", PART),
    ("in", "in/", PART),
    ("in", "in/list/", PART),
    ("in", "in/none", PART),
    ("in", "in/none/list", PART),
    ("in", "in/list/x", PART),
    ("in", "in/link", PART),
    ("in", "in/away/list", PART),
    ("in", "in/away/../list", PART),
    ("in/list", "in/list/x", PART),
    ("in", "/in/list", NOT_IN),
    ("in", "inner/list", NOT_IN),
    ("in", "in", NOT_IN),
    ("alias", "in/list", NOT_IN),
    ("/in", "in/list", NOT_IN),
    ("in", "in/sub", ODD),
    ("in", "in/..", ODD),
    ("none", "none/list", "failed to open directory DIR/none"),
]


@pytest.mark.parametrize("peer", [False, pytest.param(True, marks=pytest.mark.peer("exim4"))])
@pytest.mark.parametrize(("folder", "file", "told"), CASES)
def test_which_files_it_lets_in(
    tmp_path: Path, folder: str, file: str, told: str, peer: bool
) -> None:
    open_to_all(tmp_path)
    names = ("in/list", "in/sub/list", "out/list", "inner/list")
    text = routers(LIST.format(file=file, folder=folder))
    path = lay_out(tmp_path, text, {name: ["ann", ""] for name in names})
    (tmp_path / "in/link").symlink_to("list")
    (tmp_path / "in/away").symlink_to(tmp_path / "out")
    (tmp_path / "alias").symlink_to(tmp_path / "in")
    said, _ = (theirs if peer else ours)(path, ["-bt", "x@lab.test"])
    assert told.format(file, folder) in said.replace(str(tmp_path), "DIR")
