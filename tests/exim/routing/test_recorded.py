"""Where addresses go: labmail's answers are those that were recorded, and real Exim's still are."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.exim.routing.asking import lay_out, ours, theirs

RECORDED = json.loads((Path(__file__).parent / "data" / "recorded.json").read_text("utf-8"))
CALLS = [
    pytest.param(world, call, id=f"{world} {' '.join(call['arguments'])}")
    for world in RECORDED
    for call in RECORDED[world]["calls"]
]
WITHOUT_DNS = [call for call in CALLS if "zones" not in RECORDED[call.values[0]]]


@pytest.fixture
def folder() -> Iterator[Path]:
    """A folder that Exim may read after it has given up its rights, all the way from the root."""
    with tempfile.TemporaryDirectory(prefix="labmail-") as made:
        yield Path(made)


def world_in(folder: Path, name: str) -> Path:
    world = RECORDED[name]
    return lay_out(folder, "\n".join([*world["configuration"], ""]), world["files"])


def wanted(call: dict[str, Any], folder: Path) -> tuple[str, int]:
    return "\n".join(call["stdout"]).replace("{DIR}", str(folder)), call["code"]


@pytest.mark.parametrize(("world", "call"), CALLS)
def test_recorded(folder: Path, world: str, call: dict[str, Any]) -> None:
    configuration = world_in(folder, world)
    answer = ours(configuration, call["arguments"], RECORDED[world].get("zones"))
    assert answer == wanted(call, folder)


@pytest.mark.peer("exim4")
@pytest.mark.parametrize(("world", "call"), WITHOUT_DNS)
def test_still_so(folder: Path, world: str, call: dict[str, Any]) -> None:
    assert theirs(world_in(folder, world), call["arguments"]) == wanted(call, folder)
