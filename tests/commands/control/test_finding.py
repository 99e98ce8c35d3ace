"""Which lab is meant: by its root, by the folder one stands in, or the only one that runs."""

from __future__ import annotations

from pathlib import Path

import pytest

from labmail.commands.control import finding
from labmail.commands.control.finding import NoLab
from labmail.lab import Lab


def test_by_its_root(lab, tmp_path) -> None:
    assert finding.find(str(lab.root), tmp_path).root == lab.root
    with pytest.raises(NoLab, match=f"no lab runs in {tmp_path}"):
        finding.find(str(tmp_path), lab.root)


def test_by_the_folder_one_stands_in(lab) -> None:
    here = lab.root / "mail.ask.com" / "etc"
    found = finding.find(None, here)
    assert found.root == lab.root
    assert finding.host_here(found, here) == "mail.ask.com"
    assert finding.host_here(found, lab.root) is None
    assert finding.host_here(found, lab.root / "trace") is None


def test_the_only_one_that_runs_or_it_must_be_said(lab, tmp_path) -> None:
    assert finding.find(None, tmp_path).root == lab.root
    with Lab("names") as other:
        with pytest.raises(NoLab, match="several labs run") as told:
            finding.find(None, tmp_path)
        assert f"--root {other.root}  names, process" in str(told.value)
    assert finding.find(None, tmp_path).root == lab.root


def test_a_lab_that_was_killed_is_forgotten(own_state, tmp_path, lab) -> None:
    """Its cookie is still there, but nobody has locked its folder."""
    (tmp_path / ".labmail").touch()
    (tmp_path / ".control").write_bytes((lab.root / ".control").read_bytes())
    (tmp_path / ".control").chmod(0o600)
    finding.register(tmp_path, "1-1")
    assert (finding.folder() / "1-1").exists()
    assert [each.root for each in finding.running()] == [lab.root]
    assert not (finding.folder() / "1-1").exists()


@pytest.mark.parametrize(
    "spoil",
    [
        lambda path: path.touch(),
        lambda path: path.symlink_to("/"),
        lambda path: (path.mkdir(), path.chmod(0o777)),
    ],
)
def test_a_folder_that_is_not_ours_is_not_believed(monkeypatch, tmp_path, spoil) -> None:
    spoil(tmp_path / "running")
    monkeypatch.setenv("LABMAIL_RUNNING", str(tmp_path / "running"))
    finding.register(tmp_path, "1-1")
    finding.unregister("1-1")
    assert finding.running() == []
    with pytest.raises(NoLab, match="no lab runs here"):
        finding.find(None, Path("/"))
