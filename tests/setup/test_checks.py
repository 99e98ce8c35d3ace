"""Each obstacle to a set-up is named, with a cure (starting/checks.py)."""

from __future__ import annotations

import importlib.util
import os
import tempfile
from pathlib import Path

import pytest

from starting import checks
from starting.trouble import Trouble


def test_nothing_is_missing_here(tmp_path: Path) -> None:
    assert list(checks.troubles(tmp_path, uv=None)) == []
    assert list(tmp_path.iterdir()) == []


def test_a_full_disk(tmp_path: Path) -> None:
    trouble = checks.disk_trouble(tmp_path, needed_mb=10**9)
    assert trouble and "MB are free" in trouble.what
    assert "larger disk" in str(trouble)


def test_a_folder_that_cannot_be_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*args: object, **kwargs: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(tempfile, "TemporaryFile", refuse)  # root may write anywhere
    trouble = checks.rights_trouble(tmp_path)
    assert trouble and str(tmp_path) in trouble.what and "Permission denied" in trouble.what
    assert trouble.cure


def test_a_separator_in_the_path() -> None:
    trouble = checks.path_trouble(Path(f"/home/ann/a{os.pathsep}b"))
    assert trouble and "rename or move" in str(trouble)
    assert checks.path_trouble(Path("/home/ann/with spaces")) is None


@pytest.mark.parametrize(
    ("missing", "uv", "troubled"),
    [
        ({"ensurepip"}, None, True),
        ({"ensurepip"}, "/usr/bin/uv", False),
        ({"venv", "ensurepip"}, "/usr/bin/uv", True),
        (set(), None, False),
    ],
)
def test_debian_without_python3_venv(
    missing: set[str], uv: str | None, troubled: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = importlib.util.find_spec
    monkeypatch.setattr(
        importlib.util, "find_spec", lambda name: None if name in missing else real(name)
    )
    trouble = checks.venv_trouble(uv)
    assert (trouble is not None) == troubled
    if trouble:
        assert "apt install python3." in str(trouble) and "-venv" in str(trouble)


@pytest.mark.parametrize(
    ("script", "works"), [("exit 0", True), ("exit 3", False), ("kill $$", False)]
)
def test_uv_is_used_only_when_it_works(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, script: str, works: bool
) -> None:
    uv = tmp_path / "uv"
    uv.write_text(f"#!/bin/sh\n{script}\n")
    uv.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:/usr/bin:/bin")
    assert checks.working_uv() == (str(uv) if works else None)


def test_a_trouble_reads_well() -> None:
    assert str(Trouble("it is so.", "do this", "or that")) == (
        "it is so.\n\nWhat to do:\n  do this\n  or that"
    )
    assert str(Trouble("it is so.")) == "it is so."
