"""What the documents point to is there: links, words of make, folders, files, commands."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from starting.tasks import TASKS

ROOT = Path(__file__).parents[2]
DOCUMENTS = [*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md"), *ROOT.glob("bench/*.md")]
each = pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: str(path.relative_to(ROOT)))


@each
def test_every_link_leads_somewhere(document: Path) -> None:
    for target in re.findall(r"\]\(([^)#]+)", document.read_text("utf-8")):
        if "://" not in target:
            assert (document.parent / target).exists(), target


@each
def test_every_word_of_make_is_one(document: Path) -> None:
    for word in re.findall(r"`make ([a-z-]+)", document.read_text("utf-8")):
        assert word in TASKS, word
    for word in re.findall(r"^make ([a-z-]+)", document.read_text("utf-8"), re.MULTILINE):
        assert word in TASKS, word


@each
def test_every_file_it_names_is_there(document: Path) -> None:
    """Paths in code marks that begin with a folder of ours; NAMES and … stand for others."""
    tops = "labmail|tests|docs|bench|starting|notebooks"
    for path in re.findall(rf"`((?:{tops})/[^`\s]*)`", document.read_text("utf-8")):
        if not re.search(r"[A-Z*…{<]", path):
            assert (ROOT / path).exists(), path


@each
def test_it_says_nothing_about_how_the_work_is_organised(document: Path) -> None:
    assert not re.search(r"(?i)\b(TODO|FIXME|agent session|issue \d+)\b", document.read_text())


def test_every_decision_is_listed() -> None:
    listed = (ROOT / "docs/decisions/README.md").read_text("utf-8")
    for path in (ROOT / "docs/decisions").glob("[0-9]*.md"):
        assert path.name in listed, path.name


def test_every_benchmark_is_listed() -> None:
    listed = (ROOT / "bench/README.md").read_text("utf-8")
    for path in (ROOT / "bench").glob("[!_]*.py"):
        assert f"`{path.name}`" in listed, path.name
