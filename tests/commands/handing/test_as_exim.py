"""Handing in, and running the queue, from a command line: as Exim 4.96 does it.

``python -m tests.commands.handing.record`` asks the real one again and writes ``recorded.json``.
"""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from tests.commands.inn import ours, theirs

from .stories import STORIES, told

RECORDED = json.loads((Path(__file__).parent / "recorded.json").read_text())
ASKED_AGAIN = ("several fail", "copies", "said and refused", "a bad batch")


@pytest.mark.skipif(os.geteuid() != 0, reason="what was recorded is what root is told")
@pytest.mark.parametrize("name", STORIES)
def test_as_exim(name: str) -> None:
    assert told(STORIES[name], ours) == RECORDED[name]


@pytest.mark.peer("exim4")
@pytest.mark.parametrize("name", ASKED_AGAIN)
def test_exim_still_says_so(name: str) -> None:
    if os.geteuid() != 0:
        pytest.skip("exim4 takes another configuration from root only")
    assert told(STORIES[name], theirs) == RECORDED[name]
