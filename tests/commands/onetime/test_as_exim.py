"""`one_time`: who is put off stands in the envelope, as Exim 4.96 does it.

``python -m tests.commands.onetime.record`` asks the real one again and writes ``recorded.json``.
"""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from tests.commands.inn import ours, theirs

from .stories import STORIES, told

RECORDED = json.loads((Path(__file__).parent / "recorded.json").read_text())


@pytest.mark.skipif(os.geteuid() != 0, reason="what was recorded is what root is told")
@pytest.mark.parametrize("name", STORIES)
def test_as_exim(name: str) -> None:
    assert told(name, ours) == RECORDED[name]


def test_without_it_the_new_member_gets_the_letter() -> None:
    assert "ben" in RECORDED["each time anew"]["mail"]
    assert "ben" not in RECORDED["once"]["mail"]


@pytest.mark.peer("exim4")
def test_exim_still_says_so() -> None:
    if os.geteuid() != 0:
        pytest.skip("exim4 takes another configuration from root only")
    assert told("an owner", theirs) == RECORDED["an owner"]
