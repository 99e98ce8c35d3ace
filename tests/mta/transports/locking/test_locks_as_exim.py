"""Locks and rights of a mailbox: what Exim 4.96 does is recorded, and ours must be equal."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from ..sides import exim4, ours, theirs
from .cases import CASES

RECORDED = json.loads((Path(__file__).parent / "recorded.json").read_text())


@pytest.mark.parametrize("name", CASES)
def test_as_exim(name: str) -> None:
    assert vars(ours(CASES[name])) == RECORDED[name]


@pytest.mark.peer("exim4")
@pytest.mark.parametrize("name", ["rights before locks", "neither is good", "fcntl not asked"])
def test_exim_still_says_so(name: str) -> None:
    if not exim4():
        pytest.skip("exim4 takes another configuration from root only")
    assert vars(theirs(CASES[name])) == RECORDED[name]
