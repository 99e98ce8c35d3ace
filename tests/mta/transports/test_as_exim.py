"""Local transports against Exim 4.96: what it leaves behind is recorded, and ours must be equal.

Differences that are meant are in `OTHERWISE`. ``python -m tests.mta.transports.record`` asks the
real one again and writes ``recorded.json``.
"""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from .cases import CASES
from .sides import exim4, ours, theirs

RECORDED = json.loads((Path(__file__).parent / "recorded.json").read_text())
OTHERWISE = {
    "save in folder": "the name of the file is made of the time and the inode",
}
"""Only the log is compared there."""
ASKED_AGAIN = ("marks", "format", "letters", "words", "exit 75", "whole reply", "mail", "filter")


@pytest.mark.parametrize("name", CASES)
def test_as_exim(name: str) -> None:
    found, expected = ours(CASES[name]), RECORDED[name]
    if name not in OTHERWISE:
        assert found.files == expected["files"]
    assert found.log == expected["log"]


@pytest.mark.peer("exim4")
@pytest.mark.parametrize("name", ASKED_AGAIN)
def test_exim_still_says_so(name: str) -> None:
    if not exim4():
        pytest.skip("exim4 takes another configuration from root only")
    found = theirs(CASES[name])
    assert {"files": found.files, "log": found.log} == RECORDED[name]
