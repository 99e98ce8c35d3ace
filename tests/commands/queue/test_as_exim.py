"""Commands to the queue against Exim 4.96: its words are recorded, and ours must be equal.

``python -m tests.commands.queue.record`` asks the real one again and writes ``recorded.json``.
"""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from tests.conftest import open_to_all

from .cases import SCRIPTS
from .sides import Told, ours, theirs, told

RECORDED = json.loads((Path(__file__).parent / "recorded.json").read_text())
OTHERWISE = {
    "-Mar A x@ask.com y": "Exim logs that x was added, and adds nobody; we log what was done",
}
"""There the log is not compared."""


def comparable(step: Told) -> Told:
    """Letters in any order, where Exim has no order: -bpr, and queue runs."""
    return {**step, "out": sorted(step["out"].split("\n\n")), "log": sorted(step["log"])}


def in_order(step: Told, line: str) -> Told:
    exact = not line.startswith(("-bpr", "-q"))
    found = dict(step) if exact else comparable(step)
    return {**found, "log": []} if line in OTHERWISE else found


@pytest.mark.parametrize("name", SCRIPTS)
def test_as_exim(name: str, tmp_path: Path) -> None:
    said = told(ours, tmp_path / "here", SCRIPTS[name])
    for line, found, expected in zip(SCRIPTS[name], said, RECORDED[name], strict=True):
        assert in_order(found, line) == in_order(expected, line), line


@pytest.mark.peer("exim4")
@pytest.mark.parametrize("name", ["listings", "changed"])
def test_exim_still_says_so(name: str, tmp_path: Path) -> None:
    if os.getuid() != 0:
        pytest.skip("exim4 takes another configuration from root only")
    open_to_all(tmp_path)
    said = told(theirs, tmp_path / "there", SCRIPTS[name])
    for line, found, expected in zip(SCRIPTS[name], said, RECORDED[name], strict=True):
        assert in_order(found, line) == in_order(expected, line), line
